// Exemplars: for a bucket or a counter, one observation by name, such as the trade that was late.
// OpenMetrics 1.0.0, "Exemplars".
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tickwitness::telemetry::core {

// From the caller's clock: nothing here reads one.
using WallTime = std::chrono::sys_time<std::chrono::nanoseconds>;

// What a writer says of an observation. The whole text, name and value, has at most 128 bytes; a
// longer one is not kept.
struct ExemplarLabel {
  std::string_view name;  // as of a label, [a-zA-Z_][a-zA-Z0-9_]*; nobody checks that
  std::string_view value;
};

struct Exemplar {
  std::string name, value;    // of its label
  std::int64_t observed = 0;  // in the unit of the series
  WallTime at;
};

// The newest exemplar for each of some buckets; of more buckets than kSlots some share a place.
// Lock-free, any thread: who finds a place busy goes on without it.
class Exemplars {
 public:
  static constexpr std::size_t kTextMax = 128;

  void put(std::uint32_t bucket, ExemplarLabel label, std::int64_t observed, WallTime at);
  // In no order; without those that are being written.
  std::vector<Exemplar> all() const;
  void clear();

 private:
  static constexpr std::uint32_t kSlots = 16;
  struct Slot {
    mutable std::atomic<bool> busy{false};
    bool filled = false;
    std::uint8_t name_size = 0, value_size = 0;
    std::int64_t observed = 0;
    WallTime at;
    std::array<char, kTextMax> text;
  };
  std::array<Slot, kSlots> slots_{};
};

}  // namespace tickwitness::telemetry::core
