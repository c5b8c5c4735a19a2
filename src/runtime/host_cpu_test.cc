#include "runtime/host_cpu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickwitness::runtime {
namespace {

TEST(HostCpu, TheFirstLineIsAllProcessors) {
  const auto seconds = parse_cpu("cpu  100 200 300 400 500 600 700 800 50 60\ncpu0 1 2\n", 100);
  ASSERT_TRUE(seconds);
  EXPECT_THAT(*seconds, testing::ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

TEST(HostCpu, WhatIsNotSaidIsAbsent) {
  for (const char* text : {"", "\n", "cpu  1 2 3 4 5 6 7\n", "cpu0 1 2 3 4 5 6 7 8\n",
                           "cpu  1 2 x 4 5 6 7 8\n", "cpu  1 2 -3 4 5 6 7 8\n"}) {
    EXPECT_FALSE(parse_cpu(text, 100)) << text;
  }
  EXPECT_FALSE(parse_cpu("cpu  1 2 3 4 5 6 7 8\n", 0));
}

}  // namespace
}  // namespace tickwitness::runtime
