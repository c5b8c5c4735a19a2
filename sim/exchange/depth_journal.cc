#include "sim/exchange/depth_journal.h"

#include <algorithm>
#include <tuple>

namespace tickwitness::sim {
namespace {

// Bids first, the better before the worse.
auto place(const BookChange& change) {
  return std::tuple(change.side,
                    change.side == BookSide::bid ? -change.level.price : change.level.price);
}

}  // namespace

void DepthJournal::begin(std::uint64_t last_id) {
  sent_id_ = last_id_ = last_id;
  changes_.clear();
}

bool DepthJournal::add(std::span<const BookChange> changes, std::uint64_t last_id) {
  const bool was_empty = changes_.empty();
  for (const BookChange& change : changes) {
    const auto at = std::ranges::lower_bound(changes_, place(change), {}, place);
    if (at != changes_.end() && place(*at) == place(change)) {
      at->level = change.level;
    } else {
      changes_.insert(at, change);
    }
  }
  last_id_ = last_id;
  return was_empty && !changes_.empty();
}

const DepthUpdate& DepthJournal::take() {
  update_.levels.clear();
  if (changes_.empty()) return update_;
  update_.levels.swap(changes_);
  update_.first_id = sent_id_ + 1;
  update_.last_id = sent_id_ = last_id_;
  return update_;
}

}  // namespace tickwitness::sim
