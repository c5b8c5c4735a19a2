#include "runtime/host_load.h"

#include "runtime/proc_text.h"

namespace tickwitness::runtime {

std::optional<double> parse_uptime(std::string_view uptime) {
  const auto words = words_of(uptime);
  if (words.empty()) return std::nullopt;
  return decimal_number(words[0]);
}

std::optional<std::array<double, 3>> parse_loadavg(std::string_view loadavg) {
  const auto words = words_of(loadavg);
  std::array<double, 3> load{};
  if (words.size() < load.size()) return std::nullopt;
  for (std::size_t i = 0; i < load.size(); ++i) {
    const auto value = decimal_number(words[i]);
    if (!value) return std::nullopt;
    load[i] = *value;
  }
  return load;
}

}  // namespace tickwitness::runtime
