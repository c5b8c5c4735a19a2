// The engine follows the simulated Binance; what it counts and knows is the exchange's own record.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/demo_binance_engine_for_tests.h"
#include "sim/exchange/binance_world_for_tests.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using config::Stream;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<std::string> kPairs = {"BTC-USDT", "ETH-USDT"};

std::vector<config::StreamSettings> everything() {
  return {{Stream::trade, kPairs, {}},
          {Stream::agg_trade, kPairs, {}},
          {Stream::spread, kPairs, {}},
          {Stream::ohlc, kPairs, {1, 5}},
          {Stream::book, kPairs, {}}};
}

double events(BinanceTrial& trial, std::string_view symbol, std::string_view channel) {
  return trial.value("tickwitness_feed_events_total",
                     {{"exchange", "binance"}, {"symbol", symbol}, {"channel", channel}});
}

double handed_on(BinanceTrial& trial, std::string_view symbol, std::string_view origin) {
  return trial.value("tickwitness_feed_trades_total",
                     {{"exchange", "binance"}, {"symbol", symbol}, {"origin", origin}});
}

void expect_the_books_of_the_exchange(BinanceTrial& trial) {
  const auto& books = trial.status->feeds.at(0).books;
  ASSERT_EQ(books.size(), kPairs.size());
  for (std::size_t i = 0; i < kPairs.size(); ++i) {
    const auto& pair = trial.network.exchange.settings().pairs[i];
    const sim::OrderBook& truth = *trial.network.exchange.book(i);
    const auto decimal = [](std::int64_t units, int scale) { return base::Decimal(units, scale); };
    ASSERT_EQ(books[i].symbol.str(), kPairs[i]);
    ASSERT_EQ(books[i].state, feed::BookState::valid);
    const auto expect = [&](const std::optional<market::Level>& got, sim::BookSide side) {
      const sim::Level best = truth.level(side, 0);
      ASSERT_TRUE(got);
      EXPECT_EQ(got->price, decimal(best.price, pair.price_precision));
      EXPECT_EQ(got->quantity, decimal(best.quantity, pair.quantity_precision));
    };
    expect(books[i].bid, sim::BookSide::bid);
    expect(books[i].ask, sim::BookSide::ask);
  }
}

TEST(EngineAtBinance, EverythingArrivesAsItWasSent) {
  BinanceTrial trial(sim::binance_with({}), everything());
  trial.run_until(90s);
  trial.settle();
  const sim::Truth& truth = trial.network.exchange.truth();
  for (std::size_t i = 0; i < kPairs.size(); ++i) {
    const sim::PairTruth& pair = truth.pairs[i];
    EXPECT_GT(pair.trades.total(), 30U);
    EXPECT_EQ(events(trial, kPairs[i], "trade"), pair.trades.total());
    EXPECT_EQ(handed_on(trial, kPairs[i], "live"), pair.trades.total() + pair.aggregates);
    EXPECT_EQ(events(trial, kPairs[i], "agg_trade"), pair.aggregates);
    EXPECT_EQ(events(trial, kPairs[i], "spread"), pair.quotes.total());
    EXPECT_EQ(events(trial, kPairs[i], "ohlc"), pair.candles.total());
    EXPECT_EQ(events(trial, kPairs[i], "book"), pair.books.total());
    EXPECT_DOUBLE_EQ(trial.value("tickwitness_market_last_price",
                                 {{"exchange", "binance"}, {"symbol", kPairs[i]}}),
                     pair.last_price_sent->approx());
  }
  EXPECT_EQ(trial.value("tickwitness_feed_frames_total", {{"kind", "malformed"}}), 0);
  EXPECT_EQ(trial.value("tickwitness_feed_frames_total", {{"kind", "unsupported"}}), 0);
  expect_the_books_of_the_exchange(trial);
  EXPECT_THAT(trial.status->gaps, IsEmpty());
  EXPECT_EQ(trial.network.connections, 1);
  EXPECT_EQ(truth.rate_closes, 0U);
}

// A book that has no snapshot yet is no loss: one question for each, and nothing to forgive.
TEST(EngineAtBinance, AFreshStartAsksForEachBookOnce) {
  BinanceTrial trial(sim::binance_with({}), {{Stream::book, kPairs, {}}}, 1000);
  trial.run_until(20s);
  EXPECT_THAT(trial.network.asked, Each(HasSubstr("/api/v3/depth?")));
  EXPECT_EQ(trial.network.asked.size(), kPairs.size());
  EXPECT_EQ(trial.network.used_weight, 50 * kPairs.size());
  for (const auto& pair : kPairs) {
    EXPECT_EQ(trial.value("tickwitness_feed_sequence_gaps_total", {{"symbol", pair}}), 0);
  }
  EXPECT_THAT(trial.status->gaps, IsEmpty());
  trial.settle();
  expect_the_books_of_the_exchange(trial);
}

