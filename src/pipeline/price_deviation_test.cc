#include "pipeline/price_deviation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "pipeline/test_market.h"

namespace tickwitness::pipeline {
namespace {

using namespace std::chrono_literals;
using market::Venue;
using test::decimal;
using test::symbol;

constexpr base::Instant kStart{base::Duration(1000s)};

struct World : test::Metered {
  void quote(Venue venue, std::string_view pair, std::string_view bid,
             std::optional<std::string_view> ask, base::Duration at) {
    meter.on_tick({.event = test::quote_of(pair, bid, ask),
                   .venue = venue,
                   .received = {.mono = kStart + at}},
                  kStart + at);
  }
  std::optional<double> deviation(std::string_view pair, base::Duration at) {
    meter.observe(kStart + at);
    return telemetry::test::read(registry, "tickwitness_market_price_deviation_ratio",
                                 {{"symbol", pair}});
  }
};

TEST(PriceDeviation, TheWidestOfAllVenuesOverTheMiddle) {
  World world;
  world.quote(Venue::kraken, "BTC-USDT", "99", "101", 0s);    // 100
  EXPECT_EQ(world.deviation("BTC-USDT", 0s), std::nullopt);   // from what?
  world.quote(Venue::binance, "BTC-USDT", "101", "103", 0s);  // 102
  EXPECT_DOUBLE_EQ(world.deviation("BTC-USDT", 0s).value(), 2.0 / 101);
  world.quote(Venue::binance_us, "BTC-USDT", "100", "102", 0s);  // 101, between the others
  EXPECT_DOUBLE_EQ(world.deviation("BTC-USDT", 0s).value(), 2.0 / 101);
  world.quote(Venue::binance_us, "BTC-USDT", "95", "97", 0s);  // 96
  EXPECT_DOUBLE_EQ(world.deviation("BTC-USDT", 0s).value(), 6.0 / 99);
  world.quote(Venue::kraken, "BTC-USDT", "101.5", "102.5", 0s);
  world.quote(Venue::binance_us, "BTC-USDT", "101.5", "102.5", 0s);
  EXPECT_EQ(world.deviation("BTC-USDT", 0s), 0);  // they agree: that is an observation
}

TEST(PriceDeviation, AnotherMarketIsNoOtherPrice) {
  World world;
  world.quote(Venue::kraken, "BTC-USD", "99", "101", 0s);
  world.quote(Venue::binance, "BTC-USDT", "101", "103", 0s);
  EXPECT_EQ(world.deviation("BTC-USD", 0s), std::nullopt);
  EXPECT_EQ(world.deviation("BTC-USDT", 0s), std::nullopt);
}

TEST(PriceDeviation, AbsentWithoutTwoFreshQuotes) {
  World world;
  world.quote(Venue::kraken, "BTC-USDT", "99", "101", 0s);
  world.quote(Venue::binance, "BTC-USDT", "101", "103", 4s);
  EXPECT_TRUE(world.deviation("BTC-USDT", 10s));
  EXPECT_EQ(world.deviation("BTC-USDT", 10s + 1ns), std::nullopt);  // Kraken's is too old
  world.quote(Venue::kraken, "BTC-USDT", "100", "102", 12s);        // 101
  EXPECT_DOUBLE_EQ(world.deviation("BTC-USDT", 14s).value(), 1 / 101.5);
  world.quote(Venue::binance, "BTC-USDT", "101", std::nullopt, 14s);  // nobody offers there
  EXPECT_EQ(world.deviation("BTC-USDT", 14s), std::nullopt);
  world.quote(Venue::binance, "BTC-USDT", "100", "102", 15s);
  EXPECT_EQ(world.deviation("BTC-USDT", 15s), 0);
  world.meter.forget(Venue::kraken, symbol("BTC-USDT"));
  EXPECT_EQ(world.deviation("BTC-USDT", 15s), std::nullopt);
}

// They would write one series, whose value were that of whoever came last.
TEST(PriceDeviation, MarketsBeyondTheBoundOfTheLabelAreNotShown) {
  World world;
  const auto pair = [](std::size_t i) { return "M" + std::to_string(i) + "-USD"; };
  constexpr std::size_t kMax = telemetry::label::Symbol::kMax;
  for (std::size_t i = 0; i < kMax + 2; ++i) {
    world.quote(Venue::kraken, pair(i), "99", "101", 0s);
    world.quote(Venue::binance, pair(i), "101", "103", 0s);
  }
  EXPECT_DOUBLE_EQ(world.deviation(pair(kMax - 1), 0s).value(), 2.0 / 101);
  const auto shown = telemetry::samples(world.registry, "tickwitness_market_price_deviation_ratio");
  EXPECT_EQ(shown.size(), kMax);
  for (const auto& sample : shown) EXPECT_NE(sample.labels.at(0).value, "other");
}

TEST(PriceDeviation, EachMarketBeyondTheBoundOfTheLabelIsCounted) {
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  PriceDeviation deviation{metrics};
  constexpr std::size_t kMax = telemetry::label::Symbol::kMax;
  for (std::size_t i = 0; i < kMax + 2; ++i) {
    EXPECT_EQ(deviation.row(symbol("M" + std::to_string(i) + "-USD")).has_value(), i < kMax) << i;
  }
  EXPECT_EQ(
      telemetry::test::read(registry, "tickwitness_label_overflow_total", {{"label", "symbol"}}),
      2);
}

}  // namespace
}  // namespace tickwitness::pipeline
