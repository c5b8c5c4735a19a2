#include "runtime/host_load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickwitness::runtime {
namespace {

TEST(HostLoad, Uptime) {
  EXPECT_EQ(parse_uptime("24092.25 9127.24\n"), 24092.25);
  for (const char* text : {"", "\n", "x 1\n", "-1.0 1\n", "nan 1\n", "inf 1\n", "1e9 1\n"}) {
    EXPECT_FALSE(parse_uptime(text)) << text;
  }
}

TEST(HostLoad, Loadavg) {
  const auto load = parse_loadavg("0.25 0.50 1.75 1/85 1524\n");
  ASSERT_TRUE(load);
  EXPECT_THAT(*load, testing::ElementsAre(0.25, 0.5, 1.75));
  for (const char* text : {"", "0.1 0.2", "0.1 x 0.3 1/1 1", "0.1 0.2 -0.3 1/1 1"}) {
    EXPECT_FALSE(parse_loadavg(text)) << text;
  }
}

}  // namespace
}  // namespace tickwitness::runtime
