#include "telemetry/core/family.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "telemetry/core/exposition.h"
#include "telemetry/core/registry.h"

namespace tickwitness::telemetry::core {
namespace {

TEST(Family, TheSameValuesAreTheSameSeries) {
  Registry registry;
  const CounterFamily hits = registry.counter("hits_total", "", {"color", "place"});
  // Lengths on both sides of every step of hash and comparison, and parts of one another.
  std::vector<std::string> texts;
  for (std::size_t size = 0; size < 40; ++size) texts.emplace_back(size, 'x');
  for (const char* odd : {"\"", "\\", "\n", "a\"b", ",place=\"", "x\",place=\"x", "é"}) {
    texts.emplace_back(odd);
  }
  for (std::size_t a = 0; a < texts.size(); ++a) {
    for (std::size_t b = 0; b < texts.size(); ++b) hits.at(texts[a], texts[b]).add(a * 100 + b);
  }
  EXPECT_EQ(hits.family().size(), texts.size() * texts.size());
  for (std::size_t a = 0; a < texts.size(); ++a) {
    for (std::size_t b = 0; b < texts.size(); ++b) {
      ASSERT_EQ(hits.at(texts[a], texts[b]).value(), a * 100 + b) << texts[a] << '|' << texts[b];
    }
  }
  for (const Series* series = hits.family().first(); series != nullptr; series = series->next()) {
    const std::size_t a = series->origin().ordinal / texts.size();
    ASSERT_EQ(series->label(0), texts[a]);
  }
  EXPECT_EQ(hits.family().size(), texts.size() * texts.size());
}

TEST(Family, WhatIsNotUtf8IsOneSeries) {
  Registry registry;
  const CounterFamily hits = registry.counter("hits_total", "", {"name"});
  hits.at("\xFF").inc();
  hits.at("\xFF").inc();
  EXPECT_EQ(hits.at("\xEF\xBF\xBD").value(), 2U);
  EXPECT_EQ(hits.family().size(), 1U);
  EXPECT_TRUE(hits.remove("\xFF"));
}

TEST(Family, MistakesAreRefused) {
  Registry registry;
  const CounterFamily hits = registry.counter("hits_total", "", {"name"});
  EXPECT_THROW(hits.at(), std::invalid_argument);
  EXPECT_THROW(hits.at("a", "b"), std::invalid_argument);
  EXPECT_THROW(registry.gauge("hits_total", "", {"name"}), std::invalid_argument);
  EXPECT_THROW(registry.counter("hits_total", "", {"other"}), std::invalid_argument);
  EXPECT_EQ(&registry.counter("hits_total", "", {"name"}).family(), &hits.family());
  for (const char* bad : {"", "1a", "a-b", "a b", "é"}) {
    EXPECT_THROW(registry.counter(bad, ""), std::invalid_argument) << bad;
  }
  for (const char* bad : {"", "le", "__x", "a:b"}) {
    EXPECT_THROW(registry.counter("fine_total", "", {bad}), std::invalid_argument) << bad;
  }
}

TEST(Family, ARemovedSeriesGoesOnFromWhereItWas) {
  Registry registry;
  const CounterFamily hits = registry.counter("hits_total", "", {"name"});
  const Counter old = hits.at("a");
  old.add(5);
  EXPECT_TRUE(hits.remove("a"));
  EXPECT_FALSE(hits.remove("b"));
  EXPECT_EQ(render(registry), "");
  old.add(2);  // whoever still holds it counts on
  EXPECT_EQ(render(registry), "");
  hits.at("a").add(1);
  EXPECT_EQ(render(registry),
            "# HELP hits_total \n# TYPE hits_total counter\nhits_total{name=\"a\"} 8\n");
}

TEST(Family, BeyondItsBoundIsOther) {
  Registry registry;
  FamilyDecl decl{.name = "hits_total", .labels = {"name"}};
  decl.series_max = 2;
  const CounterFamily hits(registry.add(decl));
  hits.at("a").inc();
  hits.at("b").inc();
  hits.at("c").add(10);
  hits.at("d").add(20);
  EXPECT_EQ(hits.at("other").value(), 30U);
  EXPECT_EQ(hits.at("a").value(), 1U);
  EXPECT_EQ(hits.family().overflowed(), 2U);
}

TEST(Family, WhatAnExpositionCannotHaveIsRefused) {
  Registry registry;
  const auto refused = [&](FamilyDecl decl) {
    try {
      registry.add(std::move(decl));
      return false;
    } catch (const std::invalid_argument&) {
      return true;
    }
  };
  EXPECT_TRUE(refused({.name = "a_total", .labels = {"x", "x"}}));
  EXPECT_TRUE(refused({.name = std::string(1001, 'a')}));
  EXPECT_TRUE(refused({.name = "a_total", .unit = "seconds"}));
  EXPECT_TRUE(refused({.name = "h", .kind = Kind::histogram, .per_unit = 0}));
  EXPECT_TRUE(refused({.name = "s", .kind = Kind::stateset, .state_label = "state"}));
  EXPECT_FALSE(refused({.name = "b_seconds_total", .unit = "seconds"}));
  EXPECT_FALSE(refused({.name = "h", .kind = Kind::histogram, .per_unit = 1}));
  EXPECT_TRUE(refused({.name = "h_count", .kind = Kind::gauge}));
  EXPECT_FALSE(refused({.name = "g_sum", .kind = Kind::gauge}));
  EXPECT_TRUE(refused({.name = "g", .kind = Kind::histogram}));
  // What would be two families of one name in OpenMetrics.
  EXPECT_FALSE(refused({.name = "requests", .kind = Kind::gauge}));
  EXPECT_TRUE(refused({.name = "requests_total"}));
  EXPECT_FALSE(refused({.name = "build_info", .kind = Kind::info}));
  EXPECT_TRUE(refused({.name = "build", .kind = Kind::gauge}));
  EXPECT_TRUE(refused({.name = "h_created", .kind = Kind::gauge}));
  EXPECT_TRUE(refused({.name = "x_info", .kind = Kind::info, .unit = "info"}));
  EXPECT_TRUE(
      refused({.name = "s", .kind = Kind::stateset, .state_label = "l", .states = {"a", "a"}}));
  EXPECT_TRUE(refused(
      {.name = "d", .kind = Kind::histogram, .bounds = {1L << 53, (1L << 53) + 1}, .per_unit = 1}));
  Family& gauge = registry.add({.name = "warmth", .kind = Kind::gauge});
  EXPECT_THROW(CounterFamily{gauge}, std::invalid_argument);
  EXPECT_NO_THROW(GaugeFamily{gauge});
}

// Threads make the same series while others look at them: each exists once, and no count is lost.
TEST(Family, SeriesMadeByManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kSeries = 2000;
  Registry registry;
  const CounterFamily hits = registry.counter("hits_total", "", {"name"});
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done.load()) {
      std::size_t seen = 0;
      for (const Series* s = hits.family().first(); s != nullptr; s = s->next()) {
        ASSERT_EQ(s->label(0), std::to_string(seen++));
      }
    }
  });
  std::vector<std::thread> writers;
  for (int t = 0; t < kThreads; ++t) {
    writers.emplace_back([&] {
      // The order is that of the names, so that the reader can tell.
      for (int i = 0; i < kSeries; ++i) hits.at(std::to_string(i)).inc();
    });
  }
  for (auto& writer : writers) writer.join();
  done.store(true);
  reader.join();
  EXPECT_EQ(hits.family().size(), static_cast<std::size_t>(kSeries));
  for (int i = 0; i < kSeries; ++i) ASSERT_EQ(hits.at(std::to_string(i)).value(), kThreads);
}

}  // namespace
}  // namespace tickwitness::telemetry::core
