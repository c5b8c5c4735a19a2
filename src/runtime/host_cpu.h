// What the machine's processors did, from /proc/stat.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tickwitness::runtime {

// In the order of the file. The time of guests is in user and nice.
inline constexpr std::array<std::string_view, 8> kCpuModes{"user",   "nice", "system",  "idle",
                                                           "iowait", "irq",  "softirq", "steal"};

// Seconds in each mode since the boot, summed over processors.
using CpuSeconds = std::array<double, kCpuModes.size()>;

// `stat`: the text of /proc/stat. Nothing when it does not say all of them.
std::optional<CpuSeconds> parse_cpu(std::string_view stat, std::uint64_t ticks_per_second);

}  // namespace tickwitness::runtime
