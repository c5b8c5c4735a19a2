#include "runtime/host_memory.h"

#include <gtest/gtest.h>

namespace tickwitness::runtime {
namespace {

TEST(HostMemory, IsWhatTheFileSays) {
  const auto memory = parse_meminfo(
      "MemTotal:       24684096 kB\nMemFree:        22326568 kB\nMemAvailable:   24214768 kB\n"
      "HugePages_Total:       0\nHugepagesize:       2048 kB\n");
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->total, 24'684'096ULL * 1024);
  EXPECT_EQ(memory->available, 24'214'768ULL * 1024);
  EXPECT_EQ(memory->used(), (24'684'096ULL - 24'214'768ULL) * 1024);
}

TEST(HostMemory, WhatIsNotSaidIsAbsent) {
  for (const char* text :
       {"", "MemTotal: 5 kB\n", "MemAvailable: 5 kB\n", "MemTotal: 5 MB\nMemAvailable: 4 kB\n",
        "MemTotal: 5 kB\nMemAvailable: x kB\n", "MemTotal: 5 kB\nMemAvailable: 6 kB\n",
        "MemTotal: 18446744073709551615 kB\nMemAvailable: 4 kB\n"}) {
    EXPECT_FALSE(parse_meminfo(text)) << text;
  }
}

}  // namespace
}  // namespace tickwitness::runtime
