#include "sim/record/binance_asks.h"

#include <chrono>

#include "sim/exchange/binance_request.h"

namespace tickwitness::sim {
namespace {

std::optional<WireChannel> channel_of(StreamKind kind) {
  switch (kind) {
    case StreamKind::trade:
      return WireChannel::trade;
    case StreamKind::quote:
      return WireChannel::ticker;
    case StreamKind::kline:
      return WireChannel::ohlc;
    case StreamKind::depth:
      return WireChannel::book;
    case StreamKind::aggregate:
      break;
  }
  return std::nullopt;
}

}  // namespace

BinanceAsks::BinanceAsks(const Settings& exchange)
    : symbols_([&] {
        std::vector<std::string> symbols;
        symbols.reserve(exchange.pairs.size());
        for (const PairSettings& pair : exchange.pairs) symbols.push_back(pair.symbol);
        return symbols;
      }()),
      streams_(symbols_) {}

std::optional<std::vector<Request>> BinanceAsks::on_sent(std::uint64_t link,
                                                         std::string_view text) {
  const ParsedBinanceRequest parsed = parse_binance_request(text);
  if (parsed.error) return std::nullopt;
  std::vector<Request> asked;
  const bool subscribes = parsed.request.method == BinanceMethod::subscribe;
  if (!subscribes && parsed.request.method != BinanceMethod::unsubscribe) return asked;
  for (const std::string& name : parsed.request.streams) {
    const std::optional<Stream> stream = streams_.find(name);
    const auto channel = stream ? channel_of(stream->kind) : std::nullopt;
    if (!channel) continue;
    const std::int64_t minutes =
        channel == WireChannel::ohlc
            ? kKlineIntervals[stream->variant].length / std::chrono::minutes(1)
            : 0;
    asked.push_back(
        {.method = subscribes ? Request::Method::subscribe : Request::Method::unsubscribe,
         .channel = *channel,
         .symbols = {symbols_[stream->pair]},
         .interval_minutes = static_cast<std::uint64_t>(minutes)});
  }
  if (const auto id = parsed.request.number()) unanswered_[{link, *id}] = asked;
  return asked;
}

std::vector<Request> BinanceAsks::take(std::uint64_t link, std::uint64_t id) {
  const auto found = unanswered_.extract({link, id});
  return found.empty() ? std::vector<Request>() : std::move(found.mapped());
}

void BinanceAsks::forget(std::uint64_t link) {
  std::erase_if(unanswered_, [&](const auto& entry) { return entry.first.first == link; });
}

}  // namespace tickwitness::sim
