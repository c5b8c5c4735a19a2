// The machine's memory, from /proc/meminfo.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tickwitness::runtime {

// Bytes. In a container these are the machine's, not the container's (cgroup_memory.h).
struct HostMemory {
  std::uint64_t total = 0;
  std::uint64_t available = 0;  // what programs can have without swapping, by the kernel's estimate
  std::uint64_t used() const { return total - available; }  // as free(1) says it
};

// `meminfo`: the text of the file. Nothing when it does not say both, or says nonsense.
std::optional<HostMemory> parse_meminfo(std::string_view meminfo);

}  // namespace tickwitness::runtime
