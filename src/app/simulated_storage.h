// Storage in a simulated world: roles for its two threads, a disk for the spool and a database.
// Disk and database outlive the product's lives.
#pragma once

#include <array>
#include <functional>
#include <optional>

#include "app/simulated_sink.h"
#include "app/storage.h"
#include "sim/database/database.h"
#include "sim/disk/disk.h"
#include "sim/world/plan.h"
#include "sim/world/scheduler.h"

namespace tickwitness::app {

class SimulatedStorage {
 public:
  // All outlive it.
  SimulatedStorage(sim::Scheduler& scheduler, const sim::MachineClock& clock,
                   const sim::Plan& plan);
  ~SimulatedStorage();
  SimulatedStorage(const SimulatedStorage&) = delete;
  SimulatedStorage& operator=(const SimulatedStorage&) = delete;

  // A life of the process.
  pipeline::RecordTap& begin_life(const config::Settings& settings);
  // What the spool knows of the lives before; once, then start().
  Engine::Past open(telemetry::Catalog& metrics, runtime::Log& log,
                    const EngineSettings& followed) {
    return storage_->open(metrics, log, followed_markets(followed));
  }
  void start() { storage_->start(); }
  // After a reload.
  void follow(const EngineSettings& followed) { storage_->follow(followed_markets(followed)); }
  void finish(std::function<void()> on_finished) { storage_->finish(std::move(on_finished)); }
  // As kill -9, and the power fails.
  void die();

  // Faults of other parts do nothing here.
  void begin(const sim::WorldFault& fault);
  void end(const sim::WorldFault& fault);
  void heal();

  const sim::Database& database() const { return database_; }
  // Tasks that waited for a thread, at most.
  std::size_t queued_max() const { return std::max(spool_.queued_max(), store_.queued_max()); }

 private:
  void apply(sim::WorldFaultKind kind, bool on);

  sim::Scheduler& scheduler_;
  const sim::Plan& plan_;
  base::Prng random_;
  sim::Role spool_, store_;
  sim::Disk disk_;
  sim::Database database_;
  SimulatedSink sink_;
  std::array<int, sim::kWorldFaultKinds> on_{};  // how many of each kind last
  std::optional<Storage> storage_;               // while the process lives
};

}  // namespace tickwitness::app
