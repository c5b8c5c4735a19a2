// Rules about plain text: blanks, headers, what was left unfinished, and whether fuzzers are fed.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "rule.h"

namespace tickwitness::style {
namespace {

// Inputs of fuzzers and recordings of tests are as they are.
bool is_data(const Source& source) {
  return source.binary || source.path.starts_with("fuzz/corpus/") ||
         source.path.find("/testdata/") != std::string::npos || source.extension() == ".svg";
}

bool whole_word(std::string_view line, std::string_view word) {
  const auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !letter(line[at - 1])) && (end == line.size() || !letter(line[end]))) {
      return true;
    }
  }
  return false;
}

// Spelled in two parts, so that this file does not find itself.
constexpr auto kUnfinished = std::to_array<std::string_view>({
    "TO"
    "DO",
    "FIX"
    "ME",
    "XX"
    "X",
    "HA"
    "CK",
    "WI"
    "P",
});

}  // namespace

void check_blanks(const Tree& tree, Complaints& out) {
  for (const auto& source : tree.sources) {
    if (is_data(source)) continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const auto& line = source.lines[i];
      // gofmt indents with tabs
      if (source.extension() != ".go" && line.find('\t') != std::string::npos) {
        out.push_back({source.path, i + 1, "a tab"});
      }
      if (line.ends_with(' ') || line.ends_with('\r')) {
        out.push_back({source.path, i + 1, "blanks at the end of the line"});
      }
    }
    if (!source.ends_with_newline) {
      out.push_back({source.path, source.lines.size(), "no newline at the end of the file"});
    }
  }
}

void check_pragma_once(const Tree& tree, Complaints& out) {
  for (const auto& source : tree.sources) {
    if (source.extension() != ".h") continue;
    const auto first = std::ranges::find_if(
        source.code, [](const auto& line) { return line.find_first_not_of(' ') != line.npos; });
    if (first == source.code.end() || *first != "#pragma once") {
      out.push_back({source.path, 0, "a header's first statement is #pragma once"});
    }
  }
}

void check_unfinished(const Tree& tree, Complaints& out) {
  for (const auto& source : tree.sources) {
    if (is_data(source) || source.path.ends_with("package-lock.json")) continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      for (const auto word : kUnfinished) {
        if (whole_word(source.lines[i], word)) {
          out.push_back({source.path, i + 1, fmt::format("'{}': do it, or write an issue", word)});
        }
      }
    }
  }
}

void check_corpora(const Tree& tree, Complaints& out) {
  for (const auto& source : tree.sources) {
    if (!source.path.ends_with("_fuzz.cc")) continue;
    const auto name = source.path.substr(source.path.rfind('/') + 1);
    const auto folder = "fuzz/corpus/" + name.substr(0, name.size() - 3);
    if (!tree.has(folder)) out.push_back({source.path, 0, folder + "/ has no inputs"});
  }
}

}  // namespace tickwitness::style
