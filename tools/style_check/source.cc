#include "source.h"

#include <algorithm>
#include <cctype>

namespace tickwitness::style {
namespace {

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

bool word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Walks over one text, knowing where a comment or a literal that starts at `i` ends.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), out_(text) {}

  std::string run() {
    std::size_t i = 0;
    while (i < text_.size()) {
      const auto end = end_of_hidden(i);
      if (end == i) {
        ++i;
        continue;
      }
      for (; i < end; ++i) {
        if (out_[i] != '\n') out_[i] = ' ';
      }
    }
    return std::move(out_);
  }

 private:
  // One past the comment or literal that starts at `i`, or `i` if none does.
  [[nodiscard]] std::size_t end_of_hidden(std::size_t i) const {
    const auto rest = text_.substr(i);
    if (rest.starts_with("//")) return past(text_.find('\n', i), 0);
    if (rest.starts_with("/*")) return past(text_.find("*/", i + 2), 2);
    if (rest.starts_with("R\"") && (i == 0 || !word_character(text_[i - 1]))) return raw_end(i);
    if (rest.front() == '"') return quoted_end(i, '"');
    // 1'000'000 is a number
    if (rest.front() == '\'' && (i == 0 || !word_character(text_[i - 1]))) {
      return quoted_end(i, '\'');
    }
    return i;
  }

  [[nodiscard]] std::size_t past(std::size_t found, std::size_t length) const {
    return found == std::string_view::npos ? text_.size() : found + length;
  }

  [[nodiscard]] std::size_t raw_end(std::size_t i) const {
    const auto open = text_.find('(', i);
    if (open == std::string_view::npos) return text_.size();
    const auto closing = ")" + std::string(text_.substr(i + 2, open - i - 2)) + "\"";
    return past(text_.find(closing, open), closing.size());
  }

  [[nodiscard]] std::size_t quoted_end(std::size_t i, char quote) const {
    for (++i; i < text_.size() && text_[i] != '\n'; ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        return i + 1;
      }
    }
    return std::min(i, text_.size());
  }

  std::string_view text_;
  std::string out_;
};

}  // namespace

std::string_view Source::extension() const {
  const auto name = std::string_view(path).substr(path.rfind('/') + 1);
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot);
}

bool Source::is_cpp() const {
  return extension() == ".h" || extension() == ".cc";
}

bool Source::is_test() const {
  const auto name = std::string_view(path).substr(path.rfind('/') + 1);
  return name.ends_with("_test.cc") || name.starts_with("test_") || path.starts_with("tests/");
}

std::string blank_comments_and_strings(std::string_view text) {
  return Blanker(text).run();
}

Source make_source(std::string path, std::string_view text) {
  Source source{.path = std::move(path)};
  if (text.substr(0, 8000).find('\0') != std::string_view::npos) {
    source.binary = true;
    return source;
  }
  source.ends_with_newline = text.empty() || text.ends_with('\n');
  source.lines = split_lines(text);
  source.code = source.is_cpp() ? split_lines(blank_comments_and_strings(text)) : source.lines;
  return source;
}

bool excused(const Source& source, std::size_t line, std::string_view tag) {
  constexpr std::size_t kReasonMin = 10;
  const auto says = [&](std::size_t i) {
    const std::string_view text = source.lines[i];
    const auto at = text.find(tag);
    return at != std::string_view::npos && text.size() >= at + tag.size() + 2 + kReasonMin &&
           text[at + tag.size()] == ':';
  };
  return says(line) || (line > 0 && says(line - 1));
}

}  // namespace tickwitness::style
