#include "sim/database/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const MarketKey kMarket{market::Venue::kraken, *market::Symbol::parse("BTC-USD")};

TradeRow trade(std::uint64_t id, std::int64_t price = 100) {
  return {.id = id, .price = base::Decimal(price, 1), .quantity = base::Decimal(1, 0)};
}

class DatabaseTest : public testing::Test {
 protected:
  // One transaction with these trades; whether its client was told that it is done.
  bool store(const std::vector<std::uint64_t>& ids, std::uint64_t number) {
    if (!connected_ && !connect()) return false;
    auto done = database.begin();
    for (const auto id : ids) {
      if (done) {
        const auto added = database.add_trade(kMarket, trade(id));
        if (!added) done = std::unexpected(added.error());
      }
    }
    if (done) done = database.commit({.log = 7, .number = number});
    connected_ = done.has_value();
    return connected_;
  }
  bool connect() {
    const auto position = database.connect();
    connected_ = position.has_value();
    if (position) seen = *position;
    return connected_;
  }
  std::vector<std::uint64_t> ids() const {
    std::vector<std::uint64_t> all;
    for (const auto& row : database.trades(kMarket)) all.push_back(row.id);
    return all;
  }
  std::uint64_t met(const std::string& what) const {
    const auto found = database.met().find(what);
    return found == database.met().end() ? 0 : found->second;
  }

  base::Duration waited{};
  Database database{base::Prng(1), [this](base::Duration time) { waited += time; }};
  Position seen;

 private:
  bool connected_ = false;
};

TEST_F(DatabaseTest, KeepsRowsByKeyAndThePositionWithThem) {
  ASSERT_TRUE(store({5, 3}, 1));
  ASSERT_TRUE(store({4, 6}, 2));
  EXPECT_THAT(ids(), ElementsAre(3, 4, 5, 6));
  ASSERT_TRUE(connect());
  EXPECT_EQ(seen, (Position{7, 2}));
  EXPECT_EQ(database.rows_brought(), 4U);
  EXPECT_GT(waited, 0ms);
}

TEST_F(DatabaseTest, WhatIsThereStaysAndIsShown) {
  ASSERT_TRUE(store({5}, 1));
  ASSERT_TRUE(database.begin());
  const auto there = database.add_trade(kMarket, trade(5, 999));
  ASSERT_TRUE(there && *there);
  EXPECT_EQ((*there)->price, base::Decimal(100, 1));
  EXPECT_EQ(*database.add_trade(kMarket, trade(6)), nullptr);
  EXPECT_NE(*database.add_trade(kMarket, trade(6)), nullptr) << "its own row";
  ASSERT_TRUE(database.commit({7, 2}));
  EXPECT_EQ(database.trades(kMarket).front().price, base::Decimal(100, 1));
  EXPECT_EQ(database.rows_brought(), 4U);
}

TEST_F(DatabaseTest, CandlesAndQuotesHaveKeysToo) {
  market::Candle candle{.symbol = kMarket.symbol, .interval_minutes = 5, .trades = 3};
  ASSERT_TRUE(connect());
  ASSERT_TRUE(database.begin());
  EXPECT_TRUE(*database.put_candle(kMarket, candle));
  EXPECT_FALSE(*database.put_candle(kMarket, candle));
  candle.trades = 4;
  EXPECT_TRUE(*database.put_candle(kMarket, candle));
  EXPECT_TRUE(*database.add_quote(kMarket, base::WallTime(1s)));
  EXPECT_FALSE(*database.add_quote(kMarket, base::WallTime(1s)));
  ASSERT_TRUE(database.commit({7, 1}));
  EXPECT_EQ(database.candles(), 1U);
  EXPECT_EQ(database.quotes(), 1U);
}

TEST_F(DatabaseTest, WhatIsNotCommittedIsGoneWithItsSession) {
  ASSERT_TRUE(store({1}, 1));
  market::Candle candle{.symbol = kMarket.symbol, .interval_minutes = 5, .trades = 3};
  ASSERT_TRUE(database.begin());
  ASSERT_TRUE(database.put_candle(kMarket, candle));
  ASSERT_TRUE(database.commit({7, 2}));
  ASSERT_TRUE(database.begin());
  ASSERT_TRUE(database.add_trade(kMarket, trade(2)));
  candle.trades = 9;
  ASSERT_TRUE(database.put_candle(kMarket, candle));
  ASSERT_TRUE(database.add_quote(kMarket, base::WallTime(1s)));
  database.drop_session();
  EXPECT_THAT(ids(), ElementsAre(1));
  EXPECT_EQ(database.quotes(), 0U);
  EXPECT_FALSE(database.commit({7, 3}));
  ASSERT_TRUE(connect());
  EXPECT_EQ(seen, (Position{7, 2}));
  ASSERT_TRUE(database.begin());
  candle.trades = 4;
  EXPECT_TRUE(*database.put_candle(kMarket, candle)) << "the one with 9 trades was not undone";
}

