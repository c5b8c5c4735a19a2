// Reads text 0.0.4 and OpenMetrics 1.0.0 back, for tests. It takes what our encoder may write and
// nothing else: one blank between two words, the heads in their order, no line twice.
#pragma once

#include <charconv>
#include <cstdlib>
#include <limits>
#include <set>
#include <string_view>

#include "telemetry/core/test_page.h"

namespace tickwitness::telemetry::core {

class TextReader {
 public:
  TextReader(std::string_view page, bool openmetrics) : rest_(page), open_(openmetrics) {}

  // Nothing: the page is not well-formed.
  std::optional<Page> read() {
    while (good_ && !rest_.empty() && !(open_ && rest_ == "# EOF\n")) family();
    if (!good_ || (open_ && rest_ != "# EOF\n")) return std::nullopt;
    return std::move(page_);
  }

 private:
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  void expect(std::string_view text) { good_ = take(text) && good_; }

  std::string name() {
    const std::size_t end = std::min(
        rest_.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789:"),
        rest_.size());
    good_ &= end != 0 && !(rest_[0] >= '0' && rest_[0] <= '9');
    return taken(end);
  }
  std::string taken(std::size_t size) {
    std::string out(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return out;
  }
  // Up to an unescaped `end`, which is left.
  std::string unescaped(char end, bool quotes) {
    std::string out;
    while (good_ && !rest_.empty() && rest_[0] != end) {
      good_ &= rest_[0] != '\n';
      if (take("\\\\")) {
        out += '\\';
      } else if (take("\\n")) {
        out += '\n';
      } else if (quotes && take("\\\"")) {
        out += '"';
      } else {
        good_ &= rest_[0] != '\\';
        out += taken(1);
      }
    }
    return out;
  }
  double number() {
    if (take("NaN")) return std::numeric_limits<double>::quiet_NaN();
    if (take("+Inf")) return std::numeric_limits<double>::infinity();
    if (take("-Inf")) return -std::numeric_limits<double>::infinity();
    good_ &= !rest_.empty() && (rest_[0] == '-' || (rest_[0] >= '0' && rest_[0] <= '9'));
    double value = 0;
    const char* const end = rest_.data() + rest_.size();
    const auto read = std::from_chars(rest_.data(), end, value);
    good_ &= read.ec == std::errc();
    if (good_) rest_.remove_prefix(static_cast<std::size_t>(read.ptr - rest_.data()));
    return value;
  }

  void family() {
    PageFamily family;
    expect("# HELP ");
    family.name = name();
    expect(" ");
    family.help = unescaped('\n', open_);
    expect("\n# TYPE " + family.name + " ");
    family.type = name();
    expect("\n");
    if (take("# UNIT ")) {
      expect(family.name + " ");
      family.unit = name();
      expect("\n");
      good_ &= open_ && family.name.ends_with("_" + family.unit);
    }
    good_ &= names_.insert(family.name).second;
    while (good_ && !rest_.empty() && rest_[0] != '#') sample(family);
    good_ &= !family.samples.empty();
    page_.families.push_back(std::move(family));
  }

  void sample(PageFamily& family) {
    PageSample sample;
    const std::string_view line = rest_;
    sample.name = name();
    const std::string_view suffix =
        std::string_view(sample.name)
            .substr(sample.name.starts_with(family.name) ? family.name.size() : sample.name.size());
    const bool bucket = family.type == "histogram" && suffix == "_bucket";
    const bool quantile = family.type == "summary" && suffix.empty();
    good_ &= sample.name.starts_with(family.name);
    if (family.type == "histogram") {
      good_ &= bucket || suffix == "_sum" || suffix == "_count";
    } else if (family.type == "summary") {
      good_ &= quantile || suffix == "_sum" || suffix == "_count";
    } else if (open_ && (family.type == "counter" || family.type == "info")) {
      good_ &= suffix == (family.type == "info" ? "_info" : "_total");
    } else {
      good_ &= suffix.empty();
    }
    labels(sample.labels,
           bucket     ? "le"
           : quantile ? "quantile"
                      : "",
           bucket ? sample.le : sample.quantile);
    good_ &= lines_.insert(line.substr(0, line.size() - rest_.size())).second;
    expect(" ");
    sample.value = number();
    if (take(" # {")) {
      good_ &= open_ && (bucket || family.type == "counter");
      exemplar(sample.exemplar.emplace());
    }
    expect("\n");
    family.samples.push_back(std::move(sample));
  }

  // `numbered`, if it is not empty, is the last one, whose value is a number.
  void labels(std::vector<std::pair<std::string, std::string>>& labels, std::string_view numbered,
              std::optional<double>& value) {
    if (take("{")) {
      do {
        std::string label = name();
        expect("=\"");
        if (label == numbered) {
          value = number();
          good_ &= value == value;
        } else {
          labels.emplace_back(label, unescaped('"', true));
        }
        expect("\"");
      } while (good_ && !value && take(","));
      expect("}");
    }
    good_ &= numbered.empty() != value.has_value();
  }

  void exemplar(PageExemplar& exemplar) {
    exemplar.name = name();
    expect("=\"");
    exemplar.value = unescaped('"', true);
    expect("\"} ");
    exemplar.number = number();
    expect(" ");
    exemplar.at = time();
  }
  // Seconds with at most nine decimals.
  std::int64_t time() {
    const bool minus = take("-");
    const auto digits = [&] {
      const std::size_t end = rest_.find_first_not_of("0123456789");
      good_ &= end != 0 && end != rest_.npos && end <= 10;
      return good_ ? taken(end) : "0";
    };
    std::uint64_t time = std::stoull(digits()) * 1'000'000'000;
    if (take(".")) {
      std::string decimals = digits();
      good_ &= decimals.size() <= 9 && decimals.back() != '0';
      decimals.resize(9, '0');
      time += std::stoull(decimals);
    }
    return static_cast<std::int64_t>(minus ? 0 - time : time);
  }

  std::string_view rest_;
  bool open_;
  bool good_ = true;
  Page page_;
  std::set<std::string> names_;
  std::set<std::string_view> lines_;  // up to the value
};

}  // namespace tickwitness::telemetry::core
