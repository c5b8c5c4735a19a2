// The store beside a bare loop over a prepared insert: the same rows in the same batches into the
// same table, each batch a synced transaction. In turn, so that both have the same disk.
#include <benchmark/benchmark.h>

#include <chrono>

#include "runtime/clock.h"
#include "runtime/temporary_dir.h"
#include "store/batch/rows_for_benches.h"
#include "store/batch/words.h"
#include "store/sqlite/sqlite_store.h"

namespace tickwitness::store::sqlite {
namespace {

constexpr std::uint64_t kBatch = 1024;
constexpr std::int64_t kBatches = 400;

// What a loop binds, made before its time is taken.
struct Row {
  std::int64_t venue, symbol, id;
  std::string_view side, type, origin;
  std::string price, quantity;
  std::int64_t exchange_time, received;
};

std::vector<Row> make_rows(const std::vector<pipeline::Tick>& ticks) {
  std::vector<Row> rows;
  for (const auto& tick : ticks) {
    const auto& trade = std::get<market::Trade>(tick.event);
    rows.push_back({1, bench::symbol_number(trade), static_cast<std::int64_t>(trade.id),
                    word(trade.taker_side), word(trade.order_type), word(tick.origin),
                    trade.price.str(), trade.quantity.str(),
                    trade.exchange_time.time_since_epoch().count(),
                    tick.received.wall.time_since_epoch().count()});
  }
  return rows;
}

// With the settings of the store.
class BareLoop {
 public:
  bool open(const std::string& path) {
    constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path.c_str(), &handle_, kFlags, nullptr) != SQLITE_OK) return false;
    const std::string schema(all_migrations()[0]);
    return run(schema.c_str()) && run("PRAGMA journal_mode=WAL") &&
           run("PRAGMA synchronous=FULL; PRAGMA cache_size=-8192") &&
           sqlite3_prepare_v2(handle_, "INSERT INTO trades VALUES(?,?,?,?,?,?,?,?,?,?,?)", -1,
                              &insert_, nullptr) == SQLITE_OK;
  }
  ~BareLoop() {
    sqlite3_finalize(insert_);
    sqlite3_close(handle_);
  }
  bool store(const std::vector<Row>& rows) {
    bool good = run("BEGIN");
    for (const Row& row : rows) {
      sqlite3_bind_int64(insert_, 1, row.venue);
      sqlite3_bind_int64(insert_, 2, row.symbol);
      sqlite3_bind_int64(insert_, 3, row.id);
      text(4, row.side);
      text(5, row.type);
      text(6, row.price);
      text(7, row.quantity);
      sqlite3_bind_int64(insert_, 8, row.exchange_time);
      sqlite3_bind_int64(insert_, 9, row.received);
      text(10, row.origin);
      sqlite3_bind_int64(insert_, 11, 0);
      good = sqlite3_step(insert_) == SQLITE_DONE && good;
      sqlite3_reset(insert_);
    }
    return run("COMMIT") && good;
  }

 private:
  bool run(const char* sql) {
    return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
  }
  void text(int at, std::string_view value) {
    sqlite3_bind_text(insert_, at, value.data(), static_cast<int>(value.size()), nullptr);
  }
  sqlite3* handle_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

void store_sqlite(benchmark::State& state) {
  const auto directory = runtime::TemporaryDirectory::make();
  SqliteStore store({.path = directory->path() + "/store.db"});
  BareLoop loop;
  if (!store.open() || !loop.open(directory->path() + "/loop.db")) {
    state.SkipWithError("a database cannot be made");
    return;
  }
  const runtime::SystemClock clock;
  base::Duration ours{}, bare{};
  std::uint64_t number = 0;
  for (auto _ : state) {
    const auto ticks = bench::make_batch(number, kBatch);
    const auto rows = make_rows(ticks);
    const auto first = clock.now().mono;
    const bool looped = loop.store(rows);
    const auto second = clock.now().mono;
    const auto stored = store.store(ticks, {1, ++number});
    const auto third = clock.now().mono;
    if (!looped || !stored || stored->inserted != kBatch) state.SkipWithError("rows are missing");
    bare += second - first;
    ours += third - second;
    state.SetIterationTime(base::seconds(third - second));
  }
  const double seconds = base::seconds(ours);
  state.counters["rows_per_s"] = static_cast<double>(number * kBatch) / seconds;
  state.counters["ratio"] = base::seconds(bare) / seconds;
  state.counters["least_ratio"] = 0.8;
}
BENCHMARK(store_sqlite)->UseManualTime()->Iterations(kBatches)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tickwitness::store::sqlite

BENCHMARK_MAIN();
