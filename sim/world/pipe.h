// One direction of a simulated connection: what is put in comes out later, in order, in pieces.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/prng.h"
#include "sim/world/scheduler.h"

namespace tickwitness::sim {

// How the network is at the moment.
struct Weather {
  base::Duration delay_min = std::chrono::milliseconds(5);    // one way
  base::Duration delay_extra = std::chrono::milliseconds(5);  // mean of what comes on top
  std::size_t segment_bytes_max = std::size_t{16} << 10;      // what arrives at once at most
  bool black_hole = false;  // nothing arrives, in neither direction, until it is over
};

// Not thread-safe.
class Pipe {
 public:
  enum class Mark : std::uint8_t { bytes, open, refused, too_many, end, reset };
  using Sink = std::function<void(Mark mark, std::string_view bytes)>;

  // All outlive the pipe; `sink` is called in world events.
  Pipe(Scheduler& scheduler, base::Prng& random, const Weather& weather, Sink sink);
  ~Pipe();
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void write(std::string_view bytes);
  void mark(Mark mark);
  // Some of what is on its way is lost, from a place that the seed draws on; then `reset` arrives.
  void cut();
  // The weather has changed: what was held back goes on.
  void resume();
  std::size_t bytes_in_flight() const { return in_flight_; }

 private:
  struct Item {
    base::Duration at;
    Mark mark = Mark::bytes;
    std::string bytes;
  };
  void push(Mark mark, std::string_view bytes, base::Duration delay);
  base::Duration draw_delay();
  void wait();
  void arrive();

  Scheduler& scheduler_;
  base::Prng& random_;
  const Weather& weather_;
  Sink sink_;
  std::deque<Item> items_;
  std::size_t in_flight_ = 0;
  base::Duration last_{0};  // arrival of the newest
  Scheduler::EventId event_ = 0;
};

// Both directions of a connection.
struct BothWays {
  std::unique_ptr<Pipe> to_exchange, to_engine;

  void resume() const {
    to_engine->resume();
    to_exchange->resume();
  }
  std::size_t bytes_in_flight() const {
    return to_engine->bytes_in_flight() + to_exchange->bytes_in_flight();
  }
};

}  // namespace tickwitness::sim
