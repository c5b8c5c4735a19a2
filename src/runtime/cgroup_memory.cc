#include "runtime/cgroup_memory.h"

#include <algorithm>

#include "runtime/proc_text.h"

namespace tickwitness::runtime {
namespace {

// One number; a limit that is "max" is none.
std::optional<std::uint64_t> read_number(const std::string& path) {
  const auto text = read_text(path);
  if (!text) return std::nullopt;
  const auto words = words_of(*text);
  return words.size() == 1 ? whole_number(words[0]) : std::nullopt;
}

}  // namespace

std::optional<std::string> parse_cgroup_path(std::string_view cgroup) {
  constexpr std::string_view kVersion2 = "0::";
  while (!cgroup.empty()) {
    std::string_view line = take_line(cgroup);
    if (!line.starts_with(kVersion2)) continue;
    line.remove_prefix(kVersion2.size());
    if (!line.starts_with('/') || line.starts_with("/..")) return std::nullopt;
    return std::string(line);
  }
  return std::nullopt;
}

CgroupMemory read_cgroup_memory(const std::string& root, const std::string& path) {
  CgroupMemory memory;
  // Where the whole path is not mounted, as in a container that sees its own part only, the group
  // is the first one above that is.
  for (std::string at = path == "/" ? "" : path;; at.resize(at.rfind('/'))) {
    const std::string folder = root + at;
    if (!memory.used) memory.used = read_number(folder + "/memory.current");
    if (const auto limit = read_number(folder + "/memory.max")) {
      memory.limit = std::min(memory.limit.value_or(*limit), *limit);
    }
    if (at.empty()) return memory;
  }
}

}  // namespace tickwitness::runtime
