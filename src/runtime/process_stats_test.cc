#include "runtime/process_stats.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <ctime>

namespace tickwitness::runtime {
namespace {

TEST(ProcessStats, ParsesStatWhateverTheProgramIsCalled) {
  for (const char* name : {"(tickwitness)", "(a b)", "(a) 1 2 (b)"}) {
    const std::string text = std::string("42 ") + name +
                             " S 1 42 42 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 7 0 30000 100000 "
                             "250 18446744073709551615 0\n";
    ProcessStats stats;
    parse_stat(text, 100, 4096, 1'700'000'000.0, stats);
    EXPECT_EQ(stats.cpu_seconds, 2.0) << name;  // (150 + 50) / 100
    EXPECT_EQ(stats.threads, 7U);
    EXPECT_EQ(stats.start_time_seconds, 1'700'000'300.0);
    EXPECT_EQ(stats.resident_bytes, 250U * 4096);
    EXPECT_EQ(stats.virtual_bytes, 100'000U);
  }
}

TEST(ProcessStats, WhatIsNotSaidIsAbsent) {
  for (const char* text : {"", "42 (x", "42 (x) S 1 2", "42 (x) S a b c"}) {
    ProcessStats stats;
    parse_stat(text, 100, 4096, 1.0, stats);
    EXPECT_FALSE(stats.cpu_seconds) << text;
    EXPECT_FALSE(stats.resident_bytes) << text;
    EXPECT_FALSE(stats.virtual_bytes) << text;
    EXPECT_FALSE(stats.start_time_seconds) << text;
    EXPECT_FALSE(stats.threads) << text;
  }
  const ProcessStats nothing = ProcessStatsReader("/no/such/folder").read();
  EXPECT_FALSE(nothing.open_fds);
  EXPECT_FALSE(nothing.cpu_seconds);
}

TEST(ProcessStats, BootTime) {
  EXPECT_EQ(parse_boot_time("cpu 1 2\nbtime 1700000000\nprocesses 5\n"), 1'700'000'000.0);
  EXPECT_FALSE(parse_boot_time("cpu 1 2\n"));
  EXPECT_FALSE(parse_boot_time("cpu\nbtime x\n"));
}

TEST(ProcessStats, ReadsThisProcess) {
  const ProcessStatsReader reader;
  const ProcessStats before = reader.read();
  ASSERT_TRUE(before.open_fds && before.resident_bytes && before.start_time_seconds);
  EXPECT_GE(before.threads, 1U);
  EXPECT_GT(*before.resident_bytes, 100'000U);
  EXPECT_LE(*before.start_time_seconds, static_cast<double>(std::time(nullptr)) + 2);
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  EXPECT_EQ(reader.read().open_fds, *before.open_fds + 1);
  close(fd);
}

TEST(ProcessStats, LimitsAreThoseThatHold) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const ProcessStatsReader reader;
  EXPECT_EQ(reader.read().max_fds, before.rlim_cur);
  rlimit lower = before;
  lower.rlim_cur = 64;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &lower), 0);
  EXPECT_EQ(reader.read().max_fds, 64U);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_GT(*reader.read().virtual_max_bytes, *reader.read().virtual_bytes);
}

}  // namespace
}  // namespace tickwitness::runtime
