#include "telemetry/core/exposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/prng.h"

namespace tickwitness::telemetry::core {
namespace {

using std::chrono::milliseconds;

WallTime at(double seconds) {
  return WallTime(std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9)));
}

TEST(CoreExposition, EveryKindAsText) {
  Registry registry;
  const auto hits = registry.counter("hits_total", "Hits\nof \\ things.", {"color"});
  hits.at("red").add(3);
  hits.at("a\"b\\c\nd").add(std::uint64_t{1} << 63);
  registry.fractional_counter("busy_seconds_total", "Busy.").at().add(0.125);
  const auto warmth = registry.gauge("warmth", "Warmth.", {"where"});
  warmth.at("nan").set(std::nan(""));
  warmth.at("up").set(INFINITY);
  warmth.at("down").set(-INFINITY);
  warmth.at("absent");
  warmth.at("small").set(1e-300);
  warmth.at("minus zero").set(-0.0);
  const auto delay = registry.histogram("delay_seconds", "Delay.",
                                        {milliseconds(5), milliseconds(1000)}, {"where"});
  delay.at("here").observe(milliseconds(5));
  delay.at("here").observe(milliseconds(6000));
  registry.stateset("door", "Door.", "state", {"shut", "open"}).at().set(1);
  registry.info("build_info", "Build.", {"version"}).at("1.2");
  EXPECT_EQ(render(registry),
            "# HELP hits_total Hits\\nof \\\\ things.\n"
            "# TYPE hits_total counter\n"
            "hits_total{color=\"red\"} 3\n"
            "hits_total{color=\"a\\\"b\\\\c\\nd\"} 9223372036854775808\n"
            "# HELP busy_seconds_total Busy.\n"
            "# TYPE busy_seconds_total counter\n"
            "busy_seconds_total 0.125\n"
            "# HELP warmth Warmth.\n"
            "# TYPE warmth gauge\n"
            "warmth{where=\"nan\"} NaN\n"
            "warmth{where=\"up\"} +Inf\n"
            "warmth{where=\"down\"} -Inf\n"
            "warmth{where=\"small\"} 1e-300\n"
            "warmth{where=\"minus zero\"} -0\n"
            "# HELP delay_seconds Delay.\n"
            "# TYPE delay_seconds histogram\n"
            "delay_seconds_bucket{where=\"here\",le=\"0.005\"} 1\n"
            "delay_seconds_bucket{where=\"here\",le=\"1.0\"} 1\n"
            "delay_seconds_bucket{where=\"here\",le=\"+Inf\"} 2\n"
            "delay_seconds_sum{where=\"here\"} 6.005\n"
            "delay_seconds_count{where=\"here\"} 2\n"
            "# HELP door Door.\n"
            "# TYPE door gauge\n"
            "door{state=\"shut\"} 0\n"
            "door{state=\"open\"} 1\n"
            "# HELP build_info Build.\n"
            "# TYPE build_info gauge\n"
            "build_info{version=\"1.2\"} 1\n");
}

TEST(CoreExposition, OpenMetricsWithExemplarsAndCreated) {
  Registry registry;
  registry.set_time(at(1'700'000'000.9));
  const Counter hits = registry.counter("hits_total", "Hits.").at();
  hits.add(2, {"trade_id", "a\"7"}, at(1.5));
  const Histogram delay =
      registry.histogram("delay_seconds", "Delay.", {milliseconds(5), milliseconds(100)}).at();
  delay.observe(milliseconds(1), {"trade_id", "1"}, at(10));
  delay.observe(milliseconds(2), {"trade_id", "2"}, at(11));  // newer, in the same bucket
  delay.observe(milliseconds(7000), {"trade_id", "3"}, WallTime(milliseconds(1'700'000'000'250)));
  delay.observe(milliseconds(50), {"trade_id", std::string(200, 'x')}, at(13));  // too long
  EXPECT_EQ(render(registry, {.format = Format::openmetrics_1_0, .created = true}),
            "# HELP hits Hits.\n"
            "# TYPE hits counter\n"
            "hits_total 2 # {trade_id=\"a\\\"7\"} 2 1.5\n"
            "hits_created 1700000000\n"
            "# HELP delay_seconds Delay.\n"
            "# TYPE delay_seconds histogram\n"
            "delay_seconds_bucket{le=\"0.005\"} 2 # {trade_id=\"2\"} 0.002 11\n"
            "delay_seconds_bucket{le=\"0.1\"} 3\n"
            "delay_seconds_bucket{le=\"+Inf\"} 4 # {trade_id=\"3\"} 7 1700000000.25\n"
            "delay_seconds_sum 7.053\n"
            "delay_seconds_count 4\n"
            "delay_seconds_created 1700000000\n"
            "# EOF\n");
  const std::string text = render(registry, {.created = true});
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("trade_id")));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("_created")));
}

