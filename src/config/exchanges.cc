#include "config/exchanges.h"

namespace tickwitness::config {
namespace {

constexpr Stream kKrakenStreams[] = {Stream::trade, Stream::spread, Stream::ohlc, Stream::book};
constexpr std::uint64_t kKrakenIntervals[] = {1, 5, 15, 30, 60, 240, 1440, 10080, 21600};
constexpr std::uint32_t kKrakenDepths[] = {10, 25, 100, 500, 1000};

constexpr Stream kBinanceStreams[] = {Stream::trade, Stream::spread, Stream::ohlc, Stream::book,
                                      Stream::agg_trade};
constexpr std::uint64_t kBinanceIntervals[] = {1,   3,   5,   15,  30,   60,   120,
                                               240, 360, 480, 720, 1440, 4320, 10080};

// Nothing comes by itself on a quiet connection but Binance's ping every 20 s, which is answered
// below the level at which frames are counted. So ours, which asks for the list of subscriptions,
// comes often enough for two answers to be lost before the connection counts as dead.
void speak_as_binance(Exchange& exchange) {
  exchange.ping_interval = std::chrono::seconds(10);
  exchange.link_timeout = std::chrono::seconds(35);
  exchange.book_depth = 1000;
  exchange.max_age = std::chrono::hours(24) - std::chrono::minutes(10);  // it ends one of 24 h
}

constexpr ExchangeKind kKinds[] = {
    {.key = "kraken",
     .name = "Kraken",
     .heartbeat = true,
     .streams = kKrakenStreams,
     .intervals = kKrakenIntervals,
     .depths = kKrakenDepths,
     .at = [](Settings& s) -> Exchange& { return s.kraken; }},
    {.key = "binance",
     .name = "Binance",
     .streams = kBinanceStreams,
     .intervals = kBinanceIntervals,
     .at = [](Settings& s) -> Exchange& { return s.binance; }},
    {.key = "binance_us",
     .name = "Binance.US",
     .streams = kBinanceStreams,
     .intervals = kBinanceIntervals,
     .at = [](Settings& s) -> Exchange& { return s.binance_us; }},
};

std::vector<StreamSettings> streams_of(const std::vector<std::string>& pairs) {
  return {{Stream::trade, pairs, {}},
          {Stream::spread, pairs, {}},
          {Stream::ohlc, pairs, {1, 5, 15, 60}}};
}

}  // namespace

Kraken::Kraken() {
  enabled = true;
  url = "wss://ws.kraken.com/v2";
  rest_url = "https://api.kraken.com";
  streams = streams_of({"BTC-USD", "ETH-USD"});
}

Binance::Binance() {
  url = "wss://stream.binance.com:9443/stream";
  rest_url = "https://api.binance.com";
  streams = streams_of({"BTC-USDT", "ETH-USDT"});
  speak_as_binance(*this);
}

BinanceUs::BinanceUs() {
  url = "wss://stream.binance.us:9443/stream";
  rest_url = "https://api.binance.us";
  streams = streams_of({"BTC-USDT", "ETH-USDT"});
  speak_as_binance(*this);
}

std::span<const ExchangeKind> exchange_kinds() {
  return kKinds;
}

}  // namespace tickwitness::config
