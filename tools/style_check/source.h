// One file as the rules see it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tickwitness::style {

struct Source {
  std::string path;                // from the root, with '/'
  std::vector<std::string> lines;  // without their ends
  // The same lines of a C++ file with comments and the insides of strings blanked, column by
  // column; of any other file the lines themselves.
  std::vector<std::string> code;
  bool binary = false;  // no lines then
  bool ends_with_newline = true;

  [[nodiscard]] std::string_view extension() const;  // ".cc", empty if there is none
  [[nodiscard]] bool is_cpp() const;                 // .h or .cc
  [[nodiscard]] bool is_test() const;                // *_test.cc, test_*, or below tests/
};

// A source from its text, for load_tree() and for tests.
Source make_source(std::string path, std::string_view text);

// Blanks comments, string and character literals; newlines stay where they are.
std::string blank_comments_and_strings(std::string_view text);

// Whether a line, or the one above it, carries `tag: a reason of some length`.
bool excused(const Source& source, std::size_t line, std::string_view tag);

}  // namespace tickwitness::style
