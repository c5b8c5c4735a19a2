#include "telemetry/exposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "telemetry/test_schema.h"

namespace tickwitness::telemetry {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::Not;

void fill(World& world) {
  world.at(kHits, "red", "here").counter().add(3);
  world.at(kHits, "green", "a\"b").counter().add(0);
  world.at(kTemperature, "red", "here").gauge().set(21.5);
  world.at(kTemperature, "green", "here").gauge().set(NAN);
  world.at(kTemperature, "blue", "here");  // never set
  const Histogram delay(world.at(kDelay, "here"));
  for (const int ms : {0, 1, 50, 2000}) delay.observe(std::chrono::milliseconds(ms));
  world.at(kDoor, "here").state().set(1);
  world.at(kDoor, "there");  // no state yet
  world.at(kInfo, "here");
}

TEST(Exposition, Text) {
  World world;
  fill(world);
  EXPECT_EQ(render(world.registry, {.dialects = {"old"}}),
            "# HELP old_hits Back\\\\slash and \"quotes\"\n"
            "# TYPE old_hits counter\n"
            "old_hits 3\n"
            "# HELP x_hits_total Hits.\n"
            "# TYPE x_hits_total counter\n"
            "x_hits_total{color=\"red\",where=\"here\"} 3\n"
            "x_hits_total{color=\"green\",where=\"a\\\"b\"} 0\n"
            "# HELP x_temperature Warm.\n"
            "# TYPE x_temperature gauge\n"
            "x_temperature{color=\"red\",where=\"here\"} 21.5\n"
            "x_temperature{color=\"green\",where=\"here\"} NaN\n"
            "# HELP x_delay_seconds Delay.\n"
            "# TYPE x_delay_seconds histogram\n"
            "x_delay_seconds_bucket{where=\"here\",le=\"0.001\"} 2\n"
            "x_delay_seconds_bucket{where=\"here\",le=\"0.1\"} 3\n"
            "x_delay_seconds_bucket{where=\"here\",le=\"1.0\"} 3\n"
            "x_delay_seconds_bucket{where=\"here\",le=\"+Inf\"} 4\n"
            "x_delay_seconds_sum{where=\"here\"} 2.051\n"
            "x_delay_seconds_count{where=\"here\"} 4\n"
            "# HELP x_door Door.\n"
            "# TYPE x_door gauge\n"
            "x_door{where=\"here\",state=\"shut\"} 0\n"
            "x_door{where=\"here\",state=\"ajar\"} 1\n"
            "x_door{where=\"here\",state=\"open\"} 0\n"
            "# HELP x_thing_info Thing.\n"
            "# TYPE x_thing_info gauge\n"
            "x_thing_info{where=\"here\"} 1\n"
            "# HELP x_label_overflow_total Overflow.\n"
            "# TYPE x_label_overflow_total counter\n"
            "x_label_overflow_total{label=\"place\"} 0\n"
            "x_label_overflow_total{label=\"what\"} 0\n"
            "x_label_overflow_total{label=\"crowd\"} 0\n");
}

TEST(Exposition, OpenMetrics) {
  World world;
  fill(world);
  const std::string page =
      render(world.registry, {.dialects = {"old"}, .format = Format::openmetrics_1_0});
  EXPECT_THAT(page, HasSubstr("# HELP old_hits Back\\\\slash and \\\"quotes\\\"\n"
                              "# TYPE old_hits unknown\n"
                              "old_hits 3\n"));
  EXPECT_THAT(page, HasSubstr("# HELP x_hits Hits.\n# TYPE x_hits counter\nx_hits_total{"));
  EXPECT_THAT(page, HasSubstr("# TYPE x_delay_seconds histogram\n# UNIT x_delay_seconds seconds\n"
                              "x_delay_seconds_bucket{"));
  EXPECT_THAT(page, HasSubstr("# TYPE x_thing info\nx_thing_info{where=\"here\"} 1\n"));
  EXPECT_TRUE(page.ends_with("\n# EOF\n"));
}

// The lines that are samples, without those of comments.
std::vector<std::string> sample_lines(const std::string& page) {
  std::vector<std::string> out;
  std::size_t begin = 0;
  while (begin < page.size()) {
    const std::size_t end = page.find('\n', begin);
    if (page[begin] != '#') out.push_back(page.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

TEST(Exposition, SamplesAreTheSameInEveryFormat) {
  World world;
  fill(world);
  EXPECT_EQ(sample_lines(render(world.registry, {.dialects = {"old"}})),
            sample_lines(
                render(world.registry, {.dialects = {"old"}, .format = Format::openmetrics_1_0})));
}

TEST(Exposition, NothingObservedIsAnEmptyPage) {
  const RenderOptions text{.dialects = {"old", "json", "no such"}, .names = {"x_hits", "old_hits"}};
  RenderOptions open = text;
  open.format = Format::openmetrics_1_0;
  World world;
  EXPECT_EQ(render(world.registry, text), "");
  EXPECT_EQ(render(world.registry, open), "# EOF\n");
}

TEST(Exposition, DialectsAreChosenAndJsonFieldsNeverScraped) {
  World world;
  fill(world);
  world.at(kRoom, "red", "here").gauge().set(1);
  EXPECT_THAT(render(world.registry, {}), Not(HasSubstr("old_hits")));
  EXPECT_THAT(render(world.registry, {.dialects = {"json"}}), Not(HasSubstr("field")));
  EXPECT_THAT(known_dialects(kSchema), testing::ElementsAre("tickwitness", "old"));
}

TEST(Exposition, FilterByName) {
  World world;
  fill(world);
  const auto names_in = [&](std::vector<std::string> names) {
    std::string found;
    const RenderOptions options{.dialects = {"old"}, .names = std::move(names)};
    for (const auto& line : sample_lines(render(world.registry, options))) {
      const std::string name = line.substr(0, line.find_first_of("{ "));
      if (!found.ends_with(name + " ")) found += name + " ";
    }
    return found;
  };
  EXPECT_EQ(names_in({"x_hits_total", "old_hits"}), "old_hits x_hits_total ");
  EXPECT_EQ(names_in({"x_hits"}), "x_hits_total ");
  EXPECT_EQ(names_in({"x_delay_seconds_count"}),
            "x_delay_seconds_bucket x_delay_seconds_sum x_delay_seconds_count ");
  EXPECT_EQ(names_in({"x_delay"}), "");
}

TEST(Negotiate, ByQualityThenText) {
  const Format text = Format::text_0_0_4;
  const Format open = Format::openmetrics_1_0;
  const std::pair<const char*, Format> cases[] = {
      {"", text},
      {"*/*", text},
      {"text/html,application/xhtml+xml,*/*;q=0.8", text},
      // Prometheus 2.42
      {"application/openmetrics-text;version=1.0.0,application/"
       "openmetrics-text;version=0.0.1;q=0.75,"
       "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       open},
      {"application/openmetrics-text", open},
      {"Application/OpenMetrics-Text; Version=\"1.0.0\"", open},
      {"application/openmetrics-text;version=0.0.1", text},
      {"application/openmetrics-text;q=0", text},
      {"application/openmetrics-text;q=0.5,text/plain;q=0.6", text},
      {"application/openmetrics-text;q=0.6,text/plain;q=0.5", open},
      {"application/openmetrics-text;q=0.5,*/*;q=0.6", text},
      {"application/openmetrics-text;q=2,text/plain;q=0.1", text},
      {"application/openmetrics-text;q=x", text},
      {"application/openmetrics-text,text/*;q=0.2", open},
      {"application/json", text},
      {",;=,;q,", text},
  };
  for (const auto& [accept, format] : cases) EXPECT_EQ(negotiate(accept), format) << accept;
}

TEST(Negotiate, ContentTypes) {
  EXPECT_EQ(content_type(Format::text_0_0_4), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(content_type(Format::openmetrics_1_0),
            "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

}  // namespace
}  // namespace tickwitness::telemetry
