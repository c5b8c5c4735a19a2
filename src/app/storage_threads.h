// Storage of the real process: a thread for the spool and one for the database, each of which may
// wait for its disk.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "config/settings.h"
#include "runtime/executor_asio.h"
#include "runtime/log.h"
#include "store/spooler.h"
#include "store/tick_ring.h"
#include "store/writer.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::app {

// Where the settings have the SQLite file; they name no server.
std::string database_path(const config::Settings& settings);

// Calls from the main thread, unless said otherwise.
class StorageThreads {
 public:
  // `drawn` names the spool if there is none yet.
  StorageThreads(const config::Settings& settings, std::uint64_t drawn);
  ~StorageThreads();
  StorageThreads(const StorageThreads&) = delete;
  StorageThreads& operator=(const StorageThreads&) = delete;

  // For the engine's thread.
  pipeline::TickTap& tap() { return ring_; }
  runtime::AsioExecutor& spool_executor() { return spool_executor_; }

  // Both outlive the threads.
  void start(telemetry::Catalog& metrics, runtime::Log& log);
  // When the engine shows nothing more: makes what is left durable, and calls back on a thread of
  // its own once the database has it or does not answer. Once, after start().
  void finish(std::function<void()> on_finished);

 private:
  void turn();

  store::spool::SpoolSettings settings_;
  std::string directory_;
  std::uint64_t drawn_;
  store::TickRing ring_;
  runtime::AsioExecutor spool_executor_, store_executor_;
  std::unique_ptr<runtime::Timer> timer_;
  std::unique_ptr<store::Sink> sink_;
  std::unique_ptr<store::Spooler> spooler_;
  std::unique_ptr<store::Writer> writer_;
  std::thread spool_thread_, store_thread_;
};

}  // namespace tickwitness::app
