#include "telemetry/core/buckets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "base/prng.h"

namespace tickwitness::telemetry::core {
namespace {

constexpr std::int64_t kTop = std::numeric_limits<std::int64_t>::max();

std::uint32_t searched(std::span<const std::int64_t> bounds, std::int64_t value) {
  return static_cast<std::uint32_t>(std::ranges::lower_bound(bounds, value) - bounds.begin());
}

// Every value near a bound or a power of two, and random ones of every size.
void expect_as_searched(const std::vector<std::int64_t>& bounds) {
  const Buckets buckets(bounds);
  ASSERT_EQ(buckets.size(), bounds.size() + 1);
  const auto check = [&](std::int64_t value) {
    ASSERT_EQ(buckets.index(value), searched(bounds, value)) << value;
  };
  for (const std::int64_t bound : bounds) {
    for (const std::int64_t d : {-2, -1, 0, 1, 2}) {
      if (bound < kTop - 2 && bound + d >= 0) check(bound + d);
    }
  }
  for (int bit = 0; bit < 63; ++bit) {
    for (const std::int64_t d : {-1, 0, 1}) check((std::int64_t{1} << bit) + d);
  }
  check(0);
  check(kTop - 1);
  base::Prng prng(11);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t value = prng.next() >> 1;
    const auto shift = static_cast<int>(prng.below(63));
    check(static_cast<std::int64_t>(value >> shift));
  }
}

TEST(Buckets, AgreeWithASearch) {
  expect_as_searched({});
  expect_as_searched({0});
  expect_as_searched({5});
  expect_as_searched({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  expect_as_searched({1'000'000, 2'500'000, 5'000'000, 10'000'000, 25'000'000, 50'000'000,
                      100'000'000, 250'000'000, 500'000'000, 1'000'000'000, 2'500'000'000});
  expect_as_searched({1'000'000, 1'000'001, 1'000'002, 1'000'003, kTop - 1});
}

TEST(Buckets, AgreeWithASearchForRandomBounds) {
  base::Prng prng(3);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::int64_t> bounds;
    const std::uint64_t count = 1 + prng.below(200);
    const auto shift = static_cast<int>(prng.below(60));
    for (std::uint64_t i = 0; i < count; ++i) {
      bounds.push_back(static_cast<std::int64_t>((prng.next() >> 1) >> shift));
    }
    std::ranges::sort(bounds);
    const auto doubled = std::ranges::unique(bounds);
    bounds.erase(doubled.begin(), doubled.end());
    if (bounds.back() == kTop) bounds.pop_back();
    expect_as_searched(bounds);
  }
}

TEST(Buckets, BadBoundsAreRefused) {
  for (const std::vector<std::int64_t>& bad :
       {std::vector<std::int64_t>{2, 1}, {1, 1}, {-1, 1}, {1, kTop}}) {
    EXPECT_THROW(Buckets{bad}, std::invalid_argument);
  }
}

}  // namespace
}  // namespace tickwitness::telemetry::core
