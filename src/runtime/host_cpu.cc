#include "runtime/host_cpu.h"

#include "runtime/proc_text.h"

namespace tickwitness::runtime {

std::optional<CpuSeconds> parse_cpu(std::string_view stat, std::uint64_t ticks_per_second) {
  const auto words = words_of(take_line(stat));
  if (words.size() <= kCpuModes.size() || words[0] != "cpu" || ticks_per_second == 0) {
    return std::nullopt;
  }
  CpuSeconds seconds{};
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    const auto ticks = whole_number(words[i + 1]);
    if (!ticks) return std::nullopt;
    seconds[i] = static_cast<double>(*ticks) / static_cast<double>(ticks_per_second);
  }
  return seconds;
}

}  // namespace tickwitness::runtime
