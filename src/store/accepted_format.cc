// The bytes of a checkpoint; docs/spool-format.md has every field.
#include <fmt/format.h>

#include "base/bytes.h"
#include "store/accepted.h"
#include "store/batch/gap_format.h"

namespace tickwitness::store {

using base::put_number;
using base::take_number;

namespace {

// No batch begins so.
constexpr std::uint8_t kCheckpoint = 0xC1;

void put_time(base::WallTime time, std::string& out) {
  put_number(base::folded(static_cast<std::uint64_t>(time.time_since_epoch().count())), out);
}

bool take_time(std::string_view& from, base::WallTime& time) {
  std::uint64_t ns = 0;
  if (!take_number(from, ns)) return false;
  time = base::WallTime(base::Duration(static_cast<std::int64_t>(base::unfolded(ns))));
  return true;
}

// A hole begins where the one before it ended, or later.
void put(const Accepted::Hole& hole, std::uint64_t after, std::string& out) {
  put_number(hole.from - after, out);
  put_number(hole.to - hole.from, out);
  put_time(hole.before, out);
  out += static_cast<char>(hole.given_up ? 1 : 0);
}

bool take(std::string_view& from, std::uint64_t after, Accepted::Hole& hole) {
  std::uint64_t gap = 0, length = 0, given_up = 0;
  if (!take_number(from, gap) || !take_number(from, length) || !take_time(from, hole.before) ||
      !take_number(from, given_up) || given_up > 1)
    return false;
  hole.from = after + gap;
  hole.to = hole.from + length;
  hole.given_up = given_up == 1;
  return hole.from > after && hole.to >= hole.from;
}

}  // namespace

bool Accepted::is_checkpoint(std::string_view payload) {
  return !payload.empty() && static_cast<std::uint8_t>(payload.front()) == kCheckpoint;
}

std::string Accepted::checkpoint() const {
  std::string out(1, static_cast<char>(kCheckpoint));
  put_number(ticks_, out);
  put_number(markets_.size(), out);
  for (const Market& m : markets_) {
    base::put_text(to_string(m.venue), out);
    base::put_text(m.symbol.str(), out);
    put_number(m.trades, out);
    put_number(m.top, out);
    put_time(m.top_time, out);
    put_number(m.holes.size(), out);
    std::uint64_t after = 0;
    for (const Hole& hole : m.holes) {
      put(hole, after, out);
      after = hole.to;
    }
  }
  put_number(gaps_.size(), out);
  for (const auto& [id, gap] : gaps_) put_gap(gap, out);
  return out;
}

bool Accepted::take_market(std::string_view& from) {
  std::string_view venue, name;
  if (!base::take_text(from, venue) || !base::take_text(from, name)) return false;
  const auto known = market::venue_named(venue);
  const auto symbol = market::Symbol::parse(name);
  if (!known || !symbol) return false;
  const std::size_t before = markets_.size();
  Market& m = market(*known, *symbol);
  std::uint64_t holes = 0, after = 0;
  if (markets_.size() == before || !take_number(from, m.trades) || !take_number(from, m.top) ||
      !take_time(from, m.top_time) || !take_number(from, holes) || holes > kHolesMax)
    return false;
  for (std::uint64_t i = 0; i < holes; ++i) {
    Hole& hole = m.holes.emplace_back();
    if (!take(from, after, hole) || hole.to >= m.top) return false;
    after = hole.to;
  }
  holes_ += holes;
  return holes_ <= kHolesOfAllMax;
}

base::Result<Accepted> Accepted::read(std::string_view checkpoint) {
  if (!is_checkpoint(checkpoint)) return base::fail("it is no checkpoint");
  checkpoint.remove_prefix(1);
  const auto senseless = base::fail("the checkpoint makes no sense");
  Accepted all;
  std::uint64_t markets = 0, gaps = 0;
  if (!take_number(checkpoint, all.ticks_) || !take_number(checkpoint, markets)) return senseless;
  for (std::uint64_t i = 0; i < markets; ++i) {
    if (!all.take_market(checkpoint)) return senseless;
  }
  if (!take_number(checkpoint, gaps)) return senseless;
  for (std::uint64_t i = 0; i < gaps; ++i) {
    pipeline::GapEntry gap;
    if (!take_gap(checkpoint, gap) || gap.id == 0) return senseless;
    if (!gap.closed) ++all.open_gaps_;
    if (!all.gaps_.emplace(gap.id, gap).second) return senseless;
  }
  if (!checkpoint.empty()) return senseless;
  return all;
}

}  // namespace tickwitness::store