TEST_F(DatabaseTest, AGapTakesThePlaceOfTheOneWithItsNumber) {
  const auto put = [&](std::uint64_t number, std::uint64_t lost) {
    ASSERT_TRUE(database.put_gap({7, number}, {.market = kMarket, .lost = lost}));
  };
  ASSERT_TRUE(connect());
  ASSERT_TRUE(database.begin());
  put(1, 0);
  put(2, 0);
  put(1, 3);
  ASSERT_TRUE(database.commit({7, 1}));
  ASSERT_TRUE(database.begin());
  put(1, 9);
  put(3, 9);
  database.drop_session();
  ASSERT_EQ(database.gaps().size(), 2U);
  EXPECT_EQ(database.gaps().begin()->second.lost, 3U);
  EXPECT_EQ(database.rows_brought(), 0U);
}

TEST_F(DatabaseTest, WhileItIsDownNobodyGetsIn) {
  ASSERT_TRUE(store({1}, 1));
  ASSERT_TRUE(database.begin());
  ASSERT_TRUE(database.add_trade(kMarket, trade(2)));
  database.set(DatabaseFault::down, true);
  EXPECT_FALSE(database.commit({7, 2}));
  for (int i = 0; i < 40; ++i) EXPECT_FALSE(database.connect());
  EXPECT_GE(waited, 10s) << "some are not answered at all";
  EXPECT_GT(met("connection refused"), 10U);
  database.set(DatabaseFault::down, false);
  ASSERT_TRUE(connect());
  EXPECT_EQ(seen, (Position{7, 1}));
  EXPECT_THAT(ids(), ElementsAre(1));
}

TEST_F(DatabaseTest, AnUnknownCommitIsDoneOrNotAndThePositionTells) {
  database.set(DatabaseFault::commit_unknown, true);
  std::uint64_t done = 0, undone = 0, heard = 0;
  for (std::uint64_t number = 1; number <= 200; ++number) {
    const bool told = store({number}, number);
    ASSERT_TRUE(connect());
    const bool there = seen.number == number;
    EXPECT_EQ(there, !ids().empty() && ids().back() == number);
    ++(told ? heard : there ? done : undone);
    if (told) {
      EXPECT_TRUE(there);
    }
  }
  EXPECT_GT(done, 20U);
  EXPECT_GT(undone, 20U);
  EXPECT_GT(heard, 50U);
  EXPECT_EQ(database.rows_brought(), done + heard);
}

TEST_F(DatabaseTest, ADeadlockUndoesAllAndSaysSo) {
  database.set(DatabaseFault::deadlock, true);
  std::uint64_t stored = 0;
  for (std::uint64_t number = 1; number <= 100; ++number) {
    stored += store({3 * number, 3 * number + 1, 3 * number + 2}, number) ? 1 : 0;
  }
  EXPECT_EQ(met("deadlock detected"), 100 - stored);
  EXPECT_GT(stored, 20U);
  EXPECT_LT(stored, 80U);
  EXPECT_EQ(ids().size(), 3 * stored);
}

TEST_F(DatabaseTest, ASlowCommitTakesSeconds) {
  database.set(DatabaseFault::slow_commit, true);
  ASSERT_TRUE(store({1}, 1));
  EXPECT_GE(waited, 1s);
  EXPECT_LE(waited, 6s);
}

TEST_F(DatabaseTest, ACutIsMetOnce) {
  ASSERT_TRUE(store({1}, 1));
  database.cut_next();
  EXPECT_FALSE(store({2}, 2));
  EXPECT_EQ(met("connection lost"), 1U);
  EXPECT_FALSE(database.begin()) << "there is no session";
  EXPECT_TRUE(store({2}, 2));
  EXPECT_THAT(ids(), ElementsAre(1, 2));
}

TEST_F(DatabaseTest, TheSameSeedDecidesTheSame) {
  const auto history = [](std::uint64_t seed) {
    Database other{base::Prng(seed), [](base::Duration) {}};
    other.set(DatabaseFault::commit_unknown, true);
    std::string told;
    for (int i = 0; i < 64; ++i) {
      EXPECT_TRUE(other.connect());
      EXPECT_TRUE(other.begin());
      told += other.commit({}) ? 'y' : 'n';
    }
    return told;
  };
  EXPECT_EQ(history(3), history(3));
  EXPECT_NE(history(3), history(4));
}

}  // namespace
}  // namespace tickwitness::sim
