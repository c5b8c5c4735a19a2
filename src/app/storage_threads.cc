#include "app/storage_threads.h"

#include <utility>

#include "app/open_disk.h"
#include "store/postgres/postgres_store.h"
#include "store/sqlite/sqlite_store.h"

namespace tickwitness::app {
namespace {

// What is accepted is at most so old when it becomes durable; each turn with ticks costs a sync.
constexpr base::Duration kTurnEvery = std::chrono::milliseconds(10);
constexpr std::size_t kRingTicks = std::size_t{1} << 15;

store::spool::SpoolSettings spool_settings(const config::Store& store) {
  return {.segment_bytes = store.spool_segment_bytes,
          .total_bytes = store.spool_total_bytes,
          .free_bytes = store.spool_free_bytes};
}

std::unique_ptr<store::Sink> make_sink(const config::Settings& settings) {
  if (settings.store.on_server())
    return std::make_unique<store::postgres::PostgresStore>(
        store::postgres::PostgresSettings{.database = base::Secret(settings.store.database)});
  return std::make_unique<store::sqlite::SqliteStore>(
      store::sqlite::SqliteSettings{.path = database_path(settings)});
}

}  // namespace

std::string database_path(const config::Settings& settings) {
  return settings.store.database.empty() ? settings.data_directory + "/market.sqlite"
                                         : settings.store.database;
}

StorageThreads::StorageThreads(const config::Settings& settings, std::uint64_t drawn)
    : settings_(spool_settings(settings.store)),
      directory_(settings.data_directory + "/spool"),
      drawn_(drawn),
      ring_(kRingTicks, settings.store.quote_every),
      timer_(spool_executor_.make_timer()),
      sink_(make_sink(settings)) {}

StorageThreads::~StorageThreads() {
  spool_executor_.stop();
  store_executor_.stop();
  if (spool_thread_.joinable()) spool_thread_.join();
  if (store_thread_.joinable()) store_thread_.join();
}

void StorageThreads::start(telemetry::Catalog& metrics, runtime::Log& log) {
  spooler_ = std::make_unique<store::Spooler>(
      settings_, ring_, spool_executor_.clock(), metrics, log,
      [this] { return open_disk(directory_); }, drawn_);
  writer_ = std::make_unique<store::Writer>(
      store_executor_, *sink_,
      store::Writer::Source{
          .ask =
              [this](store::Cursor after, std::function<void(store::Load)> on_load) {
                spool_executor_.post([this, after, on_load = std::move(on_load)] {
                  spooler_->ask(after, [this, on_load](store::Load load) {
                    store_executor_.post([on_load, load = std::move(load)] { on_load(load); });
                  });
                });
              },
          .stored =
              [this](store::Cursor upto) {
                spool_executor_.post([this, upto] { spooler_->stored(upto); });
              }},
      metrics, log);
  spool_executor_.post([this] { turn(); });
  store_executor_.post([this] { writer_->start(); });
  spool_thread_ = std::thread([this] { spool_executor_.run(); });
  store_thread_ = std::thread([this] { store_executor_.run(); });
}

void StorageThreads::turn() {
  spooler_->step(spool_executor_.clock().now());
  timer_->arm(spool_executor_.clock().now().mono + kTurnEvery, [this] { turn(); });
}

void StorageThreads::finish(std::function<void()> on_finished) {
  spool_executor_.post([this, on_finished = std::move(on_finished)]() mutable {
    timer_->cancel();
    spooler_->finish(spool_executor_.clock().now());
    store_executor_.post([this, on_finished = std::move(on_finished)]() mutable {
      writer_->finish(std::move(on_finished));
    });
  });
}

}  // namespace tickwitness::app
