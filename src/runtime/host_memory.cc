#include "runtime/host_memory.h"

#include <limits>

#include "runtime/proc_text.h"

namespace tickwitness::runtime {

std::optional<HostMemory> parse_meminfo(std::string_view meminfo) {
  constexpr std::uint64_t kUnit = 1024;
  std::optional<std::uint64_t> total;
  std::optional<std::uint64_t> available;
  while (!meminfo.empty()) {
    const auto words = words_of(take_line(meminfo));
    if (words.size() != 3 || words[2] != "kB") continue;
    const auto value = whole_number(words[1]);
    if (!value || *value > std::numeric_limits<std::uint64_t>::max() / kUnit) continue;
    if (words[0] == "MemTotal:") total = *value * kUnit;
    if (words[0] == "MemAvailable:") available = *value * kUnit;
  }
  if (!total || !available || *available > *total) return std::nullopt;
  return HostMemory{.total = *total, .available = *available};
}

}  // namespace tickwitness::runtime
