// Storage without what carries it: the ring, the spool and the writer to a database, wired over two
// executors, each of which may wait. The real process puts threads behind them
// (app/storage_threads.h), a simulated world its own time, disk and database.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "app/engine.h"
#include "base/time.h"
#include "config/settings.h"
#include "runtime/executor.h"
#include "runtime/log.h"
#include "store/batch/sink.h"
#include "store/record_ring.h"
#include "store/spooler.h"
#include "store/writer.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::app {

struct StorageSettings {
  store::spool::SpoolSettings spool;
  base::Duration quote_every = std::chrono::seconds(1);
  // What is accepted is at most so old when it becomes durable; each turn with ticks costs a sync.
  base::Duration turn_every = std::chrono::milliseconds(10);
  base::Duration keep_quotes = std::chrono::days(30);
  std::uint64_t drawn = 0;  // names the spool if there is none yet
};

// Of the trades that the settings follow.
std::vector<store::Spooler::Market> followed_markets(const EngineSettings& settings);

StorageSettings storage_settings(const config::Settings& settings, std::uint64_t drawn);

struct StorageSeams {
  runtime::Executor& spool;  // where `open_disk` and its disk may block
  runtime::Executor& store;  // where `sink` may block
  store::Spooler::OpenDisk open_disk;
  store::Sink& sink;
};

// Made, opened and started before the executors run; destroyed when they run no more of its tasks.
// What is behind the seams outlives it.
class Storage {
 public:
  Storage(StorageSeams seams, const StorageSettings& settings);
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  // For the engine's thread.
  pipeline::RecordTap& tap() { return ring_; }

  // Opens the spool, in the caller's time, and gives what it knows of the time before. To be called
  // before the first scrape, whose counters go on from there. `followed`: markets whose trades are.
  // Both references outlive it. Once.
  Engine::Past open(telemetry::Catalog& metrics, runtime::Log& log,
                    const std::vector<store::Spooler::Market>& followed);
  // Once, after open().
  void start();
  // Nothing is accepted at the moment. Any thread, after open().
  bool refuses() const { return spooler_->refuses(); }
  // Others are followed now. Any thread, after start().
  void follow(std::vector<store::Spooler::Market> followed);
  // When the engine shows nothing more: makes what is left durable, and calls back on the store's
  // executor once the database has it or does not answer. Any thread; once, after start().
  void finish(std::function<void()> on_finished);

 private:
  void turn();
  Engine::Past past() const;

  StorageSeams seams_;
  StorageSettings settings_;
  store::RecordRing ring_;
  std::unique_ptr<runtime::Timer> timer_;
  std::unique_ptr<store::Spooler> spooler_;
  std::unique_ptr<store::Writer> writer_;
};

}  // namespace tickwitness::app
