#include "app/machine_meter.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "runtime/cgroup_memory.h"
#include "runtime/disk_space.h"
#include "runtime/host_load.h"
#include "runtime/host_memory.h"
#include "runtime/proc_text.h"

namespace tickwitness::app {
namespace {

namespace label = telemetry::label;

void show(const telemetry::Gauge& gauge, const auto& value) {
  if (value) return gauge.set(static_cast<double>(*value));
  gauge.clear();
}

}  // namespace

MachineMeter::MachineMeter(telemetry::Catalog& metrics, runtime::Log& log,
                           const std::string& data_directory, MachineFiles files)
    : metrics_(metrics), log_(log), files_(std::move(files)), process_(files_.proc), mounts_{"/"} {
  const auto mount = runtime::mount_point_of(data_directory);
  if (!mount) {
    unreadable(data_directory);
  } else if (*mount != "/") {
    mounts_.push_back(*mount);
  }
}

void MachineMeter::measure() {
  measure_process();
  measure_memory();
  measure_cgroup();
  measure_cpu();
  measure_load();
  measure_network();
  measure_disks();
}

template <class Parse>
auto MachineMeter::read(const std::string& name, Parse parse) -> decltype(parse("")) {
  const std::string path = files_.proc + name;
  const auto text = runtime::read_text(path);
  auto found = text ? parse(*text) : std::nullopt;
  if (!found) unreadable(path);
  return found;
}

void MachineMeter::unreadable(const std::string& what) {
  if (!told_.insert(what).second) return;
  log_.error("runtime", "cannot be read, its metrics are absent", {{"what", what}});
}

void MachineMeter::measure_process() {
  const runtime::ProcessStats stats = process_.read();
  show(metrics_.memory_bytes.at(label::Memory::rss), stats.resident_bytes);
  show(metrics_.memory_bytes.at(label::Memory::virtual_), stats.virtual_bytes);
  show(metrics_.process_virtual_memory_max_bytes.at(), stats.virtual_max_bytes);
  show(metrics_.process_open_fds.at(), stats.open_fds);
  show(metrics_.process_max_fds.at(), stats.max_fds);
  show(metrics_.process_threads.at(), stats.threads);
  show(metrics_.process_start_time_seconds.at(), stats.start_time_seconds);
  if (stats.cpu_seconds) {
    metrics_.process_cpu_seconds.at().add(*stats.cpu_seconds - process_cpu_seen_);
    process_cpu_seen_ = *stats.cpu_seconds;
  }
  if (!stats.cpu_seconds || !stats.resident_bytes) {
    unreadable(files_.proc + "/self/stat");
  } else if (!stats.start_time_seconds) {
    unreadable(files_.proc + "/stat");
  }
  if (!stats.open_fds) unreadable(files_.proc + "/self/fd");
}

void MachineMeter::measure_memory() {
  const auto memory = read("/meminfo", runtime::parse_meminfo);
  const auto say = [&](label::Memory what, auto value) {
    show(metrics_.memory_bytes.at(what), memory.transform(value));
  };
  say(label::Memory::system_total, [](const auto& m) { return m.total; });
  say(label::Memory::system_available, [](const auto& m) { return m.available; });
  say(label::Memory::system_used, [](const auto& m) { return m.used(); });
}

// To be in no group, or in one without a limit, is no error.
void MachineMeter::measure_cgroup() {
  const auto text = runtime::read_text(files_.proc + "/self/cgroup");
  const auto path = text ? runtime::parse_cgroup_path(*text) : std::nullopt;
  const runtime::CgroupMemory memory =
      path ? runtime::read_cgroup_memory(files_.cgroup, *path) : runtime::CgroupMemory{};
  show(metrics_.memory_bytes.at(label::Memory::cgroup_limit), memory.limit);
  show(metrics_.memory_bytes.at(label::Memory::cgroup_used), memory.used);
}

void MachineMeter::measure_cpu() {
  const auto ticks = static_cast<std::uint64_t>(std::max(0L, sysconf(_SC_CLK_TCK)));
  const auto cpu =
      read("/stat", [&](std::string_view text) { return runtime::parse_cpu(text, ticks); });
  if (!cpu) return;
  for (std::size_t i = 0; i < cpu->size(); ++i) {
    const auto mode = telemetry::from_word<label::CpuMode>(runtime::kCpuModes[i]);
    // The kernel takes idle time and waiting for disks back at times; a counter stays.
    metrics_.host_cpu_seconds.at(*mode).add((*cpu)[i] - cpu_seen_[i]);
    cpu_seen_[i] = std::max(cpu_seen_[i], (*cpu)[i]);
  }
}

void MachineMeter::measure_load() {
  show(metrics_.host_uptime_seconds.at(), read("/uptime", runtime::parse_uptime));
  const auto load = read("/loadavg", runtime::parse_loadavg);
  const auto say = [&](const telemetry::Gauge& gauge, std::size_t which) {
    show(gauge, load.transform([&](const auto& all) { return all[which]; }));
  };
  say(metrics_.host_load1.at(), 0);
  say(metrics_.host_load5.at(), 1);
  say(metrics_.host_load15.at(), 2);
}

void MachineMeter::measure_network() {
  auto interfaces = read("/net/dev", runtime::parse_net_dev);
  if (!interfaces) return;
  const runtime::NetworkBytes bytes = network_.advance(*std::move(interfaces));
  metrics_.host_network_bytes.at(label::Direction::in).add(bytes.received);
  metrics_.host_network_bytes.at(label::Direction::out).add(bytes.sent);
}

void MachineMeter::measure_disks() {
  for (const auto& mount : mounts_) {
    const auto space = runtime::disk_space(mount);
    if (!space) unreadable(mount);
    const label::Mount at{mount};
    show(metrics_.host_disk_size_bytes.at(at), space.transform([](auto& s) { return s.size; }));
    show(metrics_.host_disk_used_bytes.at(at), space.transform([](auto& s) { return s.used; }));
    show(metrics_.host_disk_available_bytes.at(at),
         space.transform([](auto& s) { return s.available; }));
  }
}

}  // namespace tickwitness::app
