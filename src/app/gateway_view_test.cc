#include "app/gateway_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickwitness::app {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

base::Now at(base::Duration t) {
  return {base::Instant(1000s + t), base::WallTime(1'700'000'000s + t)};
}

serve::SeedValues values(base::Duration t, std::optional<std::uint64_t> trips,
                         std::string status = "connected") {
  return {.latency_p95_ms = 28.3,
          .circuit_breaker_trips = trips,
          .ws_status = std::move(status),
          .timestamp = at(t).wall};
}

// What the event says is the last trip, in ms after at(0s); "null".
std::string trip(const GatewayView& view, base::Duration t) {
  const std::string event = view.event(at(t));
  const std::size_t from = event.find("\"last_trip_at\":") + 15;
  const std::string text = event.substr(from, event.find(',', from) - from);
  if (text == "null") return text;
  return std::to_string(std::stoll(text) - 1'700'000'000'000);
}

TEST(GatewayView, WhatWasNeverHeardIsNull) {
  const GatewayView view("redis");
  EXPECT_EQ(view.event(at(0s)),
            R"({"latency_p50_ms":null,"latency_p95_ms":null,"latency_p99_ms":null,)"
            R"("circuit_breaker_trips":null,"reconnect_count":null,"trades_per_min":null,)"
            R"("ws_status":null,"timestamp":1700000000000,"last_trip_at":null,"mode":null,)"
            R"("uptime_s":null,"errors_total":null,"memory_bytes":null,"cpu_seconds":null,)"
            R"("source":"redis","source_age_s":null})");
  EXPECT_THAT(view.readiness(at(0s).mono).missing,
              ElementsAre("redis: not reached yet", "engine: nothing heard of it"));
}

TEST(GatewayView, ValuesKeepTheirTimeAndTheLinksStateIsForgottenWhenTheStreamStops) {
  GatewayView view("redis");
  view.set_source(std::nullopt);
  view.take(values(-2s, 0), at(0s), 0s);
  EXPECT_THAT(view.event(at(5s)),
              HasSubstr(R"("ws_status":"connected","timestamp":1699999998000)"));
  EXPECT_TRUE(view.readiness(at(5s).mono).ready);
  const std::string late = view.event(at(6s));
  EXPECT_THAT(late, HasSubstr(R"("latency_p95_ms":28.3)"));
  EXPECT_THAT(late, HasSubstr(R"("ws_status":null,"timestamp":1699999998000)"));
  EXPECT_THAT(late, HasSubstr(R"("source_age_s":6)"));
  EXPECT_THAT(view.readiness(at(6s).mono).missing,
              ElementsAre("engine: nothing heard of it for 6 s"));
  EXPECT_EQ(view.components(at(6s).mono)[1].state, "silent");
}

// Seed 000's own test: the count is raised by hand, and the engine's next value is the true one.
TEST(GatewayView, ACountRaisedByHandIsOneTripAndTheNextTrueValueNone) {
  GatewayView view("redis");
  view.take(values(0s, 0), at(0s), 0s);
  EXPECT_EQ(trip(view, 0s), "null");
  view.take({.circuit_breaker_trips = 1, .timestamp = at(1500ms).wall}, at(1500ms), 0s);
  EXPECT_EQ(trip(view, 2s), "1500");
  for (int second = 2; second < 90; ++second) {
    view.take(values(base::Duration(second * 1s), 0), at(base::Duration(second * 1s)), 0s);
    EXPECT_EQ(trip(view, base::Duration(second * 1s)), "1500");
  }
  view.take(values(90s, 1), at(90s), 0s);  // a real one
  EXPECT_EQ(trip(view, 90s), "90000");
}

TEST(GatewayView, TripsOfBeforeTheGatewayBeganAreDatedAndTheFirstCountIsNone) {
  GatewayView view("redis");
  view.take(values(0s, 7), at(0s), 100s);
  EXPECT_EQ(trip(view, 0s), "null");
  view.take(values(0s, 8), at(0s), 40s);
  EXPECT_EQ(trip(view, 0s), "-40000");
  view.take(values(0s, std::nullopt), at(0s), 39s);
  view.take(values(0s, 8), at(0s), 38s);
  EXPECT_EQ(trip(view, 0s), "-40000");
  view.take(values(1s, 0), at(1s), 0s);  // the engine began anew
  EXPECT_EQ(trip(view, 1s), "-40000");
}

TEST(GatewayView, AnEngineThatDatesItsTripsIsBelieved) {
  GatewayView view("scrape");
  view.take(values(0s, 3), at(0s), 0s, at(-50s).wall);
  EXPECT_EQ(trip(view, 0s), "-50000");
  view.take(values(1s, 4), at(1s), 0s, at(500ms).wall);
  EXPECT_EQ(trip(view, 1s), "500");
}

TEST(GatewayView, HealthOfTheEngineIsToldWhileItIsNew) {
  GatewayView view("redis");
  view.take_system({{"mode", "LIVE"},
                    {"uptime_s", "12.5"},
                    {"errors_total", "x"},
                    {"missing", "kraken main: waiting"}},
                   at(0s), 0s);
  EXPECT_THAT(view.event(at(1s)),
              HasSubstr(R"("mode":"LIVE","uptime_s":12.5,"errors_total":null)"));
  EXPECT_THAT(view.event(at(10s)), HasSubstr(R"("mode":"LIVE","uptime_s":null)"));
  EXPECT_EQ(view.components(at(0s).mono)[1].detail, "kraken main: waiting");
  view.take_system({{"mode", "\"<script>"}}, at(0s), 0s);
  EXPECT_THAT(view.event(at(0s)), Not(HasSubstr("script")));
}

}  // namespace
}  // namespace tickwitness::app
