// How much disk a day will take, as far as the past tells it: nothing is assumed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/engine.h"
#include "config/settings.h"
#include "runtime/executor.h"
#include "runtime/log.h"
#include "telemetry/registry.h"

namespace tickwitness::app {

struct DiskUse {
  std::uint64_t bytes = 0;
  base::Duration span{};      // in which they were written
  double gb_per_day() const;  // of 10^9 bytes
};

struct DiskEstimate {
  // Nothing: there is no past of ten minutes at least, or it cannot be read.
  std::optional<DiskUse> database, recordings;
  std::size_t markets = 0;               // whose trades the configuration follows
  std::size_t markets_without_past = 0;  // of them: the database has no trade of theirs
};

// Looks at the database and the names of the recordings.
DiskEstimate estimate_disk(const config::Settings& settings, const EngineSettings& engine);
// One line for a person.
std::string describe(const DiskEstimate& estimate);
void tell(const DiskEstimate& estimate, runtime::Log& log);

// Tells once what the first minutes of a process took, and what that makes a day.
class DiskMeasurement {
 public:
  static constexpr base::Duration kBegin = std::chrono::minutes(1);  // what a start costs is over
  static constexpr base::Duration kLength = std::chrono::minutes(10);

  // On the executor's thread, as all else. All references outlive it.
  DiskMeasurement(runtime::Executor& executor, const telemetry::Registry& registry,
                  runtime::Log& log);

 private:
  struct Bytes {
    std::optional<double> database, recordings;
  };
  Bytes read() const;
  void begin();
  void end();

  runtime::Executor& executor_;
  const telemetry::Registry& registry_;
  runtime::Log& log_;
  std::unique_ptr<runtime::Timer> timer_;
  Bytes before_;
  base::Instant began_{};
};

}  // namespace tickwitness::app
