#include "telemetry/core/bounds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>

#include "base/prng.h"

namespace tickwitness::telemetry::core {
namespace {

constexpr std::int64_t kClassic[] = {1'000'000, 50'000'000, 2'500'000'000};

HistogramSnapshot counted(const HistogramBounds& bounds, std::span<const std::int64_t> values) {
  HistogramSnapshot out;
  out.buckets.resize(bounds.buckets().size());
  for (const std::int64_t value : values) {
    ++out.buckets[bounds.buckets().index(value)];
    ++out.count;
  }
  return out;
}

std::vector<std::int64_t> some_values() {
  base::Prng prng(9);
  std::vector<std::int64_t> out{0, 0, 1, 2, 999'999, 1'000'000, 1'000'001, 2'500'000'001};
  for (int i = 0; i < 3000; ++i) {
    const std::uint64_t value = prng.next();
    out.push_back(static_cast<std::int64_t>(value >> (20 + prng.below(40))));
  }
  return out;
}

// Upper bounds are inclusive, 2^(i/8) of the exported unit; computed here with long doubles.
bool within(std::int64_t value, std::int32_t index, int schema, double per_unit) {
  const long double width = std::exp2(static_cast<long double>(-schema));
  const long double exported = static_cast<long double>(value) / per_unit;
  const long double slack = 1e-15L;
  return exported <= std::exp2(index * width) * (1 + slack) &&
         exported > std::exp2((index - 1) * width) * (1 - slack);
}

TEST(HistogramBounds, ClassicBucketsOfANativeHistogramAreExact) {
  const HistogramBounds native(kClassic, 1e9, true);
  const HistogramBounds plain(kClassic, 1e9, false);
  const auto values = some_values();
  HistogramSnapshot folded = counted(native, values);
  ASSERT_GT(folded.buckets.size(), 400U);
  native.fold_classic(folded);
  EXPECT_EQ(folded.buckets, counted(plain, values).buckets);
  for (const std::int64_t value : values) {
    EXPECT_EQ(native.classic_of(native.buckets().index(value)), plain.buckets().index(value));
  }
}

TEST(HistogramBounds, EachValueIsInItsNativeBucket) {
  for (const double per_unit : {1e9, 1.0, 1e6}) {
    const HistogramBounds bounds({}, per_unit, true);
    for (const std::int64_t value : some_values()) {
      const auto native = bounds.fold_native(counted(bounds, std::array{value}), 160);
      if (value == 0) {
        EXPECT_EQ(native.zeros, 1U);
        EXPECT_TRUE(native.buckets.empty());
        continue;
      }
      ASSERT_EQ(native.buckets.size(), 1U);
      EXPECT_EQ(native.zeros, 0U);
      EXPECT_TRUE(within(value, native.buckets[0].index, native.schema, per_unit))
          << value << " in " << native.buckets[0].index << " of " << per_unit;
    }
  }
}

TEST(HistogramBounds, WiderNativeBucketsHoldTheSameValues) {
  const HistogramBounds bounds(kClassic, 1e9, true);
  const auto values = some_values();
  const HistogramSnapshot snapshot = counted(bounds, values);
  for (const std::size_t most : {160U, 40U, 10U, 3U}) {
    const auto native = bounds.fold_native(snapshot, most);
    EXPECT_LE(native.buckets.size(), most);
    std::map<std::int32_t, std::uint64_t> truth;
    std::uint64_t zeros = 0;
    for (const std::int64_t value : values) {
      if (value == 0) {
        ++zeros;
        continue;
      }
      const auto alone = bounds.fold_native(counted(bounds, std::array{value}), 160);
      std::int32_t index = alone.buckets[0].index;
      for (int schema = alone.schema; schema > native.schema; --schema) {
        index = static_cast<std::int32_t>(std::ceil(index / 2.0));
      }
      EXPECT_TRUE(within(value, index, native.schema, 1e9));
      ++truth[index];
    }
    std::map<std::int32_t, std::uint64_t> found;
    for (const auto& bucket : native.buckets) found[bucket.index] = bucket.count;
    EXPECT_EQ(found, truth);
    EXPECT_EQ(native.zeros, zeros);
  }
}

TEST(HistogramBounds, TextsAreThoseOfLe) {
  const HistogramBounds bounds(kClassic, 1e9, false);
  std::vector<std::string> texts;
  for (const BoundText& bound : bounds.texts()) texts.emplace_back(bound.text());
  EXPECT_THAT(texts, testing::ElementsAre("0.001", "0.05", "2.5", "+Inf"));
  const std::int64_t bytes[] = {100, 1000};
  const HistogramBounds of_bytes(bytes, 1, false);
  EXPECT_EQ(of_bytes.texts()[0].text(), "100.0");
}

}  // namespace
}  // namespace tickwitness::telemetry::core
