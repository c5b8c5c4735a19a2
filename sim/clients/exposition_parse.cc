// How Exposition::parse reads: line by line.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <unordered_set>

#include "base/ascii.h"
#include "base/utf8.h"
#include "sim/clients/exposition.h"

namespace tickwitness::sim {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace

// `line_` has what is left of the current one.
class ExpositionReader {
 public:
  base::Result<Exposition> read(std::string_view text);

 private:
  using Error = std::optional<std::string>;  // what is wrong with the line

  Error line();
  Error comment();
  Error help(std::string_view name);
  Error type(std::string_view name);
  Error sample();
  Error labels();
  Error label();
  Error label_value(std::string_view& value, std::string_view& raw);
  Error number(double& value);
  Error enter(std::string_view name);
  Error begin_family(std::string_view name);
  Error check_sample(const ScrapeSample& sample);
  std::string_view series_name(std::string_view name);
  void attach_labels();

  void skip_blanks() {
    while (!line_.empty() && is_blank(line_[0])) line_.remove_prefix(1);
  }
  bool take(char c) {
    if (line_.empty() || line_[0] != c) return false;
    line_.remove_prefix(1);
    return true;
  }
  std::string_view token();
  std::string_view name(bool colons);
  // Nothing for an escape that is not one.
  std::optional<std::string_view> unescape(std::string_view raw, bool quotes);

  struct RawLabel {
    std::string_view name;
    std::string_view raw;  // of the value, with its escapes
  };

  Exposition out_;
  ScrapeFamily* family_ = nullptr;  // the current one
  bool helped_ = false;
  bool typed_ = false;
  std::string_view line_;
  std::vector<RawLabel> raw_labels_;     // of the current line
  std::vector<std::size_t> label_ends_;  // of each sample, in out_.labels_
  std::unordered_set<std::string_view> seen_;
  char* names_end_ = nullptr;
};

base::Result<Exposition> ExpositionReader::read(std::string_view text) {
  if (!text.empty() && text.back() != '\n') return base::fail("the last line has no line feed");
  out_.bytes_ = text.size();
  out_.text_ = std::make_unique_for_overwrite<char[]>(text.size());
  // A series' name is never longer than its line.
  out_.names_ = std::make_unique_for_overwrite<char[]>(text.size());
  names_end_ = out_.names_.get();
  if (!text.empty()) std::memcpy(out_.text_.get(), text.data(), text.size());
  std::string_view rest(out_.text_.get(), text.size());
  seen_.reserve(text.size() / 64);
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    line_ = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    const Error error = base::is_utf8(line_) ? line() : "not UTF-8";
    if (error) return base::fail("line " + std::to_string(number) + ": " + *error);
  }
  attach_labels();
  out_.series_ = label_ends_.size();
  return std::move(out_);
}

// Only now does the vector of labels not move any more.
void ExpositionReader::attach_labels() {
  std::size_t begin = 0;
  std::size_t i = 0;
  for (auto& family : out_.families_) {
    for (auto& sample : family.samples) {
      const std::size_t end = label_ends_[i++];
      sample.labels = std::span(out_.labels_).subspan(begin, end - begin);
      begin = end;
    }
  }
}

ExpositionReader::Error ExpositionReader::line() {
  skip_blanks();
  if (line_.empty()) return std::nullopt;
  return take('#') ? comment() : sample();
}

std::string_view ExpositionReader::token() {
  skip_blanks();
  const auto end = std::ranges::find_if(line_, is_blank);
  const std::string_view found(line_.begin(), end);
  line_.remove_prefix(found.size());
  return found;
}

std::string_view ExpositionReader::name(bool colons) {
  std::size_t size = 0;
  while (size < line_.size() && (is_letter(line_[size]) || (colons && line_[size] == ':') ||
                                 (size > 0 && base::is_digit(line_[size])))) {
    ++size;
  }
  const std::string_view found = line_.substr(0, size);
  line_.remove_prefix(size);
  return found;
}

ExpositionReader::Error ExpositionReader::comment() {
  const std::string_view word = token();
  if (word != "HELP" && word != "TYPE") return std::nullopt;
  skip_blanks();
  const std::string_view metric = name(true);
  if (metric.empty() || (!line_.empty() && !is_blank(line_[0]))) {
    return std::string(word) + " without the name of a metric";
  }
  if (family_ == nullptr || family_->name != metric) {
    if (auto error = begin_family(metric)) return error;
  }
  if (!family_->samples.empty()) return std::string(word) + " after samples of its metric";
  return word == "HELP" ? help(metric) : type(metric);
}

ExpositionReader::Error ExpositionReader::help(std::string_view name) {
  if (helped_) return "a second HELP for " + std::string(name);
  helped_ = true;
  skip_blanks();
  const auto text = unescape(line_, false);
  if (!text) return "HELP with an escape that is not \\\\ or \\n";
  family_->help = *text;
  return std::nullopt;
}

ExpositionReader::Error ExpositionReader::type(std::string_view name) {
  if (typed_) return "a second TYPE for " + std::string(name);
  typed_ = true;
  constexpr std::array<std::string_view, 5> kTypes{"counter", "gauge", "histogram", "summary",
                                                   "untyped"};
  const std::string_view word = token();
  const auto known = std::ranges::find(kTypes, word);
  if (known == kTypes.end()) return "no such type: " + std::string(word);
  skip_blanks();
  if (!line_.empty()) return "something after the type";
  family_->type = *known;
  for (const std::string_view part : Exposition::kParts) {
    const std::string whole = std::string(name) + std::string(part);
    if (Exposition::has_part(*known, part) && out_.by_name_.contains(whole)) {
      return whole + " is a metric already";
    }
  }
  return std::nullopt;
}

