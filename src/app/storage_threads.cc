#include "app/storage_threads.h"

#include "app/open_disk.h"
#include "store/postgres/history.h"
#include "store/postgres/postgres_store.h"
#include "store/sqlite/history.h"
#include "store/sqlite/sqlite_store.h"

namespace tickwitness::app {
namespace {

template <class Connection>
Database make_database(const std::shared_ptr<store::Pool<Connection>>& pool,
                       std::unique_ptr<store::Sink> sink) {
  return {.history =
              [pool](const pipeline::HistoryQuery& query, const std::stop_token& stop) {
                return pool->with(
                    [&](Connection& connection) { return read_history(connection, query, stop); });
              },
          .sink = std::move(sink)};
}

Database make_database(const config::Settings& settings, store::DatabaseMeter& meter,
                       TableSaver& saver) {
  using namespace store;
  if (settings.store.on_server()) {
    const std::shared_ptr pool =
        postgres::make_pool({.database = base::Secret(settings.store.database), .meter = &meter});
    postgres::SaveTables save;
    if (settings.store.save_before_upgrade)
      save = [&saver](int version) { return saver.save(version); };
    return make_database(pool, std::make_unique<postgres::PostgresStore>(*pool, std::move(save)));
  }
  const std::shared_ptr pool =
      sqlite::make_pool({.path = database_path(settings), .meter = &meter});
  return make_database(pool, std::make_unique<sqlite::SqliteStore>(*pool));
}

}  // namespace

std::string database_path(const config::Settings& settings) {
  return settings.store.database.empty() ? settings.data_directory + "/market.sqlite"
                                         : settings.store.database;
}

StorageThreads::StorageThreads(const config::Settings& settings, std::uint64_t drawn)
    : meter_(store_executor_.clock()),
      saver_(settings, store_executor_.clock()),
      database_(make_database(settings, meter_, saver_)),
      storage_({.spool = spool_executor_,
                .store = store_executor_,
                .open_disk = [directory = settings.data_directory +
                                          "/spool"] { return open_disk(directory); },
                .sink = *database_.sink},
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
