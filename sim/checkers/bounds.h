// What has a limit stays within it: rings, labels, the scrape itself, and the queues that the world
// can look into.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "sim/checkers/looked.h"

namespace tickwitness::sim {

class Bounds final : public Checker {
 public:
  struct Limits {
    std::size_t series_max = 0;  // of one scrape
    std::size_t bytes_max = 0;   // of its text
  };
  explicit Bounds(Limits limits) : limits_(limits) {}

  std::string_view name() const override { return "bounds"; }
  void on_scrape(const Observation& seen, Report& report) override;
  // At every moment that the world cares to: how long one of its queues is, in whatever unit.
  void queue(base::Duration at, std::string_view queue, std::size_t length, std::size_t limit,
             Report& report);
  // The most that was seen over the run beside the limits.
  void at_rest(const Observation& seen, Report& report) override;

 private:
  struct Queue {
    std::size_t most = 0;
    std::size_t limit = 0;  // where it was longest
  };
  void rings(const Observation& seen, Report& report);
  void at_most(const Observation& seen, Report& report, std::string_view what, double measured,
               double limit);

  Limits limits_;
  Looked looked_{"bounds", "rings"};
  std::size_t series_most_ = 0;
  std::size_t bytes_most_ = 0;
  std::map<std::string, Queue, std::less<>> queues_;
};

}  // namespace tickwitness::sim
