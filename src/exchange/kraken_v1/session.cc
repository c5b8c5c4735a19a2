#include "exchange/kraken_v1/session.h"

#include <fmt/format.h>

#include "exchange/kraken/symbols.h"

namespace tickwitness::exchange::kraken_v1 {
namespace {

bool offered(const Subscription& subscription) {
  return subscription.channel != Channel::instrument && subscription.channel != Channel::agg_trade;
}

// Symbols hold no character that JSON would have to escape.
std::string params(const Subscription& subscription, std::uint32_t book_depth) {
  switch (subscription.channel) {
    case Channel::ohlc:
      return fmt::format(R"("name":"ohlc","interval":{})", subscription.interval_minutes);
    case Channel::book:
      return fmt::format(R"("name":"book","depth":{})", book_depth);
    case Channel::trade:
    case Channel::spread:
    case Channel::instrument:
    case Channel::agg_trade:
      break;
  }
  return fmt::format(R"("name":"{}")", to_string(subscription.channel));
}

bool together(const Subscription& a, const Subscription& b) {
  return a.channel == b.channel && a.interval_minutes == b.interval_minutes;
}

}  // namespace

std::vector<Request> KrakenV1::requests(std::string_view event,
                                        std::span<const Subscription> wanted,
                                        std::uint64_t next_id) const {
  std::vector<Subscription> possible;
  for (const auto& subscription : wanted)
    if (offered(subscription)) possible.push_back(subscription);
  auto requests = group_requests(possible, next_id, kSymbolsPerRequestMax, together);
  for (auto& request : requests) {
    std::string pairs;
    for (const auto& subscription : request.subscriptions)
      pairs += fmt::format(R"({}"{}")", pairs.empty() ? "" : ",",
                           kraken::to_kraken_v1(subscription.symbol));
    request.text =
        fmt::format(R"({{"event":"{}","pair":[{}],"subscription":{{{}}},"reqid":{}}})", event,
                    pairs, params(request.subscriptions.front(), book_depth_), request.id);
  }
  return requests;
}

std::vector<Request> KrakenV1::subscribe(std::span<const Subscription> wanted,
                                         std::uint64_t next_id) {
  return requests("subscribe", wanted, next_id);
}

std::vector<Request> KrakenV1::unsubscribe(std::span<const Subscription> wanted,
                                           std::uint64_t next_id) {
  return requests("unsubscribe", wanted, next_id);
}

std::string KrakenV1::ping(std::uint64_t id) {
  return fmt::format(R"({{"event":"ping","reqid":{}}})", id);
}

}  // namespace tickwitness::exchange::kraken_v1
