// The engine's end of one exchange's wire in a demo: its record, and the checkers of the simulation
// that judge by it what the product shows of that exchange.
#pragma once

#include <array>
#include <chrono>

#include "app/demo_notes.h"
#include "app/demo_record.h"
#include "sim/checkers/breaker.h"
#include "sim/checkers/counters.h"
#include "sim/checkers/staleness.h"
#include "sim/checkers/states.h"

namespace tickwitness::app {

// Not thread-safe.
class DemoEnd {
 public:
  // What an item of news may wait for a thread, on a machine that has much else to do.
  static constexpr base::Duration kThreadsWait = std::chrono::milliseconds(250);

  // `promises`: as the product is configured. `notes` outlive this. `alone`: as the checkers'.
  DemoEnd(const sim::Settings& exchange, const sim::Promises& promises, market::Venue venue,
          DemoNotes& notes, bool alone);

  // Takes what was noted. `at`: since the demo's start. To be called ten times a second; the turn
  // before this one was at `last`.
  void on_turn(base::Instant last, base::Instant now, base::Duration at, sim::Report& report);
  // `scrape` has nothing of other exchanges, and was asked for at `asked`.
  void on_scrape(base::Duration at, base::Now now, const sim::Exposition& scrape,
                 base::Instant asked, sim::Report& report);
  void on_event(const sim::Arrival& arrival, sim::Report& report) {
    staleness_.on_event(arrival, report);
  }
  // `lossy`: more may be lost than what the engine hung up on.
  void at_rest(base::Duration at, base::Now now, const sim::Exposition& scrape, bool lossy,
               sim::Report& report);

  // The thread that shows what the engine knows was kept from running.
  void on_stall(base::Instant from, base::Instant until) { record_.on_stall(from, until); }
  const DemoRecord& record() const { return record_; }

 private:
  DemoNotes& notes_;
  DemoRecord record_;
  sim::Counters counters_;
  sim::States states_;
  sim::Staleness staleness_;
  sim::Breaker breaker_;
  std::array<sim::Checker*, 4> checkers_;
};

}  // namespace tickwitness::app
