// Whoever watches a demo from outside: what the product lets out, as it comes.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "base/time.h"
#include "sim/checkers/bounds.h"
#include "sim/checkers/report.h"

namespace tickwitness::app {

// Not thread-safe. `now` never falls from call to call.
class DemoJudge {
 public:
  // A secret that the product is told and must not tell anybody.
  static constexpr std::string_view kCanary = "canary-9d27c05be1f84a63";
  // What a process has of its own, its page and its database in three dialects included, and what
  // comes with each pair at each exchange; a fifth more than was ever seen of either.
  static constexpr sim::Bounds::Limits limits(std::size_t pairs) {
    return {.series_max = 2'500 + 200 * pairs, .bytes_max = std::size_t{1} << 20};
  }
  // From the exchange's hand to the engine's, on average, on a machine that has much else to do.
  static constexpr base::Duration kWayMax = std::chrono::milliseconds(250);

  // Between two calls of on_turn: more is the fault of nobody who is judged.
  static constexpr base::Duration kHeldUp = std::chrono::milliseconds(500);

  virtual ~DemoJudge() = default;
  // `asked`: the scrape was made no sooner.
  virtual void on_scrape(base::Now now, std::string_view text, base::Instant asked) = 0;
  // No scrape came of an attempt.
  virtual void on_scrape_failed(base::Now now, std::string_view why) = 0;
  virtual void on_event(base::Now now, std::string_view chunk) = 0;  // of the page's stream
  virtual void on_log(base::Now now, std::string_view line) = 0;
  // To be called ten times a second, for what was noted; time that this thread did not get, and
  // steps of the clock, are nobody's fault.
  virtual void on_turn(base::Now now) = 0;
  virtual const sim::Report& report() const = 0;
};

}  // namespace tickwitness::app
