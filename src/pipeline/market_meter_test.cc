#include "pipeline/market_meter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/test_market.h"
#include "telemetry/exposition.h"

namespace tickwitness::pipeline {
namespace {

using namespace std::chrono_literals;
using telemetry::test::read;
using test::decimal;
using test::symbol;

struct World : test::Metered {
  base::Instant received{base::Duration(1000s)};

  void take(market::Event event, base::Duration delay = 5ms,
            market::Venue venue = market::Venue::kraken) {
    meter.on_tick({.event = std::move(event), .venue = venue, .received = {.mono = received}},
                  received + delay);
  }
  void trade(std::string_view pair, std::string_view price,
             market::Venue venue = market::Venue::kraken) {
    take(market::Trade{.symbol = symbol(pair), .price = decimal(price)}, 5ms, venue);
  }
  void quote(std::string_view pair, std::optional<std::string_view> bid,
             std::optional<std::string_view> ask) {
    take(test::quote_of(pair, bid, ask));
  }
  std::optional<double> spread(std::string_view pair) {
    return read(registry, "tickwitness_market_spread", {{"symbol", pair}});
  }
};

TEST(MarketMeter, SaysNothingOfAMarketItHasNotSeen) {
  World world;
  EXPECT_EQ(world.spread("BTC-USD"), std::nullopt);
  EXPECT_EQ(read(world.registry, "tickwitness_pipeline_ticks_processed_total"), 0);
}

TEST(MarketMeter, MarketsOfAVenueAreTheirOwn) {
  World world;
  world.quote("BTC-USD", "1", "2");
  world.quote("ETH-USD", "1", "4");
  world.take(market::Quote{.symbol = symbol("BTC-USD"), .bid = decimal("1"), .ask = decimal("8")},
             5ms, market::Venue::binance);
  EXPECT_EQ(world.spread("ETH-USD"), 3);
  const auto of = [&](std::string_view exchange) {
    return read(world.registry, "tickwitness_market_spread",
                {{"symbol", "BTC-USD"}, {"exchange", exchange}});
  };
  EXPECT_EQ(of("kraken"), 1);
  EXPECT_EQ(of("binance"), 7);
}

struct SpreadCase {
  std::optional<std::string_view> bid, ask;
  std::optional<double> spread;
};

TEST(MarketMeter, TheSpreadIsSubtractedExactlyAndAbsentWithoutBothSides) {
  const SpreadCase cases[] = {
      {"26500.1", "26500.2", 0.1},  // in floating point the difference is 0.10000000000218279
      {"0.00005100", "0.00005101", 0.00000001},
      {"100", "100", 0.0},
      {"100.5", "100.4", -0.1},  // a crossed book is said as it is
      {std::nullopt, "100.4", std::nullopt},
      {"100", "101", 1.0},
      {"100", std::nullopt, std::nullopt},
      {"100", "102", 2.0},
      {std::nullopt, std::nullopt, std::nullopt},
  };
  World world;  // one for all: a one-sided quote must clear what the one before it said
  for (const auto& c : cases) {
    world.quote("BTC-USD", c.bid, c.ask);
    EXPECT_EQ(world.spread("BTC-USD"), c.spread)
        << c.bid.value_or("-") << ' ' << c.ask.value_or("-");
  }
}

TEST(MarketMeter, QuotesAreStampedWithTheExchangesTimeAndForgottenWithTheirMarket) {
  World world;
  const auto of = [&](std::string_view name, std::string_view pair) {
    return read(world.registry, name, {{"symbol", pair}});
  };
  constexpr std::string_view kNames[] = {"tickwitness_market_spread",
                                         "tickwitness_market_last_quote_timestamp_seconds"};
  for (const auto* pair : {"BTC-USD", "ETH-USD"}) {
    world.take(market::Quote{.symbol = symbol(pair),
                             .bid = decimal("4"),
                             .ask = decimal("6"),
                             .exchange_time = base::WallTime(1'700'000'001s)});
  }
  const double values[] = {2, 1'700'000'001};
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(of(kNames[i], "BTC-USD"), values[i]) << kNames[i];
  world.meter.forget(market::Venue::kraken, symbol("BTC-USD"));
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(of(kNames[i], "BTC-USD"), std::nullopt) << kNames[i];
    EXPECT_EQ(of(kNames[i], "ETH-USD"), values[i]) << kNames[i];
  }
  world.quote("BTC-USD", "1", "4");  // was on its way
  EXPECT_EQ(world.spread("BTC-USD"), std::nullopt);
  EXPECT_EQ(of("tickwitness_market_last_update_timestamp_seconds", "BTC-USD"), std::nullopt);
  world.meter.expect(market::Venue::kraken, symbol("BTC-USD"));
  world.meter.expect_quotes(market::Venue::kraken, symbol("BTC-USD"));
  world.quote("BTC-USD", "1", "5");
  EXPECT_EQ(world.spread("BTC-USD"), 4);
  EXPECT_TRUE(of("tickwitness_market_last_update_timestamp_seconds", "BTC-USD"));
}

TEST(MarketMeter, AMarketWhoseQuotesAreForgottenIsStillFollowed) {
  World world;
  const auto has = [&](std::string_view name) {
    return read(world.registry, name, {{"symbol", "BTC-USD"}}).has_value();
  };
  world.quote("BTC-USD", "4", "6");
  world.meter.forget_quotes(market::Venue::kraken, symbol("BTC-USD"));
  EXPECT_EQ(world.spread("BTC-USD"), std::nullopt);
  EXPECT_FALSE(has("tickwitness_market_spread_ratio"));
  EXPECT_FALSE(has("tickwitness_market_last_quote_timestamp_seconds"));
  EXPECT_TRUE(has("tickwitness_market_last_update_timestamp_seconds"));
  world.quote("BTC-USD", "1", "4");  // was on its way
  EXPECT_EQ(world.spread("BTC-USD"), std::nullopt);
  world.meter.expect_quotes(market::Venue::kraken, symbol("BTC-USD"));
  world.quote("BTC-USD", "1", "5");
  EXPECT_EQ(world.spread("BTC-USD"), 4);
}

// A book in quarantine: when the best prices last came is as it was.
TEST(MarketMeter, AQuoteOfNothingIsNoQuote) {
  World world;
  const auto quoted = [&] {
    return read(world.registry, "tickwitness_market_last_quote_timestamp_seconds");
  };
  world.take(market::Quote{.symbol = symbol("BTC-USD")});
  EXPECT_EQ(quoted(), std::nullopt);
  world.take(market::Quote{.symbol = symbol("BTC-USD"),
                           .bid = decimal("4"),
                           .exchange_time = base::WallTime(1'700'000'001s)});
  EXPECT_EQ(quoted(), 1'700'000'001);
  world.take(market::Quote{.symbol = symbol("BTC-USD")});
  EXPECT_EQ(quoted(), 1'700'000'001);
}

TEST(MarketMeter, TheSpreadRatioIsOfTheMiddle) {
  World world;
  const auto ratio = [&] { return read(world.registry, "tickwitness_market_spread_ratio"); };
  world.quote("BTC-USD", "99", "101");
  EXPECT_EQ(ratio(), 0.02);
  world.quote("BTC-USD", "0", "0");
  EXPECT_EQ(ratio(), std::nullopt);
  world.quote("BTC-USD", "101", "99");
  EXPECT_EQ(ratio(), -0.02);
  world.quote("BTC-USD", std::nullopt, "101");
  EXPECT_EQ(ratio(), std::nullopt);
}

struct LagCase {
  base::Duration stamped_before_receipt;
  Origin origin = Origin::live;
  double lags = 0;  // observed
};

TEST(MarketMeter, TheLagIsFromTheExchangesStampToTheProcessing) {
  const LagCase cases[] = {{.stamped_before_receipt = 250ms, .lags = 1},
                           {.stamped_before_receipt = 0ms, .lags = 1},
                           {.stamped_before_receipt = -1ms, .lags = 0},  // a clock is off
                           {.stamped_before_receipt = 250ms, .origin = Origin::snapshot, .lags = 0},
                           {.stamped_before_receipt = 250ms, .origin = Origin::rest, .lags = 0},
                           {.stamped_before_receipt = 23h, .lags = 1},
                           {.stamped_before_receipt = 25h, .lags = 0}};
  for (const auto& c : cases) {
    World world;
    const base::WallTime wall(std::chrono::seconds(1'700'000'000));
    const market::Trade trade{.symbol = symbol("BTC-USD"),
                              .price = decimal("1"),
                              .exchange_time = wall - c.stamped_before_receipt};
    world.meter.on_tick(
        {.event = trade, .origin = c.origin, .received = {.mono = world.received, .wall = wall}},
        world.received + 50ms);
    EXPECT_EQ(read(world.registry, "tickwitness_market_lag_seconds"), c.lags);
    const std::optional<double> updated =
        c.origin == Origin::live ? std::optional<double>(1'700'000'000) : std::nullopt;
    EXPECT_EQ(read(world.registry, "tickwitness_market_last_update_timestamp_seconds"), updated);
    if (c.stamped_before_receipt == 250ms && c.origin == Origin::live) {
      EXPECT_THAT(telemetry::render(world.registry, {}),
                  testing::HasSubstr("tickwitness_market_lag_seconds_sum{exchange=\"kraken\","
                                     "symbol=\"BTC-USD\"} 0.3\n"));
    }
  }
}

TEST(MarketMeter, EveryTickIsCountedAndItsDelayObserved) {
  World world;
  world.take(market::Trade{.symbol = symbol("BTC-USD"), .price = decimal("1")}, 2ms);
  world.take(market::Quote{.symbol = symbol("BTC-USD")}, 3ms);
  world.take(market::Candle{.symbol = symbol("BTC-USD"), .interval_minutes = 1}, 20ms);
  EXPECT_EQ(read(world.registry, "tickwitness_pipeline_ticks_processed_total"), 3);
  EXPECT_EQ(read(world.registry, "tickwitness_pipeline_delay_seconds"), 3);
  const std::array<std::string_view, 1> labels{"kraken"};
  const auto decl =
      std::ranges::find(world.registry.schema().instruments, "tickwitness_pipeline_delay_seconds",
                        &telemetry::InstrumentDecl::exported);
  const auto id =
      static_cast<telemetry::InstrumentId>(decl - world.registry.schema().instruments.begin());
  EXPECT_EQ(world.registry.series(id, labels).snapshot().sum, 25'000'000U);
}

}  // namespace
}  // namespace tickwitness::pipeline
