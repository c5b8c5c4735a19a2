#include "store/batch/gap_format.h"

#include <algorithm>

#include "base/bytes.h"

namespace tickwitness::store {
namespace {

using pipeline::GapEntry;

void put_time(base::WallTime time, std::string& out) {
  const auto ns = static_cast<std::uint64_t>(time.time_since_epoch().count());
  base::put_number(base::folded(ns), out);
}

bool take_time(std::string_view& from, base::WallTime& time) {
  std::uint64_t ns = 0;
  if (!base::take_number(from, ns)) return false;
  time = base::WallTime(base::Duration(static_cast<std::int64_t>(base::unfolded(ns))));
  return true;
}

bool printable(char c) {
  return c >= ' ' && c <= '~';
}

void put_words(std::string_view text, std::string& out) {
  std::string words(text.substr(0, kGapTextMax));
  for (char& c : words) {
    if (!printable(c)) c = '?';
  }
  base::put_text(words, out);
}

bool take_words(std::string_view& from, GapEntry& gap) {
  for (auto* text : {&gap.channel, &gap.connection, &gap.cause, &gap.state, &gap.reason}) {
    std::string_view word;
    if (!base::take_text(from, word) || word.size() > kGapTextMax ||
        !std::ranges::all_of(word, printable))
      return false;
    *text = word;
  }
  return true;
}

}  // namespace

void put_gap(const GapEntry& gap, std::string& out) {
  base::put_text(to_string(gap.venue), out);
  base::put_text(gap.symbol.str(), out);
  for (const std::string_view text :
       {gap.channel, gap.connection, gap.cause, gap.state, gap.reason}) {
    put_words(text, out);
  }
  for (const std::uint64_t number : {gap.id, gap.from, gap.to, gap.missing, gap.lost}) {
    base::put_number(number, out);
  }
  put_time(gap.opened, out);
  out += static_cast<char>(gap.closed ? 1 : 0);
  if (gap.closed) put_time(*gap.closed, out);
}

bool take_gap(std::string_view& from, GapEntry& gap) {
  std::string_view venue, symbol;
  if (!base::take_text(from, venue) || !base::take_text(from, symbol)) return false;
  const auto known = market::venue_named(venue);
  if (!known) return false;
  gap.venue = *known;
  gap.symbol = {};
  if (!symbol.empty()) {  // empty: a connection
    const auto parsed = market::Symbol::parse(symbol);
    if (!parsed) return false;
    gap.symbol = *parsed;
  }
  if (!take_words(from, gap)) return false;
  for (auto* number : {&gap.id, &gap.from, &gap.to, &gap.missing, &gap.lost}) {
    if (!base::take_number(from, *number)) return false;
  }
  if (!take_time(from, gap.opened) || from.empty()) return false;
  const char closed = from.front();
  from.remove_prefix(1);
  gap.closed.reset();
  return closed == 0 || (closed == 1 && take_time(from, gap.closed.emplace()));
}

}  // namespace tickwitness::store
