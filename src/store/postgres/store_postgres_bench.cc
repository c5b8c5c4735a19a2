// The store beside psql: the same rows, once as batches of the store and once as one COPY of psql,
// into the same keyed table of one server, each commit on the disk.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <vector>

#include "runtime/clock.h"
#include "store/batch/rows_for_benches.h"
#include "store/batch/words.h"
#include "store/postgres/postgres_store.h"
#include "store/postgres/test_server.h"

namespace tickwitness::store::postgres {
namespace {

constexpr std::uint64_t kBatch = 8192;  // what a load of the spool has, about
constexpr std::uint64_t kBatches = 60;

std::vector<pipeline::Tick> make_batch(std::uint64_t number) {
  return bench::make_batch(number, kBatch);
}

std::string copied_text() {
  std::string text;
  for (std::uint64_t number = 0; number < kBatches; ++number) {
    for (const auto& tick : make_batch(number)) {
      const auto& trade = std::get<market::Trade>(tick.event);
      fmt::format_to(std::back_inserter(text), "{}\t{}\t{}\t{}\t1\tf\t{}\t{}\t{}\t{}\t{}\n",
                     trade.id, trade.exchange_time.time_since_epoch().count(),
                     tick.received.wall.time_since_epoch().count(), bench::symbol_number(trade),
                     word(trade.taker_side), word(trade.order_type), word(tick.origin),
                     trade.price.str(), trade.quantity.str());
    }
  }
  return text;
}

class Bench {
 public:
  // Of all batches, as psql with the same table: from its start to its end.
  base::Duration copy() {
    const auto database = fresh();
    const auto file = server_.directory() + "/rows.txt";
    std::ofstream(file) << copied_text();
    const auto command = fmt::format(
        "psql -X -q '{}' -c \"\\copy tickwitness.trades(id, exchange_time, received, symbol, "
        "venue, "
        "late, taker_side, order_type, origin, price, quantity) FROM '{}'\"",
        database, file);
    const auto before = clock_.now().mono;
    // outside-ok: the rival is a program
    if (std::system(command.c_str()) != 0) return {};
    const auto spent = clock_.now().mono - before;
    const auto count = test::query(database, "SELECT count(*) FROM tickwitness.trades");
    return count == test::Rows{std::to_string(kBatch * kBatches)} ? spent : base::Duration{};
  }
  // With `clash` the first half of each batch is there already.
  base::Duration store(bool clash) {
    PostgresStore store({.database = base::Secret(fresh())});
    if (!store.open()) return {};
    base::Duration spent{};
    for (std::uint64_t number = 0; number < kBatches; ++number) {
      const auto ticks = make_batch(number);
      const std::span<const pipeline::Tick> first(ticks.data(), kBatch / 2);
      if (clash && !store.store(first, {1, 2 * number})) return {};
      const auto before = clock_.now().mono;
      const auto stored = store.store(ticks, {1, 2 * number + 1});
      spent += clock_.now().mono - before;
      const std::uint64_t known = clash ? kBatch / 2 : 0;
      if (!stored || stored->duplicates != known || stored->inserted != kBatch - known) return {};
    }
    return spent;
  }

 private:
  // With our tables, the day's part, and a checkpoint behind it.
  std::string fresh() {
    auto database = server_.trusted(server_.make_database());
    PostgresStore store({.database = base::Secret(database)});
    auto ticks = make_batch(0);
    ticks.resize(1);
    if (!store.open() || !store.store(ticks, {1, 0})) return {};
    test::query(database, "DELETE FROM tickwitness.trades");
    test::query(database, "DELETE FROM tickwitness.trade_days");
    test::query(database, "CHECKPOINT");
    return database;
  }
  test::TestServer server_{true};
  runtime::SystemClock clock_;
};

Bench& bench() {
  static Bench the;
  return the;
}

// In turn, since a machine is not the same from one second to the next; the middle one of the
// ratios.
void run(benchmark::State& state, bool clash, double least) {
  constexpr std::size_t kTurns = 5;
  for (auto _ : state) {
    std::vector<double> ratios, rates;
    base::Duration spent{};
    while (ratios.size() < kTurns) {
      const auto copied = bench().copy(), ours = bench().store(clash);
      if (copied == base::Duration{} || ours == base::Duration{}) {
        state.SkipWithError("rows are missing");
        return;
      }
      spent += ours;
      const double seconds = base::seconds(ours);
      ratios.push_back(base::seconds(copied) / seconds);
      rates.push_back(static_cast<double>(kBatch * kBatches) / seconds);
    }
    std::ranges::sort(ratios);
    std::ranges::sort(rates);
    state.SetIterationTime(base::seconds(spent));
    state.counters["rows_per_s"] = rates[kTurns / 2];
    state.counters["ratio"] = ratios[kTurns / 2];
    state.counters["least_ratio"] = least;
  }
}

void store_postgres(benchmark::State& state) {
  run(state, false, 0.85);
}
BENCHMARK(store_postgres)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);

void store_postgres_clash(benchmark::State& state) {
  run(state, true, 0.5);
}
BENCHMARK(store_postgres_clash)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tickwitness::store::postgres

BENCHMARK_MAIN();
