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
  changed_.insert(last_id_);
  ++open_;
  return last_id_;
}

void GapLedger::restore(std::vector<Gap> entries, std::uint64_t last_id, base::Now now) {
  last_id_ = last_id;
  for (Gap& gap : entries) {
    if (!gap.closed && gap.channel == exchange::Channel::trade && gap.from != 0) {
      gap.missing = 0;
      gap.state = GapState::open;
      ++open_;
    } else if (!gap.closed) {
      gap.state = GapState::filled;
      gap.closed = now;
      changed_.insert(gap.id);
    }
    entries_.push_back(std::move(gap));
  }
}

void GapLedger::claim(std::uint64_t id, std::uint64_t count) {
  Gap* const gap = entry(id);
  if (gap == nullptr || gap->closed) return;
  Totals& totals = totals_[index(gap->venue)];
  if (gap->missing == 0) ++totals.by_cause[static_cast<std::size_t>(gap->cause)];
  gap->missing += count;
  totals.ids_missing += count;
}

void GapLedger::end_restore(base::Now now, const std::function<std::string(const Gap&)>& why) {
  for (Gap& gap : entries_) {
    if (gap.closed || gap.missing != 0) continue;
    gap.reason = gap.lost != 0 ? gap.reason : why(gap);
    gap.state = gap.reason.empty() ? GapState::filled : GapState::unrecoverable;
    gap.closed = now;
    changed_.insert(gap.id);
    --open_;
  }
}

std::uint64_t GapLedger::entry_of(const exchange::Subscription& trades, market::Venue venue,
                                  const PastHole& ids) const {
  const auto found = std::ranges::find_if(entries_, [&](const Gap& gap) {
    return gap.closed.has_value() == ids.given_up && gap.venue == venue &&
           gap.symbol == trades.symbol && gap.channel == trades.channel && gap.from <= ids.from &&
           ids.to <= gap.to;
  });
  return found == entries_.end() ? 0 : found->id;
}

void GapLedger::forget_the_oldest() {
  std::size_t closed = entries_.size() - open_;
  if (closed <= kClosedMax) return;
  std::erase_if(entries_, [&](const Gap& gap) {
    const std::size_t room = changed_.contains(gap.id) ? kUntoldMax : kClosedMax;
    if (!gap.closed || closed <= room) return false;
    --closed;
    return true;
  });
}

std::vector<std::uint64_t> GapLedger::take_changed() {
  forget_the_oldest();
  std::vector<std::uint64_t> all(changed_.begin(), changed_.end());
  changed_.clear();
  return all;
}

Gap* GapLedger::entry(std::uint64_t id) {
  auto* const found = const_cast<Gap*>(find(id));
  if (found != nullptr) changed_.insert(id);
  return found;
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
}

}  // namespace tickwitness::feed
