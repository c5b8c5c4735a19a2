#include "base/backoff.h"

#include <gtest/gtest.h>

namespace tickwitness::base {
namespace {
using namespace std::chrono_literals;

TEST(Backoff, AtOnceThenDoublingToTheMaximumWithinTheJitter) {
  Backoff backoff({.immediate_max = 250ms, .first = 1s, .max = 60s, .jitter = 0.2}, Prng(3));
  for (int round = 0; round < 2; ++round) {
    EXPECT_LE(backoff.next(), 250ms);
    for (const Duration middle : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s}) {
      const Duration delay = backoff.next();
      EXPECT_GE(delay, middle * 8 / 10);
      EXPECT_LE(delay, middle * 12 / 10);
    }
    backoff.reset();
  }
}

}  // namespace
}  // namespace tickwitness::base