ExpositionReader::Error ExpositionReader::begin_family(std::string_view name) {
  if (out_.family_of(name) != nullptr) return "lines of " + std::string(name) + " are not together";
  out_.by_name_.emplace(name, out_.families_.size());
  family_ = &out_.families_.emplace_back();
  family_->name = name;
  family_->type = "untyped";
  helped_ = typed_ = false;
  return std::nullopt;
}

// Makes the family of that sample the current one.
ExpositionReader::Error ExpositionReader::enter(std::string_view name) {
  if (family_ != nullptr && name.starts_with(family_->name)) {
    const std::string_view part = name.substr(family_->name.size());
    if (part.empty() ? family_->type != "histogram" : Exposition::has_part(family_->type, part)) {
      return std::nullopt;
    }
    if (part.empty()) return "a histogram has only _bucket, _sum and _count";
  }
  return begin_family(name);
}

ExpositionReader::Error ExpositionReader::sample() {
  const std::string_view metric = name(true);
  if (metric.empty()) return "neither a comment nor the name of a metric";
  raw_labels_.clear();
  const bool separated = !line_.empty() && (is_blank(line_[0]) || line_[0] == '{');
  if (!separated) return "no value after " + std::string(metric);
  skip_blanks();
  if (auto error = take('{') ? labels() : std::nullopt) return error;
  if (auto error = enter(metric)) return error;
  ScrapeSample sample{.name = metric, .labels = {}, .series = series_name(metric)};
  if (auto error = number(sample.value)) return error;
  if (auto error = check_sample(sample)) return error;
  label_ends_.push_back(out_.labels_.size());
  family_->samples.push_back(sample);
  return std::nullopt;
}

ExpositionReader::Error ExpositionReader::check_sample(const ScrapeSample& sample) {
  if (!seen_.insert(sample.series).second) return "a second " + std::string(sample.series);
  const bool bucket = family_->type == "histogram" && sample.name.ends_with("_bucket");
  if (bucket && std::ranges::find(raw_labels_, "le", &RawLabel::name) == raw_labels_.end()) {
    return "a bucket without le";
  }
  return std::nullopt;
}

ExpositionReader::Error ExpositionReader::labels() {
  for (skip_blanks(); !take('}'); skip_blanks()) {
    if (auto error = label()) return error;
    skip_blanks();
    if (!take(',') && !line_.starts_with('}')) return "no , or } after a label";
  }
  return std::nullopt;
}

ExpositionReader::Error ExpositionReader::label() {
  const std::string_view label = name(false);
  if (label.empty()) return "no name of a label";
  if (label.starts_with("__")) return "a label's name begins with __";
  skip_blanks();
  if (!take('=')) return "no = after " + std::string(label);
  skip_blanks();
  std::string_view value;
  std::string_view raw;
  if (auto error = label_value(value, raw)) return error;
  if (std::ranges::find(raw_labels_, label, &RawLabel::name) != raw_labels_.end()) {
    return "a second label " + std::string(label);
  }
  raw_labels_.push_back({label, raw});
  out_.labels_.emplace_back(label, value);
  return std::nullopt;
}

ExpositionReader::Error ExpositionReader::label_value(std::string_view& value,
                                                      std::string_view& raw) {
  if (!take('"')) return "a label's value is not quoted";
  std::size_t end = 0;
  while (end < line_.size() && line_[end] != '"') end += line_[end] == '\\' ? 2 : 1;
  if (end >= line_.size()) return "a label's value has no end";
  raw = line_.substr(0, end);
  line_.remove_prefix(end + 1);
  const auto text = unescape(raw, true);
  if (!text) return "a label's value has an escape that is not \\\\, \\\" or \\n";
  value = *text;
  return std::nullopt;
}

std::optional<std::string_view> ExpositionReader::unescape(std::string_view raw, bool quotes) {
  if (raw.find('\\') == std::string_view::npos) return raw;
  std::string& text = out_.unescaped_.emplace_back();
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\') {
      text += raw[i];
      continue;
    }
    const char c = ++i < raw.size() ? raw[i] : '\0';
    if (c != '\\' && c != 'n' && (c != '"' || !quotes)) return std::nullopt;
    text += c == 'n' ? '\n' : c;
  }
  return text;
}

// The value and perhaps a time, milliseconds since 1970.
ExpositionReader::Error ExpositionReader::number(double& value) {
  const std::string_view text = token();
  const auto found = scrape_number(text);
  if (!found) return "no number: " + std::string(text);
  value = *found;
  const std::string_view time = token();
  if (!time.empty()) {
    std::int64_t milliseconds = 0;
    const char* const begin = time.data();
    const char* const end = begin + time.size();
    const auto result = std::from_chars(begin, end, milliseconds);
    if (result.ec != std::errc() || result.ptr != end) return "no time: " + std::string(time);
  }
  skip_blanks();
  if (!line_.empty()) return "something after the value";
  return std::nullopt;
}

std::string_view ExpositionReader::series_name(std::string_view name) {
  char* const begin = names_end_;
  const auto put = [this](std::string_view text) {
    names_end_ = std::ranges::copy(text, names_end_).out;
  };
  put(name);
  std::ranges::sort(raw_labels_, {}, &RawLabel::name);
  for (std::size_t i = 0; i < raw_labels_.size(); ++i) {
    put(i == 0 ? "{" : ",");
    put(raw_labels_[i].name);
    put("=\"");
    put(raw_labels_[i].raw);
    put("\"");
  }
  if (!raw_labels_.empty()) put("}");
  return {begin, names_end_};
}

base::Result<Exposition> Exposition::parse(std::string_view text) {
  return ExpositionReader().read(text);
}

}  // namespace tickwitness::sim
