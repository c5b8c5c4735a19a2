#include "serve/seed_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/test_status.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::serve {
namespace {

using namespace test;
using telemetry::label::Connection;
using telemetry::label::Exchange;
using Reading = telemetry::Registry::Reading;
using testing::Contains;
using testing::ElementsAre;
using testing::Pair;

const SeedValues kAll{.latency_p50_ms = 12.5,
                      .latency_p95_ms = 28.3,
                      .latency_p99_ms = 45,
                      .circuit_breaker_trips = 3,
                      .reconnect_count = 2,
                      .trades_per_min = 127.5,
                      .ws_status = "connected",
                      .timestamp = base::WallTime(1700000000123ms)};

TEST(SeedValues, AsFieldsAndBack) {
  EXPECT_THAT(to_fields(kAll),
              ElementsAre(Pair("latency_p50_ms", "12.5"), Pair("latency_p95_ms", "28.3"),
                          Pair("latency_p99_ms", "45"), Pair("circuit_breaker_trips", "3"),
                          Pair("reconnect_count", "2"), Pair("trades_per_min", "127.5"),
                          Pair("ws_status", "connected"), Pair("timestamp", "1700000000123")));
  EXPECT_EQ(from_fields(to_fields(kAll), {}), kAll);
}

TEST(SeedValues, WhatIsUnknownHasNoField) {
  const SeedValues nothing{.timestamp = base::WallTime(1s)};
  EXPECT_THAT(to_fields(nothing), ElementsAre(Pair("timestamp", "1000")));
  EXPECT_EQ(from_fields(to_fields(nothing), {}), nothing);
}

// By hand, or by others: what is not what it should be is unknown.
TEST(SeedValues, FieldsOfOthers) {
  const auto entered = base::WallTime(77s);
  const SeedValues odd = from_fields({{"latency_p50_ms", "fast"},
                                      {"latency_p95_ms", "nan"},
                                      {"latency_p99_ms", "1e999"},
                                      {"circuit_breaker_trips", "-1"},
                                      {"reconnect_count", "2.5"},
                                      {"ws_status", "great"},
                                      {"timestamp", "99999999999999"},
                                      {"more", "1"}},
                                     entered);
  EXPECT_EQ(odd, SeedValues{.timestamp = entered});
  EXPECT_EQ(from_fields({{"circuit_breaker_trips", "5"}}, entered).circuit_breaker_trips, 5U);
}

TEST(SeedValues, ComeFromTheRegistryAndTheEngine) {
  telemetry::Registry registry;
  telemetry::Catalog metrics(registry);
  metrics.breaker_trips.at(Exchange::kraken, Connection{"main"}).add(2);
  EngineStatus status = engine({connection("main", feed::LinkState::connected)}, {});
  status.at = at();
  const SeedValues values = seed_values(Reading(registry), &status, at(1s));
  EXPECT_EQ(values.circuit_breaker_trips, 2U);
  EXPECT_EQ(values.ws_status, "connected");
  EXPECT_FALSE(values.latency_p50_ms);
  EXPECT_EQ(values.timestamp, at(1s).wall);
  EXPECT_FALSE(seed_values(Reading(registry), &status, at(6s)).ws_status);  // the engine is silent
}

TEST(SystemFields, SayWhatIsSo) {
  telemetry::Registry registry;
  telemetry::Catalog metrics(registry);
  ProcessInfo process{.mode = "run", .version = "1.2", .instance = "a", .started = at(-100s)};
  const Fields before = system_fields(Reading(registry), nullptr, process, at());
  EXPECT_THAT(before, Contains(Pair("instance", "a")));
  EXPECT_THAT(before, Contains(Pair("version", "1.2")));
  EXPECT_THAT(before, Contains(Pair("mode", "LIVE")));
  EXPECT_THAT(before, Contains(Pair("uptime_s", "100")));
  EXPECT_THAT(before, Contains(Pair("state", "degraded")));
  EXPECT_THAT(before, Contains(Pair("ready", "0")));
  EXPECT_THAT(before, Contains(Pair("missing", "engine: no report")));
  EXPECT_THAT(before, Contains(Pair("timestamp", "1700000000000")));
  EXPECT_THAT(before, testing::Not(Contains(Pair("memory_bytes", testing::_))));
  EngineStatus status = engine({connection("main", feed::LinkState::connected)}, {});
  status.at = at();
  const Fields after = system_fields(Reading(registry), &status, process, at());
  EXPECT_THAT(after, Contains(Pair("state", "ok")));
  EXPECT_THAT(after, Contains(Pair("ready", "1")));
  EXPECT_THAT(after, testing::Not(Contains(Pair("missing", testing::_))));
}

}  // namespace
}  // namespace tickwitness::serve
