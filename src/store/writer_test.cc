// What the core role hands over reaches the store once, whatever disk and store do.
#include "store/life_for_tests.h"

namespace tickwitness::store {
namespace {

using namespace std::chrono_literals;
using runtime::test::Files;
using runtime::test::TestDisk;
using telemetry::test::read;
using test::ids;
using test::kSpoolId;
using test::Life;
using testing::ElementsAre;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

class StoreWriter : public test::StoreTest {};

TEST_F(StoreWriter, WhatIsHandedOverIsStoredAndCounted) {
  Life life(files_, sink_);
  life.run(50ms);
  for (std::uint64_t id = 1; id <= 5; ++id) life.trade(id);
  life.run(20ms);
  EXPECT_THAT(ids(sink_), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(sink_.cursors, ElementsAre(Pair(kSpoolId, 2)));
  EXPECT_EQ(life.metric("spool_ticks_total"), 5);
  EXPECT_EQ(life.ticks("inserted"), 5);
  EXPECT_EQ(life.metric("batches_flushed_total"), 1);
  EXPECT_EQ(life.metric("batch_insert_duration_seconds"), 1);
  EXPECT_EQ(life.metric("spool_sync_duration_seconds"), 1);
  EXPECT_EQ(life.metric("batch_buffer_depth"), 0);
  EXPECT_EQ(life.metric("store_connected"), 1);
  EXPECT_EQ(life.metric("store_lag_seconds"), 0);
  EXPECT_EQ(life.metric("spool_disk_bytes"), static_cast<double>(spool::kSegmentBytesMin));
  EXPECT_EQ(life.metric("spool_ticks_lost_total"), 0);
}

TEST_F(StoreWriter, AStoreThatIsDownGetsEverythingWhenItIsBack) {
  Life life(files_, sink_);
  life.trade(1);
  life.run(50ms);
  sink_.down = true;
  for (std::uint64_t id = 2; id <= 1000; ++id) {
    life.trade(id);
    life.run(10ms);
  }
  EXPECT_THAT(ids(sink_), ElementsAre(1));
  EXPECT_EQ(life.metric("spool_ticks_total"), 1000);
  EXPECT_EQ(life.metric("store_connected"), 0);
  EXPECT_NEAR(life.metric("store_lag_seconds"), 9.99, 0.02);
  EXPECT_THAT(life.logged, HasSubstr("no route to it"));
  sink_.down = false;
  life.run(Writer::kRetryMax);
  EXPECT_EQ(sink_.rows.size(), 1000U);
  EXPECT_EQ(life.metric("store_connected"), 1);
  EXPECT_EQ(life.metric("store_lag_seconds"), 0);
  EXPECT_EQ(life.ticks("inserted"), 1000);
  EXPECT_EQ(life.ticks("duplicate"), 0);
  EXPECT_GT(life.metric("store_failures_total"), 3);
  EXPECT_EQ(life.metric("batch_retries_total"), sink_.opened - 1) << "all but the first";
}

TEST_F(StoreWriter, ALostAnswerStoresNothingTwice) {
  Life life(files_, sink_);
  sink_.lose_answer = true;
  life.trade(1);
  life.run(1s);
  life.trade(2);
  life.run(1s);
  EXPECT_THAT(ids(sink_), ElementsAre(1, 2));
  EXPECT_EQ(life.ticks("duplicate"), 0);  // the cursor said that it had been done
  EXPECT_EQ(life.metric("store_failures_total"), 1);
}

TEST_F(StoreWriter, WhatWasAcceptedIsStoredByTheNextLife) {
  sink_.down = true;
  {
    Life life(files_, sink_);
    for (std::uint64_t id = 1; id <= 3; ++id) life.trade(id);
    life.run(20ms);
    EXPECT_EQ(life.metric("spool_ticks_total"), 3);
    EXPECT_EQ(life.metric("store_lag_seconds"), -1);  // it never said where it stands
  }
  sink_.down = false;
  Life life(files_, sink_);
  life.trade(4);
  life.run(20ms);
  EXPECT_THAT(ids(sink_), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(life.ticks("inserted"), 4);
}

TEST_F(StoreWriter, AnotherEngineOfTheSameStoreIsNotInTheWay) {
  sink_.cursors = {{kSpoolId + 1, 50}};
  {
    Life life(files_, sink_);
    for (std::uint64_t id = 1; id <= 3; ++id) {
      life.trade(id);
      life.run(10ms);
    }
    EXPECT_EQ(life.ticks("inserted"), 3);
  }
  sink_.cursors[kSpoolId + 1] = 60;
  Life life(files_, sink_);
  life.trade(4);
  life.run(50ms);
  sink_.down = true;
  life.trade(5);
  life.run(1s);
  sink_.down = false;
  life.run(1s);
  EXPECT_THAT(ids(sink_), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(life.ticks("duplicate"), 0);
  EXPECT_EQ(sink_.cursors.at(kSpoolId + 1), 60U);
}

TEST_F(StoreWriter, TheEndWaitsForTheStoreButNotForOneThatIsDown) {
  Life life(files_, sink_);
  life.run(50ms);
  for (std::uint64_t id = 1; id <= 30'000; ++id) {
    life.trade(id);
    if (id % 2000 == 0) life.spooler->step(life.executor.now());
  }
  life.finish();
  EXPECT_EQ(sink_.rows.size(), 30'000U);

  Life other(files_, sink_);
  other.run(50ms);
  sink_.down = true;
  other.trade(30'001);
  other.finish();
  EXPECT_EQ(other.metric("spool_ticks_total"), 30'001);
  EXPECT_EQ(sink_.rows.size(), 30'000U);
}

TEST_F(StoreWriter, AFullDiskLosesWhatTheRingCannotHoldAndSaysSo) {
  Life life(files_, sink_);
  files_.free = 0;
  for (std::uint64_t id = 1; id <= 6000; ++id) {
    life.trade(id);
    if (id % 100 == 0) life.run(10ms);
  }
  // The ring and one batch.
  const double kept = (1 << 12) + Spooler::kBatchTicks;
  EXPECT_EQ(life.metric("spool_ticks_lost_total"), 6000 - kept);
  EXPECT_EQ(life.metric("batch_buffer_depth"), kept);
  EXPECT_GT(life.metric("spool_write_failures_total"), 0);
  EXPECT_THAT(life.logged, HasSubstr("0 bytes are free on the disk"));
  EXPECT_TRUE(life.spooler->refuses());
  files_.free = std::uint64_t{1} << 40;
  life.run(Spooler::kRetryMax);
  EXPECT_EQ(sink_.rows.size(), kept);
  EXPECT_FALSE(life.spooler->refuses());
  EXPECT_THAT(life.logged, HasSubstr("the spool takes records again"));
  EXPECT_EQ(life.metric("spool_ticks_total"), kept);
}

TEST_F(StoreWriter, SegmentsGoWhenTheStoreHasThem) {
  Life life(files_, sink_);
  for (std::uint64_t id = 1; id <= 200'000; ++id) {
    life.trade(id);
    if (id % 1000 == 0) life.run(10ms);
  }
  life.run(1s);
  EXPECT_EQ(sink_.rows.size(), 200'000U);
  EXPECT_THAT(sink_.cursors, ElementsAre(Pair(kSpoolId, Gt(200U))));  // and the checkpoints
  EXPECT_EQ(files_.names().size(), 1U);
}

TEST_F(StoreWriter, AnotherTradeUnderTheSameIdIsReportedAndChangesNothing) {
  Life life(files_, sink_);
  life.trade(1, 64'000);
  life.trade(1, 65'000);
  life.trade(1, 64'000);
  life.run(50ms);
  EXPECT_EQ(sink_.rows.at(1), "6400.0");
  EXPECT_EQ(life.ticks("conflict"), 1);
  EXPECT_EQ(life.ticks("duplicate"), 1);
  EXPECT_THAT(life.logged, HasSubstr("a trade has the id of another one"));
}

TEST_F(StoreWriter, DamageIsToldAndTheRestStored) {
  sink_.down = true;
  {
    Life life(files_, sink_);
    for (std::uint64_t id = 1; id <= 3; ++id) {
      life.trade(id);
      life.run(10ms);
    }
  }
  auto& bytes = *files_.by_name.begin()->second;
  bytes[bytes.find("BTC-USD", bytes.find("BTC-USD") + 1)] = 'X';  // in the second record
  sink_.down = false;
  Life life(files_, sink_);
  life.run(1s);
  EXPECT_THAT(ids(sink_), ElementsAre(1, 3));
  EXPECT_EQ(life.metric("spool_damage_total"), 2) << "the run of records, and that it was counted";
  EXPECT_EQ(life.metric("batches_failed_total"), 1);
  EXPECT_THAT(life.logged, HasSubstr("accepted records of the spool cannot be read any more"));
}

TEST_F(StoreWriter, ABatchThatMakesNoSenseHoldsUpNothing) {
  {
    TestDisk disk(files_);
    auto spool = *spool::Spool::open(disk, {.segment_bytes = spool::kSegmentBytesMin}, kSpoolId);
    ASSERT_TRUE(spool.append("\x01\x09", {}));
  }
  Life life(files_, sink_);
  life.trade(1);
  life.run(1s);
  EXPECT_THAT(ids(sink_), ElementsAre(1));
  EXPECT_EQ(life.metric("batches_failed_total"), 1);
}

TEST_F(StoreWriter, OldQuotesGoInSmallStepsBetweenWhatIsStored) {
  Life life(files_, sink_);
  life.writer->keep_quotes(1h);
  const base::WallTime now = life.executor.now().wall;
  for (int i = 0; i < 2500; ++i) sink_.quotes.insert(now - 1h - std::chrono::milliseconds(i + 1));
  sink_.quotes.insert({now - 59min, now - 30min, now});
  life.run(1s);  // nothing comes, nothing grows
  EXPECT_EQ(sink_.quotes.size(), 2503U);
  for (std::uint64_t id = 1; id <= 100; ++id) {
    life.trade(id);
    life.run(10ms);
  }
  life.run(20ms);
  EXPECT_THAT(sink_.steps, ElementsAre(2503, 1503, 503));
  EXPECT_EQ(sink_.measured, 1) << "not with each step";
  EXPECT_EQ(sink_.quotes.size(), 3U);
  EXPECT_EQ(sink_.rows.size(), 100U);
  const auto removed = [&] {
    return read(life.registry, "tickwitness_retention_removed_total", {{"kind", "quotes"}});
  };
  EXPECT_EQ(removed(), 2500);
  life.run(2min);  // one has become too old meanwhile
  life.trade(101);
  life.run(20ms);
  EXPECT_EQ(sink_.quotes.size(), 2U);
  EXPECT_EQ(removed(), 2501);
  EXPECT_EQ(life.metric("store_disk_bytes"), 10'100);
}

TEST_F(StoreWriter, ASizeThatCannotBeReadIsNoFailureOfTheStore) {
  Life life(files_, sink_);
  sink_.refuse_to_measure = true;
  for (std::uint64_t id = 1; id <= 300; ++id) {
    life.trade(id);
    life.run(1s);
  }
  EXPECT_EQ(sink_.rows.size(), 300U);
  EXPECT_EQ(sink_.measured, 1);
  EXPECT_EQ(life.metric("store_connected"), 1);
  EXPECT_EQ(life.metric("store_failures_total"), 0);
  EXPECT_EQ(life.metric("store_disk_bytes"), -1);
  EXPECT_THAT(life.logged, HasSubstr("it takes too long"));
  sink_.refuse_to_measure = false;
  life.run(Writer::kMeasureAgain);
  life.trade(301);
  life.run(20ms);
  EXPECT_EQ(life.metric("store_disk_bytes"), 30'100);
}

TEST_F(StoreWriter, WhatCannotBeRemovedHoldsNothingUp) {
  Life life(files_, sink_);
  life.writer->keep_quotes(1h);
  sink_.quotes.insert(life.executor.now().wall - 2h);
  sink_.refuse_to_forget = true;
  for (std::uint64_t id = 1; id <= 20; ++id) {
    life.trade(id);
    life.run(100ms);
  }
  EXPECT_EQ(sink_.rows.size(), 20U);
  EXPECT_GE(life.metric("store_failures_total"), 1);
  EXPECT_THAT(life.logged, HasSubstr("it is locked"));
  sink_.refuse_to_forget = false;
  life.run(2min);
  life.trade(21);
  life.run(20ms);
  EXPECT_THAT(sink_.quotes, IsEmpty());
  EXPECT_EQ(sink_.rows.size(), 21U);
}

TEST_F(StoreWriter, WithoutATimeToKeepThemQuotesAreKept) {
  Life life(files_, sink_);
  sink_.quotes.insert(life.executor.now().wall - std::chrono::days(10'000));
  life.trade(1);
  life.run(1s);
  EXPECT_EQ(sink_.quotes.size(), 1U);
}

}  // namespace
}  // namespace tickwitness::store
