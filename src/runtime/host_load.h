// How long the machine has run and how busy it is, from /proc/uptime and /proc/loadavg.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace tickwitness::runtime {

// Seconds since the boot.
std::optional<double> parse_uptime(std::string_view uptime);

// Tasks that ran or waited for a processor or a disk, on average over 1, 5 and 15 minutes.
std::optional<std::array<double, 3>> parse_loadavg(std::string_view loadavg);

}  // namespace tickwitness::runtime
