#include "exchange/binance/session.h"

#include <fmt/format.h>

#include <map>

#include "exchange/binance/wire.h"

namespace tickwitness::exchange::binance {
namespace {

// "btcusdt@trade"; empty: there is no such stream.
std::string stream_of(const Subscription& subscription) {
  std::string stream = stream_symbol(subscription.symbol);
  switch (subscription.channel) {
    case Channel::trade:
      return stream += "@trade";
    case Channel::agg_trade:
      return stream += "@aggTrade";
    case Channel::spread:
      return stream += "@bookTicker";
    case Channel::book:
      return stream += "@depth@100ms";
    case Channel::ohlc: {
      const auto interval = interval_of(subscription.interval_minutes);
      return interval.empty() ? std::string() : fmt::format("{}@kline_{}", stream, interval);
    }
    case Channel::instrument:
      break;
  }
  return {};
}

bool together(const Subscription&, const Subscription&) {
  return true;
}

}  // namespace

std::vector<Request> BinanceSpot::requests(std::string_view method,
                                           std::span<const Subscription> wanted,
                                           std::uint64_t next_id) const {
  std::vector<Subscription> possible;
  for (const auto& subscription : wanted)
    if (!stream_of(subscription).empty()) possible.push_back(subscription);
  auto requests = group_requests(possible, next_id, kStreamsPerRequestMax, together);
  for (auto& request : requests) {
    std::string streams;
    for (const auto& subscription : request.subscriptions)
      streams += fmt::format(R"({}"{}")", streams.empty() ? "" : ",", stream_of(subscription));
    request.text =
        fmt::format(R"({{"method":"{}","params":[{}],"id":{}}})", method, streams, request.id);
  }
  return requests;
}

std::vector<Request> BinanceSpot::subscribe(std::span<const Subscription> wanted,
                                            std::uint64_t next_id) {
  // So that what comes back is told by what was asked for, not guessed.
  for (const auto& subscription : wanted) codec_.symbols().learn(subscription.symbol);
  return requests("SUBSCRIBE", wanted, next_id);
}

std::vector<Request> BinanceSpot::unsubscribe(std::span<const Subscription> wanted,
                                              std::uint64_t next_id) {
  return requests("UNSUBSCRIBE", wanted, next_id);
}

std::string BinanceSpot::ping(std::uint64_t id) {
  return fmt::format(R"({{"method":"LIST_SUBSCRIPTIONS","id":{}}})", id);
}

std::vector<std::size_t> BinanceSpot::assign_connections(
    std::span<const Subscription> wanted) const {
  std::map<Subscription, std::size_t> order;
  std::vector<std::size_t> connections;
  connections.reserve(wanted.size());
  for (const auto& subscription : wanted) {
    const auto place = order.try_emplace(subscription, order.size()).first->second;
    connections.push_back(place / kStreamsPerConnectionMax);
  }
  return connections;
}

}  // namespace tickwitness::exchange::binance
