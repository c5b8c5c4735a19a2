// One file of the simulated disk, with the part of it that is only in the page cache.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "sim/disk/dice.h"

namespace tickwitness::sim {

inline constexpr std::uint64_t kSectorBytes = 512;

// Readers see every change at once; the medium gets them with sync(), or some of them when the
// power fails. A write goes out as whole sectors as they were just after it. As in file systems
// with a journal, truncates and preallocations reach the medium in their order, and what was
// written into a range not at all if the one that made the range did not. Not thread-safe.
class FileImage {
 public:
  std::string_view seen() const { return seen_; }
  // The largest size that readers or a power failure can meet: bytes that are cut off are free only
  // when the cut is durable.
  std::uint64_t room() const { return std::max({largest_, seen_.size(), stored_.size()}); }

  // `bytes` not empty; a gap in front of them is zeros.
  void write(std::uint64_t offset, std::string_view bytes);
  void resize(std::uint64_t size);
  // Brings every change onto the medium.
  void sync();
  // What Linux leaves of a file whose sync failed: it counts as clean, readers still see what was
  // written, and the medium never gets it.
  void fail_sync();
  // Readers see from now on what survived.
  void lose_power(Dice& dice);

 private:
  struct Change {
    std::uint64_t size_before = 0;
    std::uint64_t size_after = 0;
    bool resize = false;
    std::uint64_t offset = 0;  // of the first sector
    std::string bytes;         // whole sectors, or up to the end; empty: lost, or a resize
  };
  void add(Change change);
  void forget_changes();
  void store(const Change& change);
  // As far as it lies in front of `unreached`.
  void store_arrived(const Change& change, Dice& dice, std::uint64_t unreached);

  std::string seen_;
  std::string stored_;
  std::deque<Change> undecided_;
  std::uint64_t undecided_cost_ = 0;  // bytes of memory, nearly
  std::uint64_t largest_ = 0;         // size after any of the undecided changes
};

}  // namespace tickwitness::sim
