// Statements and connections of a database as metrics.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "runtime/clock.h"
#include "store/batch/database_meter.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::store {

class DatabaseMetrics final : public DatabaseMeter {
 public:
  explicit DatabaseMetrics(const runtime::Clock& clock) : clock_(clock) {}

  // Once, before anything is told; `metrics` outlives it.
  void show(telemetry::Catalog& metrics) { metrics_ = &metrics; }

  base::Instant now() const override { return clock_.now().mono; }
  StatementMeter& of(Operation operation, std::string_view table) override;
  void connections(std::string_view pool, std::size_t active, std::size_t idle) override;
  void waits(std::string_view pool) override;

 private:
  class Statements;

  const runtime::Clock& clock_;
  telemetry::Catalog* metrics_ = nullptr;
  std::mutex mutex_;  // guards the map; what is in it stays
  std::map<std::pair<Operation, std::string>, Statements> statements_;
};

class DatabaseMetrics::Statements final : public StatementMeter {
 public:
  Statements(telemetry::Catalog& metrics, Operation operation, std::string_view table);
  void ended(base::Duration took, bool good) override;

 private:
  telemetry::Counter good_, bad_;
  telemetry::Histogram seconds_;
};

}  // namespace tickwitness::store
