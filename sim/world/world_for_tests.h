// For tests of the networks: an exchange and a role of the engine in virtual time, and the record.
#pragma once

#include <utility>
#include <vector>

#include "sim/exchange/kraken.h"
#include "sim/record/ledger.h"
#include "sim/world/event_hash.h"
#include "sim/world/machine_clock.h"
#include "sim/world/scheduler.h"

namespace tickwitness::sim {

struct TestWorld {
  static constexpr base::Now kStart{base::Instant(std::chrono::hours(100)),
                                    base::WallTime(std::chrono::seconds(1'767'000'000))};

  explicit TestWorld(std::vector<Fault> faults, std::uint64_t seed)
      : scheduler(base::Prng(seed)),
        exchange(settings(std::move(faults)), clock.now()),
        ledger(exchange.settings(), {}) {}

  Scheduler scheduler;
  MachineClock clock{scheduler.now(), kStart};
  Role engine{scheduler, "engine", clock};
  EventHash history;
  Kraken exchange;
  Ledger ledger;

 private:
  static Settings settings(std::vector<Fault> faults) {
    Settings all;
    all.history = std::chrono::minutes(1);
    all.faults = std::move(faults);
    return all;
  }
};

}  // namespace tickwitness::sim
