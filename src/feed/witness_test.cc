#include "feed/witness.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tickwitness::feed {
namespace {

using namespace std::chrono_literals;

base::Instant at(base::Duration t) {
  return base::Instant(1000s + t);
}
// The venue's clock is an hour off: that must not matter.
base::WallTime venue(base::Duration t) {
  return base::WallTime(1'700'003'600s + t);
}
market::Trade trade(std::uint64_t id, base::Duration t) {
  return {.id = id, .exchange_time = venue(t)};
}

struct Case {
  std::string what;
  std::vector<market::Trade> shown;
  base::Duration asked;
  Look look;
};

// The last trade that came: id 10, at 0 s.
TEST(TradeWitness, IsActiveOnlyForWhatShouldHaveCome) {
  const Case cases[] = {
      {"nothing", {}, 4s, Look::quiet},
      {"what came", {trade(9, -1s), trade(10, 0s)}, 4s, Look::quiet},
      {"missing for 3 s", {trade(10, 0s), trade(11, 1s)}, 4s, Look::active},
      {"missing for 2 s", {trade(11, 2s)}, 4s, Look::active},
      {"perhaps under way", {trade(11, 2001ms)}, 4s, Look::again},
      {"just now", {trade(11, 100s)}, 100s, Look::again},
      {"the first that is missed counts", {trade(11, 1s), trade(12, 4s)}, 4s, Look::active},
      {"a time that runs backwards", {trade(11, -5s)}, 4s, Look::again},
  };
  for (const auto& c : cases) {
    TradeWitness witness;
    witness.on_trade(at(0s), trade(10, 0s));
    EXPECT_EQ(witness.look(at(c.asked), c.shown), c.look) << c.what;
  }
}

TEST(TradeWitness, WhatIsStillMissingAtASecondLookIsMissing) {
  TradeWitness witness;
  witness.on_trade(at(0s), trade(10, 0s));
  const std::vector shown{trade(11, 99s)};
  EXPECT_EQ(witness.look(at(99s + 100ms), shown), Look::again);
  EXPECT_EQ(witness.look(at(100s), shown), Look::again);  // too soon
  EXPECT_EQ(witness.look(at(100s + 100ms), shown), Look::active);
  witness.on_trade(at(100s + 200ms), trade(11, 99s));
  EXPECT_EQ(witness.newest()->id, 11U);
  EXPECT_EQ(witness.look(at(101s), shown), Look::quiet);
}

TEST(TradeWitness, WithoutATradeTheFirstLookIsTheMeasure) {
  TradeWitness witness;
  EXPECT_FALSE(witness.newest());
  EXPECT_EQ(witness.look(at(0s), std::vector{trade(7, 0s)}), Look::quiet);
  EXPECT_EQ(witness.look(at(60s), std::vector{trade(7, 0s)}), Look::quiet);
  EXPECT_EQ(witness.look(at(60s), std::vector{trade(7, 0s), trade(8, 30s)}), Look::active);
}

TEST(TradeWitness, ALateTradeOfAnOldIdChangesNothing) {
  TradeWitness witness;
  witness.on_trade(at(0s), trade(10, 0s));
  witness.on_trade(at(5s), trade(9, -1s));
  EXPECT_EQ(witness.newest()->id, 10U);
  EXPECT_EQ(witness.newest()->time, venue(0s));
}

struct Candles {
  std::string what;
  base::Duration last;  // candle; the last trade, id 10, came at 0 s
  std::vector<market::Trade> shown;
  base::Duration asked;
  Look look;
};

TEST(TimeWitness, TradesAfterTheLastCandleAreMissed) {
  const Candles cases[] = {
      {"nothing happened", 0s, {}, 10s, Look::quiet},
      {"the candle came before its trade", -1900ms, {}, 10s, Look::quiet},
      {"the trades' stream had more", -3s, {}, 2s, Look::active},
      {"the same, but just now", -3s, {}, 1s, Look::again},
      {"REST has more", 0s, {trade(10, 0s), trade(11, 3s)}, 5s, Look::active},
      {"REST has more, but just now", 0s, {trade(11, 4s)}, 5s, Look::again},
      {"so soon after that it may be in the candle", 0s, {trade(11, 2s)}, 10s, Look::quiet},
  };
  for (const auto& c : cases) {
    TradeWitness trades;
    trades.on_trade(at(0s), trade(10, 0s));
    TimeWitness witness;
    witness.on_data(at(c.last));
    EXPECT_EQ(witness.look(at(c.asked), trades.newest(), c.shown), c.look) << c.what;
  }
}

TEST(TimeWitness, WithoutTradesOfOurOwnTheFirstLookIsTheMeasure) {
  TimeWitness witness;
  witness.on_data(at(0s));
  EXPECT_EQ(witness.look(at(10s), {}, std::vector{trade(7, -5s)}), Look::quiet);
  EXPECT_EQ(witness.look(at(20s), {}, std::vector{trade(8, 15s)}), Look::again);
  EXPECT_EQ(witness.look(at(21s), {}, std::vector{trade(8, 15s)}), Look::active);
  witness.on_data(at(22s));
  EXPECT_EQ(witness.look(at(30s), {}, std::vector{trade(9, 29s)}), Look::quiet);
}

market::Quote quote(const char* bid, const char* ask) {
  return {.bid = *base::Decimal::parse(bid), .ask = *base::Decimal::parse(ask)};
}

TEST(QuoteWitness, OtherPricesInTwoLooksASecondApartAreMissed) {
  QuoteWitness witness;
  witness.on_quote(quote("10.0", "10.1"));
  EXPECT_EQ(witness.look(at(0s), quote("10.00", "10.10")), Look::quiet);
  EXPECT_EQ(witness.look(at(1s), quote("10.0", "10.2")), Look::again);
  EXPECT_EQ(witness.look(at(2s), quote("10.0", "10.3")), Look::active);
}

TEST(QuoteWitness, APriceThatComesBackOrArrivesIsNotMissed) {
  QuoteWitness witness;
  witness.on_quote(quote("10.0", "10.1"));
  EXPECT_EQ(witness.look(at(0s), quote("10.0", "10.2")), Look::again);
  EXPECT_EQ(witness.look(at(1s), quote("10.0", "10.1")), Look::quiet);
  EXPECT_EQ(witness.look(at(2s), quote("10.0", "10.2")), Look::again);
  witness.on_quote(quote("10.0", "10.2"));
  EXPECT_EQ(witness.look(at(3s), quote("10.0", "10.3")), Look::again);
  witness.end();
  EXPECT_EQ(witness.look(at(4s), quote("10.0", "10.3")), Look::again);
}

TEST(QuoteWitness, WithoutAQuoteTheFirstLookIsTheMeasure) {
  QuoteWitness witness;
  EXPECT_EQ(witness.look(at(0s), quote("10.0", "10.1")), Look::quiet);
  EXPECT_EQ(witness.look(at(10s), quote("10.0", "10.2")), Look::again);
  EXPECT_EQ(witness.look(at(11s), quote("10.0", "10.2")), Look::active);
}

}  // namespace
}  // namespace tickwitness::feed
