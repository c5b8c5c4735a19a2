// Storage of the real process: a thread for the spool and one for the database, each of which may
// wait for its disk.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/save_tables.h"
#include "app/storage.h"
#include "config/settings.h"
#include "runtime/executor_asio.h"
#include "runtime/log.h"
#include "store/batch/history.h"
#include "store/database_metrics.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::app {

// Where the settings have the SQLite file; they name no server.
std::string database_path(const config::Settings& settings);

// A database for who writes to it and who reads it, on connections of one pool, which the history
// keeps.
struct Database {
  store::ReadHistory history;
  std::unique_ptr<store::Sink> sink;
};

// Calls from the main thread, unless said otherwise.
class StorageThreads {
 public:
  // `drawn` names the spool if there is none yet.
  StorageThreads(const config::Settings& settings, std::uint64_t drawn);
  ~StorageThreads();
  StorageThreads(const StorageThreads&) = delete;
  StorageThreads& operator=(const StorageThreads&) = delete;

  // For the engine's thread.
  pipeline::RecordTap& tap() { return storage_.tap(); }
  runtime::AsioExecutor& spool_executor() { return spool_executor_; }

  // See Storage. Both references outlive the threads.
  Engine::Past open(telemetry::Catalog& metrics, runtime::Log& log,
                    const std::vector<store::Spooler::Market>& followed) {
    meter_.show(metrics);
    saver_.tell(log);
    return storage_.open(metrics, log, followed);
  }
  void start();
  // For one other thread, which ends before this does. Once it is open.
  const store::ReadHistory& history() const { return database_.history; }
  bool refuses() const { return storage_.refuses(); }
  void follow(std::vector<store::Spooler::Market> followed) {
    storage_.follow(std::move(followed));
  }
  // As Storage::finish(); calls back on a thread of its own.
  void finish(std::function<void()> on_finished) {
    saver_.stop();
    storage_.finish(std::move(on_finished));
  }

 private:
  runtime::AsioExecutor spool_executor_, store_executor_;
  store::DatabaseMetrics meter_;
  TableSaver saver_;
  Database database_;
  Storage storage_;
  std::thread spool_thread_, store_thread_;
};

}  // namespace tickwitness::app
