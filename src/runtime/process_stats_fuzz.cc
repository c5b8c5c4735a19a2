// A program may be called anything, and its name stands in /proc/self/stat: the fields behind it
// are found all the same.
#include "runtime/process_stats.h"

#include <cstddef>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tickwitness::runtime;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ProcessStats any;
  parse_stat(text, 100, 4096, parse_boot_time(text), any);
  if (any.cpu_seconds && !(*any.cpu_seconds >= 0)) std::abort();

  const std::string named = "42 (" + std::string(text) +
                            ") S 1 42 42 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 7 0 30000 100000 "
                            "250 0\n";
  ProcessStats stats;
  parse_stat(named, 100, 4096, 1000.0, stats);
  if (stats.cpu_seconds != 2.0 || stats.threads != 7U || stats.start_time_seconds != 1300.0 ||
      stats.virtual_bytes != 100'000U || stats.resident_bytes != 250U * 4096) {
    std::abort();
  }
  return 0;
}
