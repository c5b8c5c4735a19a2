// Any bytes as an event stream: the same events whether they come at once, one by one, or in
// pieces as long as the first byte says.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "sim/clients/page.h"

namespace {

using tickwitness::sim::EventStreamReader;
using tickwitness::sim::PageEvent;

std::vector<std::string> read(std::string_view bytes, std::size_t step) {
  std::vector<std::string> events;
  EventStreamReader reader([&](const PageEvent& event) {
    if (event.event.empty()) std::abort();
    events.push_back(event.id + '\n' + event.event + '\n' + event.data);
  });
  while (!bytes.empty()) {
    reader.read(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = read(bytes, size + 1);
  if (whole != read(bytes, 1)) std::abort();
  const std::size_t step = size == 0 ? 1 : data[0] % 16U + 2;
  if (whole != read(bytes, step)) std::abort();
  return 0;
}
