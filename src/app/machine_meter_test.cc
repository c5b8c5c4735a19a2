#include "app/machine_meter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "runtime/clock.h"
#include "runtime/temporary_dir.h"
#include "telemetry/test_read.h"

namespace tickwitness::app {
namespace {

using telemetry::test::read;

constexpr const char* kNetHeading = "Inter-|   Receive |  Transmit\n face |bytes packets\n";

// A machine of files, all of which say something.
class MachineMeterTest : public ::testing::Test {
 protected:
  MachineMeterTest() {
    write("/proc/self/stat",
          "42 (x) S 1 42 42 0 -1 0 0 0 0 0 150 50 0 0 20 0 7 0 300 9000 2 0 0\n");
    write("/proc/self/fd/0", "");
    write("/proc/self/fd/1", "");
    write("/proc/self/fd/2", "");
    write("/proc/self/cgroup", "0::/box\n");
    write("/cgroup/box/memory.max", "5000\n");
    write("/cgroup/box/memory.current", "4000\n");
    write("/proc/stat", "cpu  100 200 300 400 500 600 700 800 0 0\nbtime 1700000000\n");
    write("/proc/meminfo", "MemTotal: 8 kB\nMemAvailable: 5 kB\n");
    write("/proc/uptime", "1234.5 1\n");
    write("/proc/loadavg", "0.25 0.5 0.75 1/2 3\n");
    write("/proc/net/dev", std::string(kNetHeading) + "eth0: 70 0 0 0 0 0 0 0 80\n");
  }
  void write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = root.path() + name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  void remove(const std::string& name) { std::filesystem::remove_all(root.path() + name); }
  MachineMeter make(const std::string& data_directory) {
    return {metrics, log, data_directory, {root.path() + "/proc", root.path() + "/cgroup"}};
  }
  std::optional<double> value(
      const std::string& name,
      std::initializer_list<std::pair<std::string_view, std::string_view>> labels = {}) {
    return read(registry, "tickwitness_" + name, labels);
  }

