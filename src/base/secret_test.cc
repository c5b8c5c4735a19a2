#include "base/secret.h"

#include <gtest/gtest.h>

namespace tickwitness::base {
namespace {

TEST(Secret, IsNeverFormatted) {
  EXPECT_EQ(fmt::format("{}", Secret("hunter2-hunter2")), "[redacted]");
  EXPECT_EQ(fmt::format("{}", Secret()), "");
}

TEST(Secret, MatchesOnlyItself) {
  const Secret secret("abc");
  EXPECT_TRUE(secret.matches("abc"));
  for (const char* other : {"", "ab", "abd", "xbc", "abcd"}) EXPECT_FALSE(secret.matches(other));
  EXPECT_TRUE(Secret().matches(""));
}

}  // namespace
}  // namespace tickwitness::base
