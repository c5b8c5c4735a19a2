// What the process's control group may use and uses: in a container the truth that /proc/meminfo
// does not tell. Version 2 only (cgroups(7)).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tickwitness::runtime {

struct CgroupMemory {
  std::optional<std::uint64_t> limit;  // bytes; absent: none
  std::optional<std::uint64_t> used;   // bytes, of all processes of the group; absent: no group
};

// The group's path, from the text of /proc/self/cgroup. Nothing without version 2, or when the
// group lies outside of what the process sees.
std::optional<std::string> parse_cgroup_path(std::string_view cgroup);

// Of the group `path` below `root`, where cgroup2 is mounted. The limit is the lowest of the group
// and those above it.
CgroupMemory read_cgroup_memory(const std::string& root, const std::string& path);

}  // namespace tickwitness::runtime
