// A database that was away, and is back while as many trades come as before: how many times as fast
// as they come it takes those that the spool has kept. Spool and database on the disk of the
// temporary directory, each with its thread, as in the process.
#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include "app/open_disk.h"
#include "app/storage.h"
#include "runtime/executor_asio.h"
#include "runtime/temporary_dir.h"
#include "store/batch/rows_for_benches.h"
#include "store/postgres/postgres_store.h"
#include "store/postgres/test_server.h"
#include "store/sqlite/sqlite_store.h"
#include "telemetry/registry.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kTurn = 10ms;
constexpr std::size_t kTradesPerTurn = 50;
constexpr double kTradesPerSecond = 5'000;
constexpr int kTurnsAway = 3'000;  // half a minute: what is kept is as fast to store as more of it
constexpr int kTurnsMax = 6'000;   // afterwards
constexpr double kTimesLeast = 5;

// A store that is away when the benchmark says so.
class Away final : public store::Sink {
 public:
  explicit Away(std::unique_ptr<store::Sink> sink) : sink_(std::move(sink)) {}
  void set(bool away) { away_ = away; }
  std::uint64_t stored() const { return stored_; }

  store::SinkResult<store::Cursor> open() override { return away_ ? gone() : sink_->open(); }
  store::SinkResult<store::Cursor> cursor(std::uint64_t spool) override {
    return away_ ? gone() : sink_->cursor(spool);
  }
  store::SinkResult<store::Stored> store(std::span<const pipeline::Tick> ticks,
                                         std::span<const pipeline::GapEntry> gaps,
                                         store::Cursor upto) override {
    if (away_) return gone();
    auto stored = sink_->store(ticks, gaps, upto);
    if (stored) stored_ += stored->inserted;
    return stored;
  }

 private:
  static std::unexpected<store::SinkError> gone() { return store::sink_fail("away", true); }

  std::unique_ptr<store::Sink> sink_;
  std::atomic<bool> away_{false};
  std::atomic<std::uint64_t> stored_{0};
};

class World {
 public:
  World(std::unique_ptr<store::Sink> sink, const std::string& spool)
      : sink_(std::move(sink)),
        log_(clock_, {}, {.all = base::LogLevel::error, .rooms = {}}, [](std::string_view) {}),
        storage_({.spool = spool_,
                  .store = store_,
                  .open_disk = [spool] { return open_disk(spool); },
                  .sink = sink_},
                 {.spool = {}, .drawn = 1}) {
    storage_.open(metrics_, log_, {});
    storage_.start();
    spool_thread_ = std::thread([this] { spool_.run(); });
    store_thread_ = std::thread([this] { store_.run(); });
  }
  ~World() {
    spool_.stop();
    store_.stop();
    spool_thread_.join();
    store_thread_.join();
  }

  void turn() {
    for (const auto& tick : store::bench::make_batch(turns_, kTradesPerTurn)) {
      storage_.tap().on_tick(tick);
    }
    ++turns_;
    next_ += kTurn;
    std::this_thread::sleep_for(next_ - clock_.now().mono);
  }
  std::uint64_t came() const { return turns_ * kTradesPerTurn; }
  base::Instant now() const { return clock_.now().mono; }
  Away& sink() { return sink_; }

 private:
  runtime::SystemClock clock_;
  runtime::AsioExecutor spool_, store_;
  Away sink_;
  telemetry::Registry registry_;
  telemetry::Catalog metrics_{registry_};
  runtime::Log log_;
  Storage storage_;
  std::uint64_t turns_ = 0;
  base::Instant next_ = clock_.now().mono;
  std::thread spool_thread_, store_thread_;
};

// Trades stored per second from the first that comes after the outage until none waits.
double caught_up_per_second(World& world) {
  world.turn();
  while (world.sink().stored() == 0) world.turn();
  world.sink().set(true);
  for (int i = 0; i < kTurnsAway; ++i) world.turn();
  const std::uint64_t before = world.sink().stored();
  world.sink().set(false);
  base::Instant began = world.now();
  for (int i = 0; i < kTurnsMax; ++i) {
    // It waits a while before it asks again.
    if (world.sink().stored() == before) began = world.now();
    world.turn();
    if (world.came() - world.sink().stored() > 5 * kTradesPerTurn) continue;
    return static_cast<double>(world.sink().stored() - before) / base::seconds(world.now() - began);
  }
  return 0;
}

void catch_up(benchmark::State& state, std::unique_ptr<store::Sink> sink,
              const std::string& directory) {
  World world(std::move(sink), directory + "/spool");
  for (auto _ : state) {
    const double rate = caught_up_per_second(world);
    if (rate == 0) state.SkipWithError("it was not caught up");
    state.counters["rows_per_s"] = rate;
    state.counters["ratio"] = rate / kTradesPerSecond;
    state.counters["least_ratio"] = kTimesLeast;
  }
}

void catch_up_sqlite(benchmark::State& state) {
  const auto directory = runtime::TemporaryDirectory::make();
  catch_up(state,
           std::make_unique<store::sqlite::SqliteStore>(
               store::sqlite::SqliteSettings{.path = directory->path() + "/market.sqlite"}),
           directory->path());
}
BENCHMARK(catch_up_sqlite)->Iterations(1)->Unit(benchmark::kMillisecond);

void catch_up_postgres(benchmark::State& state) {
  const auto directory = runtime::TemporaryDirectory::make();
  store::postgres::test::TestServer server(true);
  catch_up(state,
           std::make_unique<store::postgres::PostgresStore>(store::postgres::PostgresSettings{
               .database = base::Secret(server.trusted(server.make_database()))}),
           directory->path());
}
BENCHMARK(catch_up_postgres)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tickwitness::app

BENCHMARK_MAIN();
