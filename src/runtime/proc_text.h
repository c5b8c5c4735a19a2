// The files that the kernel makes up when they are read (proc(5), cgroups): whole, in words, in
// numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickwitness::runtime {

// All of the file; nothing when it cannot be opened or read.
std::optional<std::string> read_text(const std::string& path);

// What stands between blanks, tabs and ends of lines. The words lie in `text`.
std::vector<std::string_view> words_of(std::string_view text);

// `text` up to the end of its first line, which is taken from it.
std::string_view take_line(std::string_view& text);

// Digits and nothing else, below 2^64.
std::optional<std::uint64_t> whole_number(std::string_view text);
// Not negative, finite, without an exponent.
std::optional<double> decimal_number(std::string_view text);

}  // namespace tickwitness::runtime
