#include "feed/gap_ledger.h"

#include <algorithm>
#include <utility>

namespace tickwitness::feed {

std::string_view to_string(GapState state) {
  switch (state) {
    case GapState::open:
      return "open";
    case GapState::filling:
      return "filling";
    case GapState::filled:
      return "filled";
    case GapState::unrecoverable:
      return "unrecoverable";
  }
  return "?";
}

std::string_view to_string(GapCause cause) {
  switch (cause) {
    case GapCause::disconnect:
      return "disconnect";
    case GapCause::missing:
      return "missing";
    case GapCause::checksum:
      return "checksum";
    case GapCause::sequence:
      return "sequence";
    case GapCause::crossed:
      return "crossed";
  }
  return "?";
}

std::uint64_t GapLedger::open(Gap gap) {
  gap.id = ++last_id_;
  const bool trades = gap.channel == exchange::Channel::trade && gap.from != 0;
  gap.missing = trades ? gap.to - gap.from + 1 : 0;
  gap.state = GapState::open;
  Totals& totals = totals_[index(gap.venue)];
  ++totals.by_cause[static_cast<std::size_t>(gap.cause)];
  totals.ids_missing += gap.missing;
  entries_.push_back(std::move(gap));
  ++open_;
  return last_id_;
}

const Gap* GapLedger::find(std::uint64_t id) const {
  const auto found = std::ranges::lower_bound(entries_, id, {}, &Gap::id);
  return found != entries_.end() && found->id == id ? &*found : nullptr;
}

void GapLedger::set_filling(std::uint64_t id) {
  Gap* const gap = entry(id);
  if (gap != nullptr && gap->state == GapState::open) gap->state = GapState::filling;
}

void GapLedger::fill(std::uint64_t id, std::uint64_t count, base::Now now) {
  Gap* const gap = entry(id);
  if (gap == nullptr || gap->closed) return;
  gap->missing -= std::min(count, gap->missing);
  totals_[index(gap->venue)].ids_filled += count;
  if (gap->missing == 0) settle(*gap, now);
}

void GapLedger::give_up(std::uint64_t id, std::uint64_t count, std::string_view reason,
                        base::Now now) {
  Gap* const gap = entry(id);
  if (gap == nullptr || gap->closed) return;
  gap->missing -= std::min(count, gap->missing);
  gap->lost += count;
  gap->reason = reason;
  totals_[index(gap->venue)].ids_unrecoverable += count;
  if (gap->missing == 0) settle(*gap, now);
}

void GapLedger::take_back(std::uint64_t id, std::uint64_t count, base::Now now) {
  Gap* const gap = entry(id);
  if (gap == nullptr) return;
  const std::uint64_t came = std::min(count, gap->lost);
  gap->lost -= came;
  Totals& totals = totals_[index(gap->venue)];
  totals.ids_filled += came;
  totals.ids_returned += came;
  if (came == 0 || gap->lost != 0) return;
  gap->reason.clear();
  if (!gap->closed) return;
  gap->state = GapState::filled;
  gap->closed = now;
  ++totals.filled;
}

void GapLedger::close(std::uint64_t id, base::Now now) {
  Gap* const gap = entry(id);
  if (gap != nullptr && !gap->closed) settle(*gap, now);
}

void GapLedger::settle(Gap& gap, base::Now now) {
  Totals& totals = totals_[index(gap.venue)];
  const bool whole = gap.reason.empty();
  gap.state = whole ? GapState::filled : GapState::unrecoverable;
  gap.closed = now;
  ++(whole ? totals.filled : totals.unrecoverable);
  --open_;
  if (entries_.size() - open_ <= kClosedMax) return;
  const auto oldest =
      std::ranges::find_if(entries_, [](const Gap& entry) { return entry.closed.has_value(); });
  entries_.erase(oldest);
}

}  // namespace tickwitness::feed
