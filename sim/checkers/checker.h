// A rule that must hold in every world, whatever faults are on. Its truth comes from the world's
// own record only; what it judges is what a client of the product reads.
#pragma once

#include <string_view>

#include "base/time.h"
#include "sim/checkers/report.h"
#include "sim/clients/exposition.h"
#include "sim/clients/page.h"
#include "sim/record/ledger.h"

namespace tickwitness::sim {

// A look at the product from outside, at one moment of one process life.
struct Observation {
  base::Duration at{};  // since the start of the run, for reports
  base::Now now;        // by the clocks of the machine that the product runs on
  const Exposition& scrape;
  const Ledger& ledger;
  // At most so much older than `now` is what the scrape shows: nothing in virtual time; with real
  // threads what they wait for each other, and the way of the scrape.
  base::Duration age{};
  // What /api/v1/feeds and /api/v1/gaps answered in the same turn; empty where nobody asked.
  std::string_view feeds = {};
  std::string_view gaps = {};
};

// An event of the page's stream, when it reached the client.
struct Arrival {
  base::Duration at{};
  base::Now now;
  const PageEvent& event;
  const Ledger& ledger;
  base::Duration age{};  // as Observation's
};

// One per run; told when a process life ends and another begins. Not thread-safe.
class Checker {
 public:
  virtual ~Checker() = default;
  virtual std::string_view name() const = 0;
  // The product was restarted: counters begin anew.
  virtual void on_restart() {}
  // While anything may be going on.
  virtual void on_scrape(const Observation&, Report&) {}
  virtual void on_event(const Arrival&, Report&) {}
  // A line, an answer or an event that leaves the process, whatever it is; whole, not in pieces.
  virtual void on_output(base::Duration, std::string_view, Report&) {}
  // Nothing is under way any more: all that was delivered has been handled.
  virtual void at_rest(const Observation&, Report&) {}
};

}  // namespace tickwitness::sim
