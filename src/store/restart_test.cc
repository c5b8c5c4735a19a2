// What a start knows of the time before, and what it makes of it.
#include "store/life_for_tests.h"

namespace tickwitness::store {
namespace {

using namespace std::chrono_literals;
using runtime::test::Files;
using runtime::test::TestDisk;
using test::ids;
using test::kSpoolId;
using test::Life;
using testing::ElementsAre;
using testing::HasSubstr;

class StoreRestart : public test::StoreTest {};

TEST_F(StoreRestart, CountersOfWhatWasAcceptedGoOnWhereTheyWere) {
  std::uint64_t last = 0;
  for (int lives = 0; lives < 4; ++lives) {
    Life life(files_, sink_);
    EXPECT_TRUE(life.spooler->recover(life.executor.now()));
    EXPECT_EQ(life.trades(), lives == 0 ? -1 : static_cast<double>(last));
    EXPECT_EQ(life.metric("spool_ticks_total"), static_cast<double>(last));
    for (int i = 0; i < 50'000; ++i) {
      life.trade(++last);
      if (i % 1000 == 999) life.run(10ms);
    }
    life.trade(last + 1);  // is not accepted before the life ends
    EXPECT_EQ(life.trades(), static_cast<double>(last));
    EXPECT_EQ(life.spooler->accepted().markets().front().top, last);
  }
  EXPECT_EQ(sink_.rows.size(), last);
}

TEST_F(StoreRestart, WhatIsMissingAndWhatTheLedgerSaidIsKnownToTheNextLife) {
  const auto entry = [](std::uint64_t lost) {
    return pipeline::GapEntry{.id = 1,
                              .symbol = *market::Symbol::parse("BTC-USD"),
                              .channel = "trade",
                              .from = 2,
                              .to = 4,
                              .lost = lost,
                              .closed = lost == 0 ? std::nullopt : std::optional(base::WallTime())};
  };
  {
    Life life(files_, sink_);
    for (const std::uint64_t id : {1U, 5U, 8U}) life.trade(id);
    life.ring.on_gap(entry(0));
    life.ring.on_gap(entry(3));
    life.run(20ms);
    EXPECT_EQ(life.metric("spool_ticks_total"), 3) << "entries are no ticks";
  }
  EXPECT_EQ(sink_.ledger.at(1), entry(3));
  Life life(files_, sink_);
  ASSERT_TRUE(life.spooler->recover(life.executor.now()));
  const auto& accepted = life.spooler->accepted();
  EXPECT_EQ(accepted.gaps().at(1), entry(3));
  const auto& holes = accepted.markets().front().holes;
  ASSERT_EQ(holes.size(), 2U);
  EXPECT_EQ(holes[0].from, 2U);
  EXPECT_TRUE(holes[0].given_up);
  EXPECT_EQ(holes[1].to, 7U);
  EXPECT_FALSE(holes[1].given_up);
}

TEST_F(StoreRestart, ADatabaseThatIsAheadOfTheSpoolGetsAllThatTheSpoolHas) {
  sink_.cursors = {{kSpoolId, std::uint64_t{9} << 32U}};  // the spool is of a backup
  Life life(files_, sink_);
  for (std::uint64_t id = 1; id <= 3; ++id) life.trade(id);
  life.run(50ms);
  EXPECT_THAT(ids(sink_), ElementsAre(1, 2, 3));
  EXPECT_THAT(life.logged, HasSubstr("the database has more than the spool ever had"));
  EXPECT_LT(sink_.cursors.at(kSpoolId), 100U);
}

TEST_F(StoreRestart, ADamagedCheckpointIsToldAndTheNextOneIsWhole) {
  {
    Life life(files_, sink_);
    for (std::uint64_t id = 1; id <= 100'000; ++id) {
      life.trade(id);
      if (id % 1000 == 0) life.run(10ms);
    }
    life.run(1s);
    EXPECT_TRUE(life.spooler->past_is_whole());
  }
  auto& bytes = *files_.by_name.rbegin()->second;
  bytes[spool::kHeadBytes + spool::kRecordHeadBytes + 5] ^= 1;
  for (const bool whole : {false, true}) {
    Life life(files_, sink_);
    ASSERT_TRUE(life.spooler->recover(life.executor.now()));
    EXPECT_EQ(life.spooler->past_is_whole(), whole);
    EXPECT_EQ(life.metric("spool_damage_total"), whole ? 0 : 1);
    life.trade(100'001);
    life.run(1s);
  }
  EXPECT_EQ(sink_.rows.size(), 100'001U);
}

TEST_F(StoreRestart, AMarketThatIsFollowedIsCountedFromZero) {
  Life life(files_, sink_);
  life.spooler->expect({{market::Venue::kraken, *market::Symbol::parse("BTC-USD")}});
  EXPECT_EQ(life.trades(), -1) << "nobody knows before the spool is open";
  ASSERT_TRUE(life.spooler->recover(life.executor.now()));
  EXPECT_EQ(life.trades(), 0);
}

TEST_F(StoreRestart, ASpoolThatCannotBeOpenedAtTheStartIsCaughtUpWith) {
  {
    Life life(files_, sink_);
    for (std::uint64_t id = 1; id <= 3; ++id) life.trade(id);
    life.run(20ms);
  }
  Life life(files_, sink_);
  files_.refuse_syncs = 1;
  EXPECT_FALSE(life.spooler->recover(life.executor.now()));
  life.trade(4);
  life.run(1s);
  EXPECT_EQ(life.trades(), 4);
  EXPECT_THAT(ids(sink_), ElementsAre(1, 2, 3, 4));
}

}  // namespace
}  // namespace tickwitness::store
