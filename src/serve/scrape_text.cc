#include "serve/scrape_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace tickwitness::serve {
namespace {

constexpr std::size_t kSamplesMax = 100'000;
constexpr std::size_t kLabelsMax = 64;

bool is_name(char c, bool first) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
         (!first && c >= '0' && c <= '9');
}

// One line, taken off from the front.
class Line {
 public:
  explicit Line(std::string_view text) : text_(text) {}

  std::string_view name() {
    std::size_t size = 0;
    while (size < text_.size() && is_name(text_[size], size == 0)) ++size;
    return take(size);
  }

  bool labels(std::vector<std::pair<std::string, std::string>>& out) {
    if (!accept('{')) return true;
    for (skip(); !accept('}'); skip()) {
      if (out.size() == kLabelsMax) return false;
      auto& [key, value] = out.emplace_back(name(), "");
      skip();
      if (key.empty() || !accept('=')) return false;
      skip();
      if (!accept('"') || !quoted(value)) return false;
      skip();
      if (!accept(',') && !text_.starts_with('}')) return false;
    }
    return true;
  }

  std::optional<double> value() {
    skip();
    std::string_view word = take(std::min(text_.find_first_of(" \t"), text_.size()));
    if (word == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (word == "+Inf") return std::numeric_limits<double>::infinity();
    if (word.starts_with('+')) word.remove_prefix(1);
    double number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (word.empty() || error != std::errc() || end != word.data() + word.size())
      return std::nullopt;
    return number;
  }

  void skip() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t"), text_.size())); }

 private:
  std::string_view take(std::size_t size) {
    const std::string_view taken = text_.substr(0, size);
    text_.remove_prefix(size);
    return taken;
  }
  bool accept(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool quoted(std::string& out) {
    while (!text_.empty()) {
      const char c = text_.front();
      text_.remove_prefix(1);
      if (c == '"') return true;
      if (c != '\\') {
        out += c;
        continue;
      }
      if (text_.empty()) return false;
      const char escaped = text_.front();
      text_.remove_prefix(1);
      if (escaped != 'n' && escaped != '\\' && escaped != '"') return false;
      out += escaped == 'n' ? '\n' : escaped;
    }
    return false;
  }

  std::string_view text_;
};

}  // namespace

std::string_view ScrapedSample::label(std::string_view wanted) const {
  const auto found = std::ranges::find(labels, wanted, &std::pair<std::string, std::string>::first);
  return found == labels.end() ? std::string_view() : found->second;
}

base::Result<std::vector<ScrapedSample>> read_scrape_text(
    std::string_view text, std::span<const std::string_view> wanted) {
  std::vector<ScrapedSample> samples;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    Line line(text.substr(0, end));
    const bool comment = text.starts_with('#') || end == 0;
    text.remove_prefix(std::min(end + 1, text.size()));
    if (comment) continue;
    const std::string_view name = line.name();
    if (name.empty()) return base::fail(fmt::format("line {} begins with no name", number));
    if (std::ranges::find(wanted, name) == wanted.end()) continue;
    ScrapedSample sample{.name = std::string(name), .labels = {}};
    line.skip();
    const bool labelled = line.labels(sample.labels);
    const auto value = labelled ? line.value() : std::nullopt;
    if (!value) return base::fail(fmt::format("line {} is no sample", number));
    if (samples.size() == kSamplesMax)
      return base::fail(fmt::format("more than {} samples", kSamplesMax));
    sample.value = *value;
    samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace tickwitness::serve
