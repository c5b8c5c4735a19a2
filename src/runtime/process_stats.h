// What Linux says about this process, for the instruments process_*. Parsing is apart from reading,
// so that it can be tested; proc(5) is the source.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tickwitness::runtime {

// Each absent when the system does not say it.
struct ProcessStats {
  std::optional<std::uint64_t> resident_bytes;
  std::optional<double> cpu_seconds;         // user and system, since the start
  std::optional<double> start_time_seconds;  // Unix time
  std::optional<std::uint64_t> threads;
  std::optional<std::uint64_t> open_fds;
  std::optional<std::uint64_t> max_fds;
  std::optional<std::uint64_t> virtual_bytes;
  std::optional<std::uint64_t> virtual_max_bytes;  // 2^64 - 1: no limit, exported rounded
};

// Fills what /proc/self/stat says. `boot_time`: Unix time of the boot, absent: unknown.
void parse_stat(std::string_view stat, std::uint64_t ticks_per_second, std::uint64_t page_bytes,
                std::optional<double> boot_time, ProcessStats& out);

// `btime` of /proc/stat.
std::optional<double> parse_boot_time(std::string_view stat);

// Reads /proc/self, a few system calls; once a second is cheap. Not thread-safe.
class ProcessStatsReader {
 public:
  // `proc`: where it is mounted.
  explicit ProcessStatsReader(std::string proc = "/proc");
  ProcessStats read() const;

 private:
  std::string proc_;
  std::uint64_t ticks_per_second_;
  std::uint64_t page_bytes_;
  std::optional<double> boot_time_;
};

}  // namespace tickwitness::runtime
