#include "store/text_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace tickwitness::store {
namespace {

using base::fail;
using base::Result;

// What stands before the first space; `text` keeps what follows it.
std::string_view take_word(std::string_view& text) {
  const auto space = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, space);
  text.remove_prefix(std::min(space + 1, text.size()));
  return word;
}

// Frames never start with a digit, so a number in front is the receive time.
Result<std::optional<base::WallTime>> take_time(std::string_view& text) {
  if (text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto word = take_word(text);
  std::int64_t nanos = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), nanos);
  if (error != std::errc{} || end != word.data() + word.size())
    return fail(fmt::format("\"{:.40}\" is not a receive time in ns since 1970", word));
  return base::WallTime{base::Duration{nanos}};
}

Result<RecordedLine> parse(std::string_view text) {
  RecordedLine line;
  const auto received = take_time(text);
  if (!received) return fail(received.error().message);
  line.received = *received;
  if (text.empty()) return fail("there is a receive time but no frame after it");
  const bool rest = text.starts_with("REST ");
  if (rest || text.starts_with("OPEN ")) {
    line.kind = rest ? RecordedLine::Kind::rest : RecordedLine::Kind::open;
    take_word(text);
    line.url = take_word(text);
    if (line.url.empty()) return fail("the URL is missing");
    if (rest && text.empty()) return fail("the reply after the URL is missing");
  }
  line.text = text;
  return line;
}

}  // namespace

Result<std::optional<std::string_view>> TextLines::next_line() {
  std::size_t searched = 0;
  for (;;) {
    const auto view = content_.view();
    const std::size_t newline = view.find('\n', searched);
    if (newline != view.npos) {
      ++line_number_;
      content_.drop(newline + 1);
      return view.substr(0, newline);
    }
    searched = view.size();
    if (searched > RecordingReader::kLineBytesMax) {
      ++line_number_;
      return fail(
          fmt::format("the line is longer than {} MiB", RecordingReader::kLineBytesMax >> 20));
    }
    content_.want(searched + 1);
    if (content_.view().size() > searched) continue;
    if (searched == 0 && !content_.error()) return std::nullopt;
    ++line_number_;
    if (content_.error()) return std::unexpected(*content_.error());
    const auto rest = content_.view();
    content_.drop(searched);
    return rest;
  }
}

Result<std::optional<RecordedLine>> TextLines::next() {
  for (;;) {
    auto text = next_line();
    if (!text) return std::unexpected(text.error());
    if (!*text) return std::nullopt;
    if ((*text)->ends_with('\r')) (*text)->remove_suffix(1);
    if ((*text)->empty()) continue;
    auto line = parse(**text);
    if (!line) return std::unexpected(line.error());
    line->line_number = line_number_;
    return *line;
  }
}

}  // namespace tickwitness::store
