#include "exchange/protocol.h"

#include <algorithm>

namespace tickwitness::exchange {

std::vector<Request> group_requests(std::span<const Subscription> wanted, std::uint64_t next_id,
                                    std::size_t most,
                                    bool (*together)(const Subscription&, const Subscription&)) {
  std::vector<Request> requests;
  for (const auto& subscription : wanted) {
    const auto asked = [&](const Request& request) {
      return std::ranges::find(request.subscriptions, subscription) != request.subscriptions.end();
    };
    if (std::ranges::any_of(requests, asked)) continue;
    const auto open = std::ranges::find_if(requests, [&](const Request& request) {
      return together(request.subscriptions.front(), subscription) &&
             request.subscriptions.size() < most;
    });
    auto& request = open != requests.end() ? *open : requests.emplace_back();
    request.subscriptions.push_back(subscription);
  }
  for (auto& request : requests) request.id = next_id++;
  return requests;
}

}  // namespace tickwitness::exchange
