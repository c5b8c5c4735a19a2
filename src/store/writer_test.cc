// What the core role hands over reaches the store once, whatever disk and store do: the spooler and
// the writer together, on one executor, with a disk and a store in memory.
#include "store/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "runtime/test_disk.h"
#include "runtime/test_executor.h"
#include "telemetry/test_read.h"

namespace tickwitness::store {
namespace {

using namespace std::chrono_literals;
using runtime::test::Files;
using runtime::test::HandExecutor;
using runtime::test::TestDisk;
using telemetry::test::read;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Keeps what it is given by id, as a store has to. Can be down, and can do its work and lose the
// answer.
class MemorySink final : public Sink {
 public:
  SinkResult<Cursor> open() override {
    ++opened;
    if (down) return std::unexpected(SinkError{{"no route to it"}, true});
    return cursor;
  }
  SinkResult<Stored> store(std::span<const pipeline::Tick> ticks, Cursor upto) override {
    if (down) return std::unexpected(SinkError{{"the connection is gone"}, true});
    Stored stored;
    for (const auto& tick : ticks) {
      const auto& trade = std::get<market::Trade>(tick.event);
      const auto [row, added] = rows.try_emplace(trade.id, trade.price.str());
      if (added) {
        ++stored.inserted;
      } else if (row->second == trade.price.str()) {
        ++stored.duplicates;
      } else {
        stored.conflicts.push_back({.tick = tick, .stored = row->second});
      }
    }
    cursor = upto;
    if (std::exchange(lose_answer, false))
      return std::unexpected(SinkError{{"the answer was lost"}, true});
    return stored;
  }

  std::map<std::uint64_t, std::string> rows;
  Cursor cursor;
  bool down = false, lose_answer = false;
  int opened = 0;
};

constexpr std::uint64_t kSpoolId = 7;

// One life of the process: what outlives it are the files and the store.
class Life {
 public:
  Life(Files& files, MemorySink& sink) : files_(files), sink_(sink) {
    spooler.emplace(
        spool::SpoolSettings{.segment_bytes = spool::kSegmentBytesMin,
                             .total_bytes = 3 * spool::kSegmentBytesMin,
                             .free_bytes = 0},
        ring, executor.clock(), metrics, log,
        [this]() -> runtime::DiskResult<std::unique_ptr<runtime::Disk>> {
          return std::make_unique<TestDisk>(files_);
        },
        kSpoolId);
    writer.emplace(
        executor, sink_,
        Writer::Source{
            .ask = [this](Cursor after, auto on_load) { spooler->ask(after, std::move(on_load)); },
            .stored = [this](Cursor upto) { spooler->stored(upto); }},
        metrics, log);
    writer->start();
  }

  void trade(std::uint64_t id, std::int64_t price = 64'000) {
    ring.on_tick({.event = market::Trade{.symbol = *market::Symbol::parse("BTC-USD"),
                                         .id = id,
                                         .price = base::Decimal(price, 1),
                                         .quantity = base::Decimal(1, 0)},
                  .received = executor.now()});
  }
  // Runs for so long, with the spooler's turn each 10 ms.
  void run(base::Duration length) {
    for (const base::Duration end = time_ + length; time_ < end;) {
      time_ += 10ms;
      executor.run_until(time_);
      spooler->step(executor.now());
    }
  }
  void finish() {
    bool finished = false;
    spooler->finish(executor.now());
    writer->finish([&] { finished = true; });
    EXPECT_TRUE(finished);
  }
  double metric(std::string_view name) const {
    return read(registry, "tickwitness_" + std::string(name)).value_or(-1);
  }
  double ticks(std::string_view result) const {
    return read(registry, "tickwitness_store_ticks_total", {{"result", result}}).value_or(-1);
  }

  HandExecutor executor;
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  std::string logged;
  runtime::Log log{executor.clock(), base::LogFormat::logfmt, {}, [this](std::string_view line) {
                     logged += line;
                   }};
  TickRing ring{1 << 12, 1s};
  std::optional<Spooler> spooler;
  std::optional<Writer> writer;

 private:
  Files& files_;
  MemorySink& sink_;
  base::Duration time_{};
};

std::vector<std::uint64_t> ids(const MemorySink& sink) {
  std::vector<std::uint64_t> all;
  for (const auto& row : sink.rows) all.push_back(row.first);
  return all;
}

class StoreWriter : public testing::Test {
 protected:
  Files files_;
  MemorySink sink_;
};

TEST_F(StoreWriter, WhatIsHandedOverIsStoredAndCounted) {
  Life life(files_, sink_);
  life.run(50ms);
  for (std::uint64_t id = 1; id <= 5; ++id) life.trade(id);
  life.run(20ms);
  EXPECT_THAT(ids(sink_), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(sink_.cursor, (Cursor{.spool = kSpoolId, .lsn = 1}));
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
  EXPECT_EQ(life.metric("batch_retries_total"), 1);
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
  EXPECT_EQ(other.metric("spool_ticks_total"), 1);
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
  files_.free = std::uint64_t{1} << 40;
  life.run(Spooler::kRetryMax);
  EXPECT_EQ(sink_.rows.size(), kept);
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
  EXPECT_EQ(sink_.cursor.lsn, 200U);
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
  EXPECT_EQ(life.metric("spool_damage_total"), 1);
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

}  // namespace
}  // namespace tickwitness::store
