#include "exchange/kraken/session.h"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/kraken/symbols.h"

namespace tickwitness::exchange::kraken {
namespace {

// Params that are the same for every symbol of a request; symbols hold no character that JSON
// would have to escape.
std::string channel_params(const Subscription& subscription, std::uint32_t book_depth) {
  switch (subscription.channel) {
    case Channel::trade:
      return R"("channel":"trade")";
    case Channel::spread:
      return R"("channel":"ticker","event_trigger":"bbo")";
    case Channel::ohlc:
      return fmt::format(R"("channel":"ohlc","interval":{})", subscription.interval_minutes);
    case Channel::instrument:
      return R"("channel":"instrument")";
    case Channel::book:
      return fmt::format(R"("channel":"book","depth":{})", book_depth);
    case Channel::agg_trade:
      break;  // Kraken has no such channel; the configuration refuses it
  }
  return {};
}

bool same_request(const Subscription& a, const Subscription& b) {
  return a.channel == b.channel && a.interval_minutes == b.interval_minutes;
}

std::vector<Request> requests_for(std::string_view method, std::span<const Subscription> wanted,
                                  std::uint64_t next_id, std::uint32_t book_depth) {
  const bool subscribe = method == "subscribe";
  auto requests = group_requests(wanted, next_id, KrakenV2::kSymbolsPerRequestMax, same_request);
  for (auto& request : requests) {
    const auto& first = request.subscriptions.front();
    request.text =
        fmt::format(R"({{"method":"{}","params":{{{})", method, channel_params(first, book_depth));
    if (first.channel != Channel::instrument) {
      std::string_view separator = R"(,"symbol":[)";
      for (const auto& subscription : request.subscriptions) {
        request.text += fmt::format(R"({}"{}")", separator, to_kraken(subscription.symbol));
        separator = ",";
      }
      request.text += ']';
    }
    if (subscribe) request.text += R"(,"snapshot":true)";
    request.text += fmt::format(R"(}},"req_id":{}}})", request.id);
  }
  return requests;
}

}  // namespace

std::vector<Request> KrakenV2::subscribe(std::span<const Subscription> wanted,
                                         std::uint64_t next_id) {
  return requests_for("subscribe", wanted, next_id, book_depth_);
}

std::vector<Request> KrakenV2::unsubscribe(std::span<const Subscription> wanted,
                                           std::uint64_t next_id) {
  return requests_for("unsubscribe", wanted, next_id, book_depth_);
}

std::string KrakenV2::ping(std::uint64_t id) {
  return fmt::format(R"({{"method":"ping","req_id":{}}})", id);
}

std::vector<std::size_t> KrakenV2::assign_connections(std::span<const Subscription> wanted) const {
  std::vector<std::uint32_t> intervals;
  for (const auto& subscription : wanted)
    if (subscription.channel == Channel::ohlc) intervals.push_back(subscription.interval_minutes);
  std::ranges::sort(intervals);
  intervals.erase(std::unique(intervals.begin(), intervals.end()), intervals.end());
  std::vector<std::size_t> connections;
  for (const auto& subscription : wanted) {
    const auto at = std::ranges::lower_bound(intervals, subscription.interval_minutes);
    connections.push_back(subscription.channel == Channel::ohlc
                              ? static_cast<std::size_t>(at - intervals.begin())
                              : 0);
  }
  return connections;
}

}  // namespace tickwitness::exchange::kraken
