// Whatever /proc/meminfo says: memory in use is never more than there is.
#include "runtime/host_memory.h"

#include <cstddef>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto memory = tickwitness::runtime::parse_meminfo(text);
  if (!memory) return 0;
  if (memory->used() > memory->total || memory->used() + memory->available != memory->total) {
    std::abort();
  }
  if (text.find("MemTotal:") == text.npos || text.find("MemAvailable:") == text.npos) std::abort();
  return 0;
}
