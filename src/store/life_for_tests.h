// The spooler and the writer together, on one executor, with a disk and a store in memory: what the
// tests of either share.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/test_disk.h"
#include "runtime/test_executor.h"
#include "store/writer.h"
#include "telemetry/test_read.h"

namespace tickwitness::store::test {

using namespace std::chrono_literals;
using runtime::test::Files;
using runtime::test::HandExecutor;
using runtime::test::TestDisk;
using telemetry::test::read;

// Keeps what it is given by id, as a store has to. Can be down, and can do its work and lose the
// answer.
class MemorySink final : public Sink {
 public:
  SinkResult<Cursor> open() override {
    ++opened;
    if (down) return std::unexpected(SinkError{{"no route to it"}, true});
    if (cursors.size() != 1) return Cursor{};
    return Cursor{cursors.begin()->first, cursors.begin()->second};
  }
  SinkResult<Cursor> cursor(std::uint64_t spool) override {
    if (down) return std::unexpected(SinkError{{"the connection is gone"}, true});
    const auto found = cursors.find(spool);
    return Cursor{spool, found == cursors.end() ? 0 : found->second};
  }
  SinkResult<Stored> store(std::span<const pipeline::Tick> ticks,
                           std::span<const pipeline::GapEntry> gaps, Cursor upto) override {
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
    for (const auto& gap : gaps) ledger[gap.id] = gap;
    cursors[upto.spool] = upto.lsn;
    if (std::exchange(lose_answer, false))
      return std::unexpected(SinkError{{"the answer was lost"}, true});
    return stored;
  }

  SinkResult<std::uint64_t> forget_quotes(base::WallTime before, std::uint64_t at_most) override {
    if (refuse_to_forget) return std::unexpected(SinkError{{"it is locked"}, true});
    steps.push_back(quotes.size());
    std::uint64_t gone = 0;
    for (; gone < at_most && !quotes.empty() && *quotes.begin() < before; ++gone)
      quotes.erase(quotes.begin());
    return gone;
  }
  SinkResult<std::optional<std::uint64_t>> disk_bytes() override {
    ++measured;
    if (refuse_to_measure) return std::unexpected(SinkError{{"it takes too long"}, true});
    return 100 * rows.size();
  }

  std::multiset<base::WallTime> quotes;  // when they were received
  std::vector<std::size_t> steps;        // how many quotes there were when some were to be removed
  bool refuse_to_forget = false, refuse_to_measure = false;
  std::map<std::uint64_t, std::string> rows;
  std::map<std::uint64_t, pipeline::GapEntry> ledger;
  std::map<std::uint64_t, std::uint64_t> cursors;  // lsn by spool
  bool down = false, lose_answer = false;
  int opened = 0, measured = 0;
};

inline constexpr std::uint64_t kSpoolId = 7;

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
  double trades() const { return read(registry, "tickwitness_trades_accepted_total").value_or(-1); }
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
  RecordRing ring{1 << 12, 1s};
  std::optional<Spooler> spooler;
  std::optional<Writer> writer;

 private:
  Files& files_;
  MemorySink& sink_;
  base::Duration time_{};
};

inline std::vector<std::uint64_t> ids(const MemorySink& sink) {
  std::vector<std::uint64_t> all;
  for (const auto& row : sink.rows) all.push_back(row.first);
  return all;
}

class StoreTest : public testing::Test {
 protected:
  Files files_;
  MemorySink sink_;
};

}  // namespace tickwitness::store::test
