#include "store/batch/history.h"

#include <algorithm>
#include <utility>

namespace tickwitness::store {
namespace {

// Who asks for what is older asks by time: a page does not end among the trades of one moment, of
// which `next` is one more, unless it has no other.
void end_between_times(std::vector<pipeline::Tick>& newest_first, const market::Trade& next) {
  const auto other =
      std::ranges::find_if(newest_first.rbegin(), newest_first.rend(), [&](const auto& tick) {
        return std::get<market::Trade>(tick.event).exchange_time != next.exchange_time;
      });
  if (other != newest_first.rend()) newest_first.erase(other.base(), newest_first.end());
}

}  // namespace

void HistoryPage::add(const pipeline::Tick& tick) {
  if (wanted() > 1) {
    history_.ticks.push_back(tick);
    return;
  }
  history_.more = true;
  if (const auto* trade = std::get_if<market::Trade>(&tick.event))
    end_between_times(history_.ticks, *trade);
}

pipeline::History HistoryPage::take() {
  std::ranges::reverse(history_.ticks);
  return std::move(history_);
}

}  // namespace tickwitness::store
