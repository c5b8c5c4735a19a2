#include "app/gateway_scrape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/gateway_view.h"

namespace tickwitness::app {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr auto kAt = base::WallTime(1'700'000'000s);

const std::string kPage = R"(# TYPE kraken_ws_latency_p50_ms gauge
kraken_ws_latency_p50_ms{pair="BTC-USD"} 12.5
kraken_ws_latency_p50_ms{pair="ETH-USD"} 11
# TYPE kraken_ws_latency_p95_ms gauge
kraken_ws_latency_p95_ms{pair="BTC-USD"} 28.3
kraken_ws_latency_p95_ms{pair="ETH-USD"} 40.5
# TYPE kraken_ws_latency_p99_ms gauge
kraken_ws_latency_p99_ms{pair="BTC-USD"} 45
kraken_ws_latency_p99_ms{pair="ETH-USD"} 44
# TYPE kraken_trades_per_minute gauge
kraken_trades_per_minute 127.5
# TYPE tickwitness_breaker_trips_total counter
tickwitness_breaker_trips_total{connection="main"} 2
tickwitness_breaker_trips_total{connection="ohlc-5"} 1
# TYPE tickwitness_breaker_last_trip_timestamp_seconds gauge
tickwitness_breaker_last_trip_timestamp_seconds{connection="main"} 1699999990.5
# TYPE tickwitness_feed_reconnects_total counter
tickwitness_feed_reconnects_total{connection="main"} 4
)";
const std::string kUp = R"(# TYPE tickwitness_feed_connected gauge
tickwitness_feed_connected{exchange="kraken",connection="main"} 1
tickwitness_feed_connected{exchange="kraken",connection="ohlc-5"} 1
)";
const std::string kStates = R"(# TYPE tickwitness_feed_subscription_state gauge
tickwitness_feed_subscription_state{symbol="BTC-USD",state="live"} 0
tickwitness_feed_subscription_state{symbol="BTC-USD",state="zombie"} 1
)";

TEST(GatewayScrape, TheEightValuesOfAPage) {
  const auto scraped = read_scrape(kPage + kUp, kAt);
  ASSERT_TRUE(scraped) << scraped.error().message;
  const serve::SeedValues expected{.latency_p50_ms = 11,
                                   .latency_p95_ms = 40.5,
                                   .latency_p99_ms = 44,
                                   .circuit_breaker_trips = 3,
                                   .reconnect_count = 4,
                                   .trades_per_min = 127.5,
                                   .ws_status = "connected",
                                   .timestamp = kAt};
  EXPECT_EQ(scraped->values, expected);
  EXPECT_EQ(scraped->last_trip, kAt - 9500ms);
  EXPECT_EQ(scraped->latency_of, "ETH-USD");
  EXPECT_EQ(scraped->report_age, 0s);
}

// The process answers, and what it says of its links is as old as the last report.
TEST(GatewayScrape, AThreadOfTheEngineThatHangsIsNoEngineThatRuns) {
  const std::string age = "tickwitness_engine_report_age_seconds ";
  for (const auto& [told, seconds] : {std::pair{"0.25", 0.25}, {"7.5", 7.5}, {"-1", 0.0}}) {
    const auto scraped = read_scrape(kPage + kUp + age + told + "\n", kAt);
    ASSERT_TRUE(scraped) << scraped.error().message;
    EXPECT_EQ(scraped->report_age, std::chrono::duration<double>(seconds));
  }
  const auto hanging = read_scrape(kPage + kUp + age + "7.5\n", kAt);
  EXPECT_EQ(hanging->values.timestamp, kAt - 7500ms);
  GatewayView view("scrape");
  view.set_source(std::nullopt);
  const base::Now now{base::Instant(1000s), kAt};
  view.take(hanging->values, now, hanging->report_age, hanging->last_trip);
  EXPECT_THAT(view.event(now), HasSubstr(R"("ws_status":null)"));
  EXPECT_THAT(view.event(now), HasSubstr(R"("source_age_s":7.5)"));
  EXPECT_THAT(view.readiness(now.mono).missing, ElementsAre("engine: nothing heard of it for 8 s"));
}

TEST(GatewayScrape, AnEngineThatHasNotReportedYetIsNoEngineThatRuns) {
  const auto of_ours = read_scrape("tickwitness_build_info{version=\"1\"} 1\n" + kPage, kAt);
  ASSERT_TRUE(of_ours);
  EXPECT_GT(of_ours->report_age, 1h);
  EXPECT_EQ(read_scrape(kPage, kAt)->report_age, 0s) << "a page of another program has no age";
}

TEST(GatewayScrape, WhatIsNotThereIsUnknown) {
  const auto scraped = read_scrape("", kAt);
  ASSERT_TRUE(scraped);
  EXPECT_EQ(scraped->values, serve::SeedValues{.timestamp = kAt});
  EXPECT_FALSE(scraped->last_trip);
}

TEST(GatewayScrape, LinksAndSubscriptionsDecideOnTheStatus) {
  const auto status = [](const std::string& text) {
    return read_scrape(text, kAt)->values.ws_status;
  };
  EXPECT_EQ(status(kUp), "connected");
  EXPECT_EQ(status(kUp + kStates), "degraded");
  std::string one_down = kUp;
  one_down.replace(one_down.rfind(" 1"), 2, " 0");
  EXPECT_EQ(status(one_down), "degraded");
  one_down.replace(one_down.find(" 1"), 2, " 0");
  EXPECT_EQ(status(one_down), "disconnected");
  EXPECT_FALSE(status(kPage));
}

TEST(GatewayScrape, NamesOfKrakenDoNotStandForOthers) {
  const auto scraped = read_scrape(kPage + kUp +
                                       "tickwitness_feed_connected{exchange=\"binance\","
                                       "connection=\"main\"} 1\n",
                                   kAt);
  ASSERT_TRUE(scraped) << scraped.error().message;
  EXPECT_FALSE(scraped->values.latency_p95_ms || scraped->values.trades_per_min);
  EXPECT_EQ(scraped->values.circuit_breaker_trips, 3U);
}

TEST(GatewayScrape, WhatIsNoPageIsAnError) {
  EXPECT_FALSE(read_scrape("<html>", kAt));
}

}  // namespace
}  // namespace tickwitness::app
