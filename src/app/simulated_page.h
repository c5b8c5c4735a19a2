// A browser on the event stream of a simulated product: it reads when it can, falls behind, is
// moved forward, loses its connection and comes back with the last id it saw.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "base/prng.h"
#include "serve/service.h"
#include "sim/clients/page.h"
#include "sim/world/scheduler.h"

namespace tickwitness::app {

class SimulatedPage {
 public:
  // `complain` gets what must never be: an event twice, out of order, cut, or lost without need.
  SimulatedPage(sim::Scheduler& scheduler, base::Prng random,
                std::function<void(std::string)> complain);

  // The stream is open from now on, and begins with what the service has for this client.
  void connect(const serve::Service& service);
  // The connection is lost; with `for_good` the process on the other side too, and its ids.
  void disconnect(bool for_good);
  void publish(const serve::EventLog::Chunk& chunk);
  void set_slow(bool slow) { slow_ = slow; }
  bool connected() const { return connected_; }

  std::uint64_t events() const { return events_; }
  std::uint64_t lagged() const { return lagged_; }

 private:
  void wait();
  void read_one();
  void on_event(const sim::PageEvent& event);

  sim::Scheduler& scheduler_;
  base::Prng random_;
  std::function<void(std::string)> complain_;
  sim::EventStreamReader reader_;
  std::deque<serve::EventLog::Chunk> backlog_;
  std::string last_id_;
  bool connected_ = false;
  bool slow_ = false;
  bool may_skip_ = true;  // events may be missing before the next one
  bool waiting_ = false;
  std::uint64_t events_ = 0;
  std::uint64_t lagged_ = 0;
};

}  // namespace tickwitness::app
