// What the machine and the process use, from the operating system into the instruments process_*,
// memory_bytes and host_*. The real world's: a simulated world has no machine to read.
#pragma once

#include <array>
#include <set>
#include <string>
#include <vector>

#include "runtime/host_cpu.h"
#include "runtime/host_network.h"
#include "runtime/log.h"
#include "runtime/process_stats.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::app {

// Where the system says it.
struct MachineFiles {
  std::string proc = "/proc";
  std::string cgroup = "/sys/fs/cgroup";
};

// Reads files and asks file systems: not for a thread that something waits for within a
// millisecond. Not thread-safe.
class MachineMeter {
 public:
  // Watches the file systems of `data_directory` and of "/". All outlive the meter.
  MachineMeter(telemetry::Catalog& metrics, runtime::Log& log, const std::string& data_directory,
               MachineFiles files = {});

  // Once a second. What cannot be read is absent, and an error is logged the first time.
  void measure();

 private:
  void measure_process();
  void measure_memory();
  void measure_cgroup();
  void measure_cpu();
  void measure_load();
  void measure_network();
  void measure_disks();
  template <class Parse>
  auto read(const std::string& name, Parse parse) -> decltype(parse(""));
  void unreadable(const std::string& what);

  telemetry::Catalog& metrics_;
  runtime::Log& log_;
  MachineFiles files_;
  runtime::ProcessStatsReader process_;
  std::vector<std::string> mounts_;
  double process_cpu_seen_ = 0;
  runtime::CpuSeconds cpu_seen_{};
  runtime::NetworkTotals network_;
  std::set<std::string> told_;
};

}  // namespace tickwitness::app
