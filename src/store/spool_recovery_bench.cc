// A start on a spool of 100 MB that no store has taken yet: from opening it to knowing all that was
// ever accepted. On the disk of the temporary directory.
#include <benchmark/benchmark.h>

#include <chrono>

#include "runtime/clock.h"
#include "runtime/posix_disk.h"
#include "runtime/temporary_dir.h"
#include "store/batch/batch_format.h"
#include "store/recollect.h"

namespace tickwitness::store {
namespace {

constexpr std::uint64_t kBytes = 100'000'000;
constexpr std::size_t kBatch = 100;  // what comes within 10 ms at 10,000 trades per second
constexpr double kSecondsMax = 2;

// As a spooler does; how many trades.
std::uint64_t fill(spool::Spool& spool) {
  Accepted accepted;
  spool.set_preface([&] { return accepted.checkpoint(); });
  BatchWriter batch;
  std::uint64_t id = 0;
  for (std::uint64_t bytes = 0; bytes < kBytes;) {
    batch.clear();
    for (std::size_t i = 0; i < kBatch; ++i) {
      const base::WallTime at{std::chrono::milliseconds(++id)};
      batch.add({.event = market::Trade{.symbol = *market::Symbol::parse("BTC-USD"),
                                        .id = id,
                                        .price = base::Decimal(640'001, 1),
                                        .quantity = base::Decimal(12'345'678, 8),
                                        .exchange_time = at},
                 .received = {.wall = at}});
    }
    if (!spool.append(batch.bytes(), {})) return 0;
    accepted.add_batch(batch.bytes());
    bytes += batch.bytes().size();
  }
  return id;
}

void spool_recovery(benchmark::State& state) {
  const auto directory = runtime::TemporaryDirectory::make();
  auto disk = runtime::PosixDisk::at(directory->path());
  std::uint64_t trades = 0;
  if (disk) {
    auto spool = spool::Spool::open(*disk, {}, 1);
    if (spool) trades = fill(*spool);
  }
  if (trades == 0) state.SkipWithError("a spool cannot be made");
  const runtime::SystemClock clock;
  double longest = 0;
  for (auto _ : state) {
    const auto before = clock.now().mono;
    const auto spool = spool::Spool::open(*disk, {}, 1);
    const auto past = recollect(*spool);
    const auto took = base::seconds(clock.now().mono - before);
    if (!past || past->accepted.ticks() != trades) state.SkipWithError("trades are missing");
    longest = std::max(longest, took);
    state.SetIterationTime(took);
  }
  state.counters["longest_s"] = longest;
  state.counters["ratio"] = kSecondsMax / longest;  // how many times it could be done
  state.counters["least_ratio"] = 1;
}
BENCHMARK(spool_recovery)->UseManualTime()->Iterations(5)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tickwitness::store

BENCHMARK_MAIN();
