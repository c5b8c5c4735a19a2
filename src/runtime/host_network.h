// What went over the machine's network interfaces, from /proc/net/dev: those of the network
// namespace that the process is in.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tickwitness::runtime {

struct NetworkBytes {
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  friend bool operator==(const NetworkBytes&, const NetworkBytes&) = default;
};

// By interface, without the loopback.
using Interfaces = std::map<std::string, NetworkBytes>;

// `dev`: the text of the file. Nothing when any line of it cannot be understood.
std::optional<Interfaces> parse_net_dev(std::string_view dev);

// What the interfaces carried together. Never falls: not when one goes, nor when the count of one
// begins anew.
class NetworkTotals {
 public:
  // The bytes since the last call; at the first, all that they count.
  NetworkBytes advance(Interfaces now);

 private:
  Interfaces seen_;
};

}  // namespace tickwitness::runtime
