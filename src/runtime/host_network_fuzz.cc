// Whatever /proc/net/dev says: no interface without a name, never the loopback, and nothing is
// counted twice.
#include "runtime/host_network.h"

#include <cstddef>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tickwitness::runtime;
  const auto found = parse_net_dev({reinterpret_cast<const char*>(data), size});
  if (!found) return 0;
  NetworkBytes sum;
  for (const auto& [name, bytes] : *found) {
    if (name.empty() || name == "lo" || name.find_first_of(" \t\n") != name.npos) std::abort();
    sum.received += bytes.received;
    sum.sent += bytes.sent;
  }
  NetworkTotals totals;
  if (totals.advance(*found) != sum) std::abort();
  if (totals.advance(*found) != NetworkBytes{}) std::abort();
  return 0;
}
