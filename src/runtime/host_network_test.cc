#include "runtime/host_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickwitness::runtime {
namespace {

using testing::Pair;

constexpr const char* kHeading =
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop "
    "fifo colls carrier compressed\n";

std::optional<Interfaces> parse(const std::string& lines) {
  return parse_net_dev(kHeading + lines);
}

TEST(HostNetwork, InterfacesWithoutTheLoopback) {
  const auto found = parse(
      "    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0\n"
      "  eth0: 1955 50 0 0 0 0 0 0 2731 32 0 0 0 0 0 0\n"
      "wlan0:7 1 0 0 0 0 0 0 8 1 0 0 0 0 0 0\n");
  ASSERT_TRUE(found);
  EXPECT_THAT(*found, testing::ElementsAre(Pair("eth0", NetworkBytes{1955, 2731}),
                                           Pair("wlan0", NetworkBytes{7, 8})));
  EXPECT_THAT(*parse(""), testing::IsEmpty());
}

TEST(HostNetwork, WhatCannotBeUnderstoodIsAbsent) {
  EXPECT_FALSE(parse_net_dev(""));
  EXPECT_FALSE(parse_net_dev("something else\nentirely\n"));
  for (const char* line :
       {"eth0 1 2 3 4 5 6 7 8 9\n", "eth0: 1 2 3 4 5 6 7 8\n", "eth0: x 2 3 4 5 6 7 8 9\n",
        "eth0: 1 2 3 4 5 6 7 8 -9\n", ": 1 2 3 4 5 6 7 8 9\n", "a b: 1 2 3 4 5 6 7 8 9\n"}) {
    EXPECT_FALSE(parse(line)) << line;
  }
}

TEST(HostNetwork, TotalsNeverFall) {
  NetworkTotals totals;
  EXPECT_EQ(totals.advance({{"a", {100, 10}}, {"b", {5, 5}}}), (NetworkBytes{105, 15}));
  EXPECT_EQ(totals.advance({{"a", {150, 10}}, {"b", {5, 6}}}), (NetworkBytes{50, 1}));
  EXPECT_EQ(totals.advance({{"a", {160, 11}}}), (NetworkBytes{10, 1}));               // b went
  EXPECT_EQ(totals.advance({{"a", {3, 20}}, {"b", {4, 4}}}), (NetworkBytes{7, 13}));  // anew
}

}  // namespace
}  // namespace tickwitness::runtime
