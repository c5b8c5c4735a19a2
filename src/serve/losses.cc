#include "serve/losses.h"

#include <algorithm>

namespace tickwitness::serve {

Losses losses(const EngineStatus& status, base::WallTime now) {
  const auto today = std::chrono::floor<std::chrono::days>(now);
  Losses sums;
  sums.gaps_open = status.gaps_open;
  for (const auto& feed : status.feeds) {
    for (const auto& market : feed.trades) {
      for (const auto& day : market.days) {
        const auto ratio = day.ratio();
        if (day.day != today || !ratio) continue;
        sums.completeness = std::min(*ratio, sums.completeness.value_or(1));
      }
    }
    sums.books_quarantined += static_cast<std::size_t>(std::ranges::count(
        feed.books, feed::BookState::quarantined, &feed::BookKeeper::Status::state));
  }
  return sums;
}

}  // namespace tickwitness::serve