TEST(EngineAtBinance, DroppedTradesAreFilledOverRest) {
  BinanceTrial trial(sim::binance_with({"drop@10s+40s"}), {{Stream::trade, kPairs, {}}});
  trial.run_until(100s);
  trial.settle();
  const sim::Truth& truth = trial.network.exchange.truth();
  std::uint64_t dropped = 0;
  for (std::size_t i = 0; i < kPairs.size(); ++i) {
    const sim::PairTruth& pair = truth.pairs[i];
    dropped += pair.trades_dropped;
    EXPECT_EQ(handed_on(trial, kPairs[i], "live"), pair.trades.total());
    EXPECT_EQ(handed_on(trial, kPairs[i], "rest"), pair.trades_dropped);
  }
  EXPECT_GT(dropped, 0U);
  EXPECT_FALSE(trial.status->gaps.empty());
  for (const auto& gap : trial.status->gaps) EXPECT_EQ(gap.state, feed::GapState::filled);
  EXPECT_THAT(trial.network.asked, Each(HasSubstr("/api/v3/historicalTrades?")));
}

TEST(EngineAtBinance, ABookThatMissedChangesIsBroughtBackAlone) {
  BinanceTrial trial(sim::binance_with({"drop_depth@10s"}), {{Stream::book, kPairs, {}}});
  trial.run_until(40s);
  trial.settle();
  const auto& holes = trial.network.exchange.truth().depth_holes;
  ASSERT_EQ(holes.size(), 1U);
  ASSERT_EQ(trial.status->gaps.size(), 1U);
  const feed::Gap& gap = trial.status->gaps.front();
  EXPECT_EQ(gap.symbol.str(), kPairs[holes.front().pair]);
  EXPECT_EQ(gap.from, holes.front().first_id);
  EXPECT_EQ(gap.to, holes.front().last_id);
  EXPECT_EQ(gap.state, feed::GapState::filled);
  EXPECT_EQ(trial.network.asked.size(), kPairs.size() + 1);
  EXPECT_EQ(trial.network.connections, 1);
  expect_the_books_of_the_exchange(trial);
}

// Binance sends nothing by itself that a session hears: only what we ask for keeps it.
TEST(EngineAtBinance, AQuietConnectionIsNoDeadOne) {
  sim::Settings settings = sim::binance_with({});
  for (auto& pair : settings.pairs) pair.trades_per_second = pair.quotes_per_second = 0.0001;
  BinanceTrial trial(settings, {{Stream::trade, kPairs, {}}});
  trial.run_until(10min);
  EXPECT_EQ(trial.network.connections, 1);
  EXPECT_EQ(trial.status->feeds[0].connections[0].state, feed::LinkState::connected);
  EXPECT_EQ(trial.network.exchange.truth().rate_closes, 0U);
}

TEST(EngineAtBinance, ALostConnectionIsMadeAnewAndNothingIsMissing) {
  BinanceTrial trial(sim::binance_with({"reset@20s", "down@40s+5s"}),
                     {{Stream::trade, kPairs, {}}, {Stream::book, kPairs, {}}});
  trial.run_until(5s);
  const sim::Truth& truth = trial.network.exchange.truth();
  const std::vector<sim::PairTruth> before(truth.pairs.begin(), truth.pairs.end());
  trial.run_until(150s);
  trial.settle();
  EXPECT_GE(trial.network.connections, 3);
  for (std::size_t i = 0; i < kPairs.size(); ++i) {
    const sim::PairTruth& pair = truth.pairs[i];
    const std::uint64_t missed = pair.trades_undelivered - before[i].trades_undelivered;
    EXPECT_GT(missed, 0U);
    EXPECT_EQ(handed_on(trial, kPairs[i], "live"), pair.trades.total());
    EXPECT_EQ(handed_on(trial, kPairs[i], "rest"), missed);
  }
  for (const auto& gap : trial.status->gaps) {
    EXPECT_EQ(gap.state, feed::GapState::filled) << gap.symbol.str() << " " << gap.reason;
  }
  expect_the_books_of_the_exchange(trial);
}

// Announced by the venue: another connection is there before the old one ends.
TEST(EngineAtBinance, AnAnnouncedEndLosesNothing) {
  BinanceTrial trial(sim::binance_with({"rotation@20s"}),
                     {{Stream::trade, kPairs, {}}, {Stream::book, kPairs, {}}});
  trial.run_until(60s);
  trial.settle();
  const sim::Truth& truth = trial.network.exchange.truth();
  ASSERT_TRUE(truth.fired(sim::FaultKind::rotation));
  EXPECT_EQ(trial.network.connections, 2);
  for (std::size_t i = 0; i < kPairs.size(); ++i) {
    const sim::PairTruth& pair = truth.pairs[i];
    EXPECT_EQ(handed_on(trial, kPairs[i], "live"), pair.trades_made - pair.trades_undelivered);
    EXPECT_EQ(handed_on(trial, kPairs[i], "rest"), 0);
  }
  EXPECT_THAT(trial.status->gaps, IsEmpty());
  expect_the_books_of_the_exchange(trial);
}

}  // namespace
}  // namespace tickwitness::app
