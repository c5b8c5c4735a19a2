// One number for everything that happened in a world, in order: two runs with the same number had
// the same history.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace tickwitness::sim {

// The same on every compiler and machine of one byte order. Not for secrets. Method: words are
// mixed in by multiplication and shift, as SplitMix64's finalizer does (prng.di.unimi.it).
class EventHash {
 public:
  void add(std::uint64_t word) {
    state_ = (state_ ^ word) * 0x9E3779B97F4A7C15ULL;
    state_ ^= state_ >> 32;
  }
  void add(std::string_view text) {
    add(text.size());
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data() + at, 8);
      add(word);
    }
    std::uint64_t rest = 0;
    if (at < text.size()) std::memcpy(&rest, text.data() + at, text.size() - at);
    add(rest);
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0x243F6A8885A308D3ULL;
};

}  // namespace tickwitness::sim