  runtime::TemporaryDirectory root = runtime::TemporaryDirectory::make().value();
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  runtime::SystemClock clock;
  std::string lines;
  runtime::Log log{
      clock, base::LogFormat::logfmt, {}, [this](std::string_view line) { lines += line; }};
};

TEST_F(MachineMeterTest, ExportsWhatTheFilesSay) {
  MachineMeter meter = make("/");
  meter.measure();
  const std::pair<const char*, double> memory[] = {
      {"virtual", 9000},          {"system_total", 8192},   {"system_available", 5120},
      {"system_used", 3 * 1024.}, {"cgroup_limit", 5000.0}, {"cgroup_used", 4000}};
  for (const auto& [type, bytes] : memory) {
    EXPECT_EQ(value("memory_bytes", {{"type", type}}), bytes) << type;
  }
  EXPECT_GE(value("memory_bytes", {{"type", "rss"}}), 8192);  // two pages, of 4 KiB or more
  EXPECT_EQ(value("process_open_fds"), 2);                    // but for the one that lists them
  EXPECT_GT(value("process_max_fds"), 0);
  EXPECT_EQ(value("process_threads"), 7);
  EXPECT_GT(value("process_start_time_seconds"), 1'700'000'000);
  EXPECT_GT(value("process_cpu_seconds_total"), 0);
  EXPECT_EQ(value("host_uptime_seconds"), 1234.5);
  EXPECT_EQ(value("host_load1"), 0.25);
  EXPECT_EQ(value("host_load5"), 0.5);
  EXPECT_EQ(value("host_load15"), 0.75);
  EXPECT_EQ(value("host_network_bytes_total", {{"direction", "in"}}), 70);
  EXPECT_EQ(value("host_network_bytes_total", {{"direction", "out"}}), 80);
  const auto root_space = std::filesystem::space("/");
  EXPECT_EQ(value("host_disk_size_bytes", {{"mount", "/"}}), root_space.capacity);
  EXPECT_GT(value("host_disk_used_bytes", {{"mount", "/"}}), 0);
  EXPECT_GT(value("host_disk_available_bytes", {{"mount", "/"}}), 0);
  EXPECT_EQ(lines, "");
}

TEST_F(MachineMeterTest, EveryModeOfProcessorsHasALabel) {
  MachineMeter meter = make("/");
  meter.measure();
  const double ticks = 100.0 / *value("host_cpu_seconds_total", {{"mode", "user"}});
  double expected = 0;
  for (const auto mode : runtime::kCpuModes) {
    expected += 100 / ticks;
    EXPECT_DOUBLE_EQ(value("host_cpu_seconds_total", {{"mode", mode}}).value_or(-1), expected)
        << mode;
  }
}

TEST_F(MachineMeterTest, CountersOfTheMachineNeverFall) {
  MachineMeter meter = make("/");
  meter.measure();
  const auto idle = [&] { return *value("host_cpu_seconds_total", {{"mode", "idle"}}); };
  const double before = idle();
  write("/proc/stat", "cpu  100 200 300 390 500 600 700 800 0 0\nbtime 1700000000\n");
  write("/proc/net/dev", std::string(kNetHeading) + "eth1: 1 0 0 0 0 0 0 0 2\n");
  meter.measure();
  EXPECT_EQ(idle(), before);
  EXPECT_EQ(value("host_network_bytes_total", {{"direction", "in"}}), 71);
  write("/proc/stat", "cpu  100 200 300 800 500 600 700 800 0 0\nbtime 1700000000\n");
  meter.measure();
  EXPECT_DOUBLE_EQ(idle(), 2 * before);
}

TEST_F(MachineMeterTest, WhatCannotBeReadIsAbsentAndToldOnce) {
  MachineMeter meter = make("/");
  meter.measure();
  remove("/proc");
  meter.measure();
  meter.measure();
  for (const auto* type : {"rss", "virtual", "system_total", "cgroup_limit", "cgroup_used"}) {
    EXPECT_EQ(value("memory_bytes", {{"type", type}}), std::nullopt) << type;
  }
  for (const auto* name : {"process_open_fds", "process_threads", "process_start_time_seconds",
                           "host_uptime_seconds", "host_load1", "host_load5", "host_load15"}) {
    EXPECT_EQ(value(name), std::nullopt) << name;
  }
  for (const auto* file :
       {"/meminfo", "/uptime", "/loadavg", "/net/dev", "/self/stat", "/stat", "/self/fd"}) {
    const std::string what = "what=" + root.path() + "/proc" + file + "\n";
    const auto first = lines.find(what);
    EXPECT_NE(first, std::string::npos) << what;
    EXPECT_EQ(lines.find(what, first + 1), std::string::npos) << what;
  }
  EXPECT_EQ(std::ranges::count(lines, '\n'), 7) << lines;
  EXPECT_EQ(lines.find("level=info"), std::string::npos);
}

TEST_F(MachineMeterTest, NothingIsSaidOfAGroupThatIsNotThere) {
  remove("/proc/self/cgroup");
  MachineMeter meter = make("/");
  meter.measure();
  EXPECT_EQ(value("memory_bytes", {{"type", "cgroup_limit"}}), std::nullopt);
  EXPECT_EQ(value("memory_bytes", {{"type", "cgroup_used"}}), std::nullopt);
  EXPECT_EQ(lines, "");
}

TEST_F(MachineMeterTest, WatchesTheFileSystemOfTheData) {
  MachineMeter meter = make("/proc/self");  // a file system of its own, wherever this runs
  meter.measure();
  EXPECT_EQ(value("host_disk_used_bytes", {{"mount", "/proc"}}), 0);
  EXPECT_GT(value("host_disk_used_bytes", {{"mount", "/"}}), 0);
}

}  // namespace
}  // namespace tickwitness::app
