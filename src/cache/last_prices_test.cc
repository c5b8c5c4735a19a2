#include "cache/last_prices.h"

#include <gtest/gtest.h>

#include "telemetry/read.h"

namespace tickwitness::cache {
namespace {
using market::Venue;
using pipeline::Tick;
using namespace std::chrono_literals;

Tick trade(std::string_view symbol, std::int64_t cents, base::Duration at,
           Venue venue = Venue::kraken) {
  Tick tick;
  tick.venue = venue;
  tick.event = market::Trade{.symbol = *market::Symbol::parse(symbol),
                             .price = base::Decimal(cents, 2),
                             .exchange_time = base::WallTime(at)};
  return tick;
}

struct Next final : pipeline::RecordTap {
  void on_tick(const Tick&) override { ++seen; }
  bool on_gap(const pipeline::GapEntry&) override { return ++gaps > 0; }
  int seen = 0, gaps = 0;
};

TEST(LastPriceTap, KeepsTheNewestOfEachMarketAndHandsAllOn) {
  Next next;
  LastPriceTap tap(&next);
  tap.on_tick(trade("BTC-USD", 100, 1s));
  tap.on_tick(trade("ETH-USD", 5, 2s));
  tap.on_tick(trade("BTC-USD", 101, 3s));
  tap.on_tick(trade("BTC-USD", 99, 2s));  // older: asked for afterwards
  tap.on_tick(trade("BTC-USD", 200, 1s, Venue::binance));
  Tick late = trade("BTC-USD", 98, 4s);
  late.late = true;
  tap.on_tick(late);
  Tick quote;
  quote.event = market::Quote{.symbol = *market::Symbol::parse("BTC-USD")};
  tap.on_tick(quote);
  EXPECT_EQ(next.seen, 7);
  const std::vector<LastPrice> expected{
      {Venue::kraken, *market::Symbol::parse("BTC-USD"), base::Decimal(101, 2), base::WallTime(3s)},
      {Venue::kraken, *market::Symbol::parse("ETH-USD"), base::Decimal(5, 2), base::WallTime(2s)},
      {Venue::binance, *market::Symbol::parse("BTC-USD"), base::Decimal(200, 2),
       base::WallTime(1s)}};
  EXPECT_EQ(tap.prices(), expected);
  LastPriceTap alone(nullptr);
  alone.on_tick(trade("BTC-USD", 1, 1s));
  EXPECT_EQ(alone.prices().size(), 1U);
}

TEST(LastPrices, HitsAndMissesAreCounted) {
  telemetry::Registry registry;
  telemetry::Catalog metrics(registry);
  LastPrices prices(metrics);
  const auto btc = *market::Symbol::parse("BTC-USD");
  const auto count = [&](std::string_view result) {
    for (const auto& sample : telemetry::samples(registry, "tickwitness_cache_requests_total"))
      if (sample.labels.at(1).value == result) return sample.value;
    return -1.0;
  };
  EXPECT_EQ(count("hit"), 0);
  EXPECT_FALSE(prices.find(Venue::kraken, btc));
  prices.put({Venue::kraken, btc, base::Decimal(1, 0), base::WallTime(1s)});
  prices.put({Venue::kraken, btc, base::Decimal(2, 0), base::WallTime(2s)});
  ASSERT_TRUE(prices.find(Venue::kraken, btc));
  EXPECT_EQ(prices.find(Venue::kraken, btc)->price, base::Decimal(2, 0));
  EXPECT_FALSE(prices.find(Venue::binance, btc));
  EXPECT_EQ(count("hit"), 2);
  EXPECT_EQ(count("miss"), 2);
}

}  // namespace
}  // namespace tickwitness::cache
