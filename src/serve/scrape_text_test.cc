#include "serve/scrape_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "telemetry/catalog.gen.h"
#include "telemetry/exposition.h"

namespace tickwitness::serve {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr std::string_view kWanted[] = {"up", "tickwitness_breaker_trips_total"};

std::vector<ScrapedSample> read(std::string_view text) {
  const auto samples = read_scrape_text(text, kWanted);
  EXPECT_TRUE(samples) << (samples ? "" : samples.error().message);
  return samples.value_or(std::vector<ScrapedSample>());
}

TEST(ScrapeText, SamplesOfWhatIsWanted) {
  const auto samples = read(
      "# HELP up Whether it is.\n# TYPE up gauge\nup 1\n\nother{a=\"b\"} 3\n"
      "up{a=\"x\",b=\"q\\\"\\\\\\n}\",} -2.5e1 1700000000000\nup { a = \"y\" } NaN\nup +Inf\nup "
      "+7");
  ASSERT_EQ(samples.size(), 5U);
  EXPECT_EQ(samples[0].value, 1);
  EXPECT_THAT(samples[1].labels, ElementsAre(Pair("a", "x"), Pair("b", "q\"\\\n}")));
  EXPECT_EQ(samples[1].value, -25);
  EXPECT_EQ(samples[2].label("a"), "y");
  EXPECT_EQ(samples[2].label("b"), "");
  EXPECT_TRUE(std::isnan(samples[2].value));
  EXPECT_EQ(samples[3].value, INFINITY);
  EXPECT_EQ(samples[4].value, 7);
  EXPECT_TRUE(read("").empty());
}

TEST(ScrapeText, WhatIsNoneNamesTheLine) {
  for (const std::string_view bad :
       {"<html>", "up", "up x", "up{", "up{a} 1", "up{a=} 1", "up{a=\"} 1", "up{a=\"\\x\"} 1",
        "up{=\"b\"} 1", "up{a=\"b\"c=\"d\"} 1", "up{a=\"b\"}", "1up 1", "{a=\"b\"} 1", "\xff 1"}) {
    const auto samples = read_scrape_text("# a comment\n" + std::string(bad), kWanted);
    ASSERT_FALSE(samples) << bad;
    EXPECT_THAT(samples.error().message, HasSubstr("line 2")) << bad;
  }
}

// What we write ourselves.
TEST(ScrapeText, OurOwnPage) {
  telemetry::Registry registry;
  telemetry::Catalog metrics(registry);
  metrics.breaker_trips
      .at(telemetry::label::Exchange::kraken, telemetry::label::Connection{"a\"b\\c\nd"})
      .add(3);
  const auto samples = read(telemetry::render(registry, {}));
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_EQ(samples[0].value, 3);
  EXPECT_EQ(samples[0].label("connection"), "a\"b\\c\nd");
  EXPECT_EQ(samples[0].label("exchange"), "kraken");
}

}  // namespace
}  // namespace tickwitness::serve
