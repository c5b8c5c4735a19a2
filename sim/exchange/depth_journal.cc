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
  changes_.insert(changes_.end(), changes.begin(), changes.end());
  last_id_ = last_id;
  return was_empty && !changes_.empty();
}

const DepthUpdate& DepthJournal::take() {
  update_.levels.clear();
  if (changes_.empty()) return update_;
  // The last word on a price counts.
  std::ranges::reverse(changes_);
  std::ranges::stable_sort(changes_, {}, place);
  for (const BookChange& change : changes_)
    if (update_.levels.empty() || place(update_.levels.back()) != place(change))
      update_.levels.push_back(change);
  update_.first_id = sent_id_ + 1;
  update_.last_id = sent_id_ = last_id_;
  changes_.clear();
  return update_;
}

}  // namespace tickwitness::sim
