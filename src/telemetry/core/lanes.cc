#include "telemetry/core/lanes.h"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <vector>

namespace tickwitness::telemetry::core::lanes {

constinit thread_local Own own{nullptr, 0};
constinit All all{};

namespace {

[[noreturn]] void die(const char* why) {
  // There is nobody to return an error to: a counter that does not count would be a lie.
  std::fprintf(stderr, "tickwitness telemetry: %s\n", why);
  std::abort();
}

// Address space of zeros.
std::uint64_t* reserve(std::size_t words) {
  void* const got = ::mmap(nullptr, words * sizeof(std::uint64_t), PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (got == MAP_FAILED) return nullptr;
  // A huge page for each thread's first word would cost 2 MiB; that this fails on some kernels is
  // no harm.
  static_cast<void>(::madvise(got, words * sizeof(std::uint64_t), MADV_NOHUGEPAGE));
  return static_cast<std::uint64_t*>(got);
}

void zero(std::uint64_t* words, std::size_t count) {
  // What was never touched stays so: the system forgets the pages, and gives zeros anew.
  if (::madvise(words, count * sizeof(std::uint64_t), MADV_DONTNEED) != 0) {
    die("madvise cannot empty the counters of a forked process");
  }
}

// Lives as long as the process: threads write until the very end.
struct Taken {
  std::mutex mutex;  // of all that follows, and of additions to `all`
  std::vector<std::uint64_t*> idle;
  Word next_own = 0;
  Word next_common = kWords;
  std::map<std::uint32_t, std::vector<Word>> free_own, free_common;  // by length
};

Taken& taken() {
  static Taken& taken = *new Taken;
  return taken;
}

// At the end of a thread: its lane waits for the next one.
struct Reaper {
  Reaper() = default;
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;
  ~Reaper() {
    if (own.words == nullptr) return;
    const std::lock_guard lock(taken().mutex);
    taken().idle.push_back(own.words);
    own = {nullptr, 0};
  }
};

constinit thread_local bool attached_once = false;

bool take_free(std::map<std::uint32_t, std::vector<Word>>& free, std::uint32_t count, Word& out) {
  const auto found = free.find(count);
  if (found == free.end() || found->second.empty()) return false;
  out = found->second.back();
  found->second.pop_back();
  return true;
}

void clear(std::atomic_ref<std::uint64_t> word) {
  // Not written when it is 0: that would touch memory which nobody needed so far.
  if (word.load(std::memory_order_relaxed) != 0) word.store(0, std::memory_order_relaxed);
}

}  // namespace

Word take(std::uint32_t count, bool shared) {
  Taken& now = taken();
  const std::lock_guard lock(now.mutex);
  Word first = 0;
  if (!shared) {
    if (take_free(now.free_own, count, first)) return first;
    if (count <= kWords - now.next_own) {
      first = now.next_own;
      now.next_own += count;
      return first;
    }
  }
  if (take_free(now.free_common, count, first)) return first;
  if (count > ~Word{0} - now.next_common) die("more than 2^32 words of counters are in use");
  first = now.next_common;
  now.next_common += count;
  return first;
}

void give_back(Word first, std::uint32_t count) {
  Taken& now = taken();
  const std::lock_guard lock(now.mutex);
  for (Word word = first; word < first + count; ++word) {
    if (load_common(word, std::memory_order_relaxed) != 0) common(word).store(0);
    if (word >= kWords) continue;
    for (std::uint32_t i = 0; i < all.count.load(std::memory_order_relaxed); ++i) {
      clear(std::atomic_ref(all.lanes[i].load(std::memory_order_relaxed)[word]));
    }
  }
  (first < kWords ? now.free_own : now.free_common)[count].push_back(first);
}

namespace {

// True: `own` has words now.
bool attach() {
  if (attached_once) return false;  // this thread is being torn down, or got no lane
  attached_once = true;
  Taken& now = taken();
  {
    const std::lock_guard lock(now.mutex);
    const std::uint32_t made = all.count.load(std::memory_order_relaxed);
    if (!now.idle.empty()) {
      own = {now.idle.back(), kWords};
      now.idle.pop_back();
    } else if (std::uint64_t* const words = made < kLanesMax ? reserve(kWords) : nullptr) {
      all.lanes[made].store(words, std::memory_order_relaxed);
      all.count.store(made + 1, std::memory_order_release);
      own = {words, kWords};
    }
  }
  if (own.words == nullptr) return false;
  static thread_local Reaper reaper;
  static_cast<void>(reaper);
  return true;
}

}  // namespace

bool get_owned(Word word) {
  return owned(word) || (word < kWords && own.size == 0 && attach());
}

std::atomic_ref<std::uint64_t> common(Word word) {
  std::atomic<std::uint64_t*>& piece = all.common[word / kChunk];
  std::uint64_t* words = piece.load(std::memory_order_acquire);
  if (words == nullptr) {
    const std::lock_guard lock(taken().mutex);
    words = piece.load(std::memory_order_relaxed);
    if (words == nullptr) {
      words = reserve(kChunk);
      if (words == nullptr) die("no memory for more counters");
      piece.store(words, std::memory_order_release);
    }
  }
  return std::atomic_ref(words[word % kChunk]);
}

void before_fork() {
  taken().mutex.lock();
}

// In the child the other threads' lanes are nobody's now. Its memory is its own: the parent sees
// nothing of this.
void after_fork(bool in_child) {
  Taken& now = taken();
  if (in_child) {
    now.idle.clear();
    for (std::uint32_t i = 0; i < all.count.load(std::memory_order_relaxed); ++i) {
      std::uint64_t* const words = all.lanes[i].load(std::memory_order_relaxed);
      zero(words, kWords);
      if (words != own.words) now.idle.push_back(words);
    }
    for (auto& chunk : all.common) {
      if (std::uint64_t* const words = chunk.load(std::memory_order_relaxed)) zero(words, kChunk);
    }
  }
  now.mutex.unlock();
}

}  // namespace tickwitness::telemetry::core::lanes

namespace tickwitness::telemetry::core::word {

void add_slowly(Word at, std::uint64_t n) {
  if (lanes::get_owned(at)) return add(at, n);
  lanes::common(at).fetch_add(n, std::memory_order_relaxed);
}

void add_real_slowly(Word at, double x) {
  if (lanes::get_owned(at)) return add_real(at, x);
  const auto word = lanes::common(at);
  std::uint64_t seen = word.load(std::memory_order_relaxed);
  while (!word.compare_exchange_weak(seen,
                                     std::bit_cast<std::uint64_t>(std::bit_cast<double>(seen) + x),
                                     std::memory_order_relaxed)) {
  }
}

double sum_real(Word at) {
  double total = std::bit_cast<double>(lanes::load_common(at, std::memory_order_relaxed));
  for (std::uint32_t lane = lanes::count(); lane-- > 0;) {
    total += std::bit_cast<double>(lanes::load(lane, at, std::memory_order_relaxed));
  }
  return total;
}

}  // namespace tickwitness::telemetry::core::word
