#include "runtime/process_stats.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "runtime/proc_text.h"

namespace tickwitness::runtime {
namespace {

std::optional<std::uint64_t> count_files(const std::string& folder) {
  std::error_code error;
  std::filesystem::directory_iterator files(folder, error);
  if (error) return std::nullopt;
  std::uint64_t count = 0;
  for (; files != std::filesystem::directory_iterator(); files.increment(error)) {
    if (error) return std::nullopt;
    ++count;
  }
  return count == 0 ? 0 : count - 1;  // one is the descriptor that the listing itself holds open
}

// A limit of 2^64 - 1 is none, which the official clients export as that number too.
std::optional<std::uint64_t> soft_limit(decltype(RLIMIT_AS) resource) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0) return std::nullopt;
  return limit.rlim_cur;
}

}  // namespace

void parse_stat(std::string_view stat, std::uint64_t ticks_per_second, std::uint64_t page_bytes,
                std::optional<double> boot_time, ProcessStats& out) {
  // The second field is the program's name in parentheses and may hold anything, spaces and
  // parentheses too. Behind it the fields are counted from the third.
  const auto name_end = stat.rfind(')');
  if (name_end == std::string_view::npos || ticks_per_second == 0) return;
  const auto fields = words_of(stat.substr(name_end + 1));
  const auto field = [&](std::size_t one_based) -> std::optional<std::uint64_t> {
    const std::size_t index = one_based - 3;
    return index < fields.size() ? whole_number(fields[index]) : std::nullopt;
  };
  const auto hertz = static_cast<double>(ticks_per_second);
  const auto user = field(14);
  const auto system = field(15);
  if (user && system) out.cpu_seconds = static_cast<double>(*user + *system) / hertz;
  out.threads = field(20);
  const auto start = field(22);
  if (start && boot_time) out.start_time_seconds = *boot_time + static_cast<double>(*start) / hertz;
  out.virtual_bytes = field(23);
  if (const auto pages = field(24)) out.resident_bytes = *pages * page_bytes;
}

std::optional<double> parse_boot_time(std::string_view stat) {
  constexpr std::string_view kKey = "\nbtime ";
  const auto at = stat.find(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  stat.remove_prefix(at + kKey.size());
  const auto value = whole_number(stat.substr(0, stat.find('\n')));
  if (!value) return std::nullopt;
  return static_cast<double>(*value);
}

ProcessStatsReader::ProcessStatsReader(std::string proc)
    : proc_(std::move(proc)),
      ticks_per_second_(static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK))),
      page_bytes_(static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE))),
      boot_time_(parse_boot_time(read_text(proc_ + "/stat").value_or(""))) {}

ProcessStats ProcessStatsReader::read() const {
  ProcessStats stats;
  parse_stat(read_text(proc_ + "/self/stat").value_or(""), ticks_per_second_, page_bytes_,
             boot_time_, stats);
  stats.open_fds = count_files(proc_ + "/self/fd");
  stats.max_fds = soft_limit(RLIMIT_NOFILE);
  stats.virtual_max_bytes = soft_limit(RLIMIT_AS);
  return stats;
}

}  // namespace tickwitness::runtime
