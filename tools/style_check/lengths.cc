// How long files, functions and lines may be.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

#include "rule.h"

namespace tickwitness::style {
namespace {

constexpr std::size_t kFileLinesMax = 500;
constexpr std::size_t kFunctionLinesMax = 69;
constexpr std::size_t kTestLinesMax = 100;  // a test is often a table
constexpr std::size_t kWordMax = 60;
constexpr std::size_t kColumnsMax = 100;
constexpr std::size_t kScriptColumnsMax = 120;  // the page and shell scripts

bool is_code(const Source& source) {
  constexpr auto kExtensions = std::to_array<std::string_view>(
      {".h", ".cc", ".ts", ".tsx", ".js", ".mjs", ".css", ".sh", ".cmake"});
  return std::ranges::find(kExtensions, source.extension()) != kExtensions.end() ||
         source.path.ends_with("CMakeLists.txt") ||
         (!source.lines.empty() && source.lines[0].starts_with("#!"));
}

std::size_t columns(std::string_view line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::size_t longest_word(std::string_view line) {
  std::size_t longest = 0;
  while (!line.empty()) {
    const auto end = std::min(line.find(' '), line.size());
    longest = std::max(longest, end);
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return longest;
}

// A link; a literal that reaches over the limit, which clang-format cannot break; a script's line
// with a very long word, such as a series with all its labels.
bool cannot_be_broken(const Source& source, std::size_t i) {
  const auto& line = source.lines[i];
  if (line.find("://") != std::string::npos) return true;
  if (!source.is_cpp()) return longest_word(line) > kWordMax;
  return line.size() > kColumnsMax && source.code[i][kColumnsMax] == ' ' &&
         line.find("//") == std::string::npos;
}

// Finds bodies of functions by their braces: a `{` after a `)`, outside any other function.
class FunctionFinder {
 public:
  FunctionFinder(const Source& source, Complaints& out) : source_(source), out_(out) {}

  void run() {
    for (line_ = 0; line_ < source_.code.size(); ++line_) {
      if (source_.code[line_].starts_with('#')) continue;
      for (const char c : source_.code[line_]) take(c);
      before_ += ' ';
    }
  }

 private:
  struct Scope {
    bool function;
    std::size_t begins;
  };

  void take(char c) {
    if (c == '{') {
      open();
    } else if (c == '}') {
      close();
    } else if (c == ';') {
      before_.clear();
    } else {
      if (before_.find_first_not_of(' ') == std::string::npos) statement_begins_ = line_;
      before_ += c;
    }
  }

  void open() {
    const bool inside = std::ranges::any_of(scopes_, &Scope::function);
    scopes_.push_back({!inside && opens_function(), statement_begins_});
    before_.clear();
  }

  void close() {
    before_.clear();
    if (scopes_.empty()) return;
    const auto scope = scopes_.back();
    scopes_.pop_back();
    const auto length = line_ - scope.begins + 1;
    const auto limit = source_.is_test() ? kTestLinesMax : kFunctionLinesMax;
    if (scope.function && length > limit) {
      out_.push_back({source_.path, scope.begins + 1,
                      fmt::format("this function has {} lines; the limit is {}", length, limit)});
    }
  }

  [[nodiscard]] bool opens_function() const {
    const auto begin = before_.find_first_not_of(' ');
    if (begin == std::string::npos || before_.find(')') == std::string::npos) return false;
    const std::string_view text = std::string_view(before_).substr(begin);
    constexpr auto kOthers = std::to_array<std::string_view>(
        {"namespace", "class ", "struct ", "enum ", "union ", "extern "});
    return std::ranges::none_of(kOthers,
                                [&](std::string_view word) { return text.starts_with(word); });
  }

  const Source& source_;
  Complaints& out_;
  std::vector<Scope> scopes_;
  std::string before_;  // the statement so far
  std::size_t statement_begins_ = 0;
  std::size_t line_ = 0;
};

}  // namespace

void check_file_length(const Tree& tree, Complaints& out) {
  for (const auto& source : tree.sources) {
    if (is_code(source) && source.lines.size() > kFileLinesMax) {
      out.push_back({source.path, 0,
                     fmt::format("{} lines; the limit is {}: which idea moves out?",
                                 source.lines.size(), kFileLinesMax)});
    }
  }
}

void check_function_length(const Tree& tree, Complaints& out) {
  for (const auto& source : tree.sources) {
    if (source.is_cpp()) FunctionFinder(source, out).run();
  }
}

void check_line_length(const Tree& tree, Complaints& out) {
  for (const auto& source : tree.sources) {
    if (!is_code(source)) continue;
    const auto limit = source.is_cpp() ? kColumnsMax : kScriptColumnsMax;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const auto width = columns(source.lines[i]);
      if (width > limit && !cannot_be_broken(source, i)) {
        out.push_back(
            {source.path, i + 1, fmt::format("{} columns; the limit is {}", width, limit)});
      }
    }
  }
}

}  // namespace tickwitness::style
