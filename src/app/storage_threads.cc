#include "app/storage_threads.h"

#include "app/open_disk.h"
#include "store/postgres/postgres_store.h"
#include "store/sqlite/sqlite_store.h"

namespace tickwitness::app {
namespace {

std::unique_ptr<store::Sink> make_sink(const config::Settings& settings,
                                       store::DatabaseMeter& meter) {
  if (settings.store.on_server())
    return std::make_unique<store::postgres::PostgresStore>(store::postgres::PostgresSettings{
        .database = base::Secret(settings.store.database), .meter = &meter});
  return std::make_unique<store::sqlite::SqliteStore>(
      store::sqlite::SqliteSettings{.path = database_path(settings), .meter = &meter});
}

}  // namespace

std::string database_path(const config::Settings& settings) {
  return settings.store.database.empty() ? settings.data_directory + "/market.sqlite"
                                         : settings.store.database;
}

StorageThreads::StorageThreads(const config::Settings& settings, std::uint64_t drawn)
    : meter_(store_executor_.clock()),
      sink_(make_sink(settings, meter_)),
      storage_({.spool = spool_executor_,
                .store = store_executor_,
                .open_disk = [directory = settings.data_directory +
                                          "/spool"] { return open_disk(directory); },
                .sink = *sink_},
               storage_settings(settings, drawn)) {}

StorageThreads::~StorageThreads() {
  spool_executor_.stop();
  store_executor_.stop();
  if (spool_thread_.joinable()) spool_thread_.join();
  if (store_thread_.joinable()) store_thread_.join();
}

void StorageThreads::start() {
  storage_.start();
  spool_thread_ = std::thread([this] { spool_executor_.run(); });
  store_thread_ = std::thread([this] { store_executor_.run(); });
}

}  // namespace tickwitness::app