// The truth is the sorted list of what was observed within the last 60 s.
TEST(CoreExposition, SummariesOfTheLastMinute) {
  using std::chrono::seconds;
  Registry registry;
  const Summary delay = registry.summary("delay_seconds", "Delay.", {0.5, 0.99}, {"where"}).at("a");
  EXPECT_EQ(render(registry, {.names = {"delay_seconds_count"}}),
            "# HELP delay_seconds Delay.\n# TYPE delay_seconds summary\n"
            "delay_seconds_sum{where=\"a\"} 0\ndelay_seconds_count{where=\"a\"} 0\n");
  registry.tick(seconds(0));
  for (int i = 1; i <= 100; ++i) delay.observe(milliseconds(1000 * i));
  registry.tick(seconds(1));
  for (int second = 2; second <= 70; ++second) {
    if (second == 65) {  // the first hundred are older than a minute by then
      for (int i = 1; i <= 100; ++i) delay.observe(milliseconds(i));
    }
    registry.tick(seconds(second));
    const std::string page = render(registry);
    const auto shown = [&](std::string_view quantile) {
      const std::string line =
          "delay_seconds{where=\"a\",quantile=\"" + std::string(quantile) + "\"} ";
      const std::size_t at = page.find(line);
      return at == std::string::npos ? -1 : std::strtod(page.c_str() + at + line.size(), nullptr);
    };
    const double unit = second <= 60 ? 1 : second < 65 ? -1 : 0.001;
    EXPECT_NEAR(shown("0.5"), unit < 0 ? -1 : 50 * unit, 0.5 * std::abs(unit)) << second;
    EXPECT_NEAR(shown("0.99"), unit < 0 ? -1 : 99 * unit, std::abs(unit)) << second;
  }
  EXPECT_FALSE(delay.observe(milliseconds(-1)));
  EXPECT_THAT(render(registry), testing::HasSubstr("delay_seconds_count{where=\"a\"} 200\n"));
  EXPECT_THAT(render(registry), testing::HasSubstr("delay_seconds_sum{where=\"a\"} 5055.05\n"));
}

// OpenMetrics has exemplars for counters and buckets; it knows no counter without _total.
TEST(CoreExposition, NoExemplarsForCountersOfAnotherName) {
  Registry registry;
  registry.counter("waited", "Waited.").at().add(1, {"id", "x"}, at(1));
  EXPECT_EQ(render(registry, {.format = Format::openmetrics_1_0}),
            "# HELP waited Waited.\n# TYPE waited unknown\nwaited 1\n# EOF\n");
}

TEST(CoreExposition, NamesChooseFamilies) {
  Registry registry;
  registry.counter("a_total", "").at();
  registry.counter("b_total", "").at();
  registry.histogram("c_seconds", "", {milliseconds(1)}).at();
  const auto families = [&](std::vector<std::string> names) {
    const std::string page = render(registry, {.names = std::move(names)});
    std::string out;
    for (const char* name : {"a_total", "b_total", "c_seconds"}) {
      if (page.find("# TYPE " + std::string(name)) != std::string::npos) out += name[0];
    }
    return out;
  };
  EXPECT_EQ(families({}), "abc");
  EXPECT_EQ(families({"b_total"}), "b");
  EXPECT_EQ(families({"b", "c_seconds_sum"}), "bc");
  EXPECT_EQ(families({"c_seconds_total", "nothing"}), "");
}

// Whatever the size of the pieces, together they are the page; no piece is much larger than asked.
TEST(CoreExposition, PiecesAreThePage) {
  Registry registry;
  const auto hits = registry.counter("hits_total", "Hits.", {"name"});
  for (int i = 0; i < 3000; ++i) hits.at(std::to_string(i)).add(i);
  registry.gauge("empty", "Nothing.").at();
  registry.counter("last_total", "Last.").at();
  for (const Format format : {Format::text_0_0_4, Format::openmetrics_1_0, Format::protobuf}) {
    const std::string whole = render(registry, {.format = format});
    for (const std::size_t bytes : {1U, 100U, 4096U, 1'000'000U}) {
      Exposition exposition(registry, {.format = format});
      std::string all;
      std::string piece;
      bool more = true;
      while (more) {
        piece.clear();
        more = exposition.next(piece, bytes);
        // One line more than asked; of protobuf one message of a thousand series.
        EXPECT_LE(piece.size(), bytes + (format == Format::protobuf ? 40'000U : 100U));
        all += piece;
      }
      EXPECT_EQ(all, whole);
      EXPECT_FALSE(exposition.next(piece));
    }
  }
}

// By hand from metrics.proto: every byte is there for a reason.
TEST(CoreExposition, ProtobufByteForByte) {
  Registry registry;
  registry.counter("c_total", "h", {"l"}).at("v").add(2);
  using namespace std::string_literals;
  const std::string metric =
      "\x0A\x06\x0A\x01l\x12\x01v"s       // 1 label: 1 name, 2 value
      "\x1A\x09\x09\0\0\0\0\0\0\0\x40"s;  // 3 counter: 1 value 2.0
  const std::string family =
      "\x0A\x07"
      "c_total"s    // 1 name
      "\x12\x01h"s  // 2 help
      "\x18\0"s     // 3 type COUNTER
      "\x22"s +     // 4 metric
      static_cast<char>(metric.size()) +
      metric;
  EXPECT_EQ(render(registry, {.format = Format::protobuf}),
            static_cast<char>(family.size()) + family);
}

// Doubles of every kind read back to the same bits.
TEST(CoreExposition, DoublesRoundTrip) {
  Registry registry;
  const Gauge gauge = registry.gauge("g", "").at();
  base::Prng prng(21);
  for (int i = 0; i < 20'000; ++i) {
    double value = std::bit_cast<double>(prng.next());
    if (i % 3 == 0) value = static_cast<double>(prng.below(1'000'000'000)) / 100;
    if (i % 3 == 1) value = static_cast<double>(prng.below(100'000)) * 1e-7;
    if (std::isnan(value)) continue;
    gauge.set(value);
    const std::string page = render(registry);
    const double back = std::strtod(page.c_str() + page.rfind(' '), nullptr);
    ASSERT_EQ(std::bit_cast<std::uint64_t>(back), std::bit_cast<std::uint64_t>(value)) << page;
  }
}

}  // namespace
}  // namespace tickwitness::telemetry::core
