// What is measured of all connections to Redis together.
#pragma once

#include <cstddef>
#include <string_view>

#include "cache/command.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::cache {

// On one thread. Everything but redis_connected is at 0 from the start.
class RedisMeter {
 public:
  explicit RedisMeter(telemetry::Catalog& metrics);

  // Of a command that was sent, `took` ago; that is observed where Redis answered.
  void ended(const Command& command, base::Duration took, const Outcome& outcome);
  void dropped() { dropped_.inc(); }
  void connection_error() { connection_errors_.inc(); }
  void pinged(bool answered) { metrics_.redis_connected.at().set(answered ? 1 : 0); }
  // Commands that wait, more or fewer than before.
  void depth(std::ptrdiff_t change);

 private:
  telemetry::Catalog& metrics_;
  telemetry::Counter dropped_, connection_errors_;
  telemetry::Gauge depth_gauge_;
  std::ptrdiff_t depth_ = 0;
};

}  // namespace tickwitness::cache
