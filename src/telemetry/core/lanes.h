// Where the numbers are: each writing thread has a lane of words for itself, and a counter is one
// word of the same index in every lane. A write is a load, an addition and a store to memory that
// no other thread writes: no lock, no locked instruction, no line of the cache that moves between
// cores. A reading is the sum over the lanes.
//
// A lane outlives its thread: the next new thread goes on in it, with the counts that are there, so
// that the end of a thread loses and doubles nothing, and there are never more lanes than threads
// that wrote at one time. Lanes are address space; the system gives memory to what was touched.
//
// What cannot have a lane (threads that are being torn down, indices beyond a lane) goes to one
// common lane by locked instructions: slower, and as exact.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

namespace tickwitness::telemetry::core {

// Index of a word, the same in every lane.
using Word = std::uint32_t;

namespace lanes {

// Words of a lane, 32 MiB of address space; words with a higher index are in the common lane only.
inline constexpr Word kWords = Word{1} << 22;

inline constexpr std::uint32_t kLanesMax = 4096;  // more threads at one time share the common lane
inline constexpr Word kChunk = Word{1} << 20;     // words of a piece of the common lane

// What readers go through. Entries are made once and stay.
struct All {
  std::array<std::atomic<std::uint64_t*>, kLanesMax> lanes;
  std::atomic<std::uint32_t> count;
  std::array<std::atomic<std::uint64_t*>, (std::uint64_t{1} << 32) / kChunk> common;
};
extern constinit All all;

struct Own {
  std::uint64_t* words;
  Word size;  // 0: this thread has no lane yet, or not any more
};
[[gnu::tls_model("initial-exec")]] extern constinit thread_local Own own;

// `count` words in a row that are 0 in every lane; `shared`: in the common lane only, for what is
// written rarely (8 bytes for all threads together). Aborts when 2^32 words are taken. Any thread.
Word take(std::uint32_t count, bool shared);
// Gives back what take() gave. Nobody may write or read these words any more.
void give_back(Word first, std::uint32_t count);

// The common lane's word, to be written. Any thread.
std::atomic_ref<std::uint64_t> common(Word word);
// What it holds. Pieces of the common lane are made when they are first written: most never are.
inline std::uint64_t load_common(Word word, std::memory_order order) {
  std::uint64_t* const piece = all.common[word / kChunk].load(std::memory_order_acquire);
  return piece == nullptr ? 0 : std::atomic_ref(piece[word % kChunk]).load(order);
}

// The lanes there are, the common one not among them; they are never taken away.
inline std::uint32_t count() {
  return all.count.load(std::memory_order_acquire);
}
// 0 when the lane has no such word. `lane` < count().
inline std::uint64_t load(std::uint32_t lane, Word word, std::memory_order order) {
  if (word >= kWords) return 0;
  return std::atomic_ref(all.lanes[lane].load(std::memory_order_relaxed)[word]).load(order);
}

// Around fork(): between the two nobody takes words or lanes. A child begins at zero.
void before_fork();
void after_fork(bool in_child);

// True: this thread may write own.words[word].
inline bool owned(Word word) {
  return word < own.size;
}
// The same for a thread that writes for the first time, which gets its lane here. Not inline, so
// that a write is a few instructions.
bool get_owned(Word word);

}  // namespace lanes

// The operations of a single word. Any thread, lock-free but for a thread's first write.
namespace word {

[[gnu::cold]] void add_slowly(Word at, std::uint64_t n);
inline void add(Word at, std::uint64_t n) {
  if (!lanes::owned(at)) [[unlikely]]
    return add_slowly(at, n);
  const std::atomic_ref mine(lanes::own.words[at]);
  mine.store(mine.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}

// The word holds the bits of a double; all writers of a word must agree on that.
[[gnu::cold]] void add_real_slowly(Word at, double x);
inline void add_real(Word at, double x) {
  if (!lanes::owned(at)) [[unlikely]]
    return add_real_slowly(at, x);
  const std::atomic_ref mine(lanes::own.words[at]);
  const double sum = std::bit_cast<double>(mine.load(std::memory_order_relaxed)) + x;
  mine.store(std::bit_cast<std::uint64_t>(sum), std::memory_order_relaxed);
}

// The sum over all lanes. What one thread wrote before it made another one read is in it; two
// readings one after the other never fall while only positive amounts are added.
inline std::uint64_t sum(Word at) {
  std::uint64_t total = lanes::load_common(at, std::memory_order_relaxed);
  for (std::uint32_t lane = lanes::count(); lane-- > 0;) {
    total += lanes::load(lane, at, std::memory_order_relaxed);
  }
  return total;
}
double sum_real(Word at);

}  // namespace word
}  // namespace tickwitness::telemetry::core
