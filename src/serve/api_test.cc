#include "serve/api.h"

#include <gtest/gtest.h>

#include "serve/test_status.h"

namespace tickwitness::serve {
namespace {

using namespace test;
using feed::LinkState;
using feed::SubscriptionState;

TEST(HealthJson, SaysDownBeforeTheEngineReported) {
  EXPECT_EQ(health_json(nullptr, at().mono),
            R"({"status":"down","components":[{"name":"engine","state":"silent","ok":false,)"
            R"("age_s":null,"detail":"no report from the engine's thread"}]})");
}

struct Health {
  EngineStatus status;
  base::Duration since;
  std::string_view word;
};

TEST(HealthJson, OneWordForTheWhole) {
  const auto live = subscription("BTC-USD", "trade", SubscriptionState::live);
  const auto stale = subscription("BTC-USD", "trade", SubscriptionState::suspect);
  const auto up = connection("main", LinkState::connected);
  const auto down = connection("main", LinkState::waiting);
  const Health cases[] = {
      {engine({up}, {live}), 0s, "ok"},
      {engine({up}, {stale}), 0s, "degraded"},
      {engine({down}, {live}), 0s, "degraded"},
      {engine({up}, {live}), 6s, "down"},
      {engine({}), 0s, "ok"},
  };
  for (const auto& c : cases) {
    const std::string start = R"({"status":")" + std::string(c.word) + '"';
    EXPECT_TRUE(health_json(&c.status, at(c.since).mono).starts_with(start)) << &c - cases;
  }
}

TEST(HealthJson, ComponentsWithTheirAge) {
  auto up = connection("main", LinkState::connected);
  up.last_frame = at().mono;
  const EngineStatus status = engine({up});
  EXPECT_EQ(health_json(&status, at(1500ms).mono),
            R"({"status":"ok","components":[)"
            R"({"name":"engine","state":"running","ok":true,"age_s":1.5,"detail":null},)"
            R"({"name":"kraken main","state":"connected","ok":true,"age_s":1.5,"detail":null}]})");
}

const ProcessInfo kProcess{.mode = "demo",
                           .simulated = true,
                           .version = "1.2.3",
                           .commit = "abc",
                           .instance = "here",
                           .seed = 7,
                           .started = at(-10s)};

TEST(StatusJson, BeforeTheEngineReported) {
  ProcessInfo live = kProcess;
  live.simulated = false;
  live.seed.reset();
  EXPECT_EQ(status_json(nullptr, live, at().mono),
            R"({"mode":"LIVE","version":"1.2.3","commit":"abc","instance":"here",)"
            R"("started_at_ms":1699999990000,"uptime_s":10,"seed":null,"report_age_s":null,)"
            R"("venues":[]})");
}

TEST(StatusJson, ConnectionsWithNullForWhatIsNotKnown) {
  auto up = connection("main", LinkState::connected);
  up.last_frame = at(-250ms).mono;
  up.counts = {.attempts = 4, .reconnects = 1, .disconnections = 2, .acks = 9, .refusals = 3};
  auto down = connection("ohlc-5", LinkState::waiting);
  down.next_attempt = at(2s).mono;
  down.breaker = {.state = feed::BreakerState::open,
                  .trips = 1,
                  .last_trip = at(-1s).wall,
                  .open_until = at(59s).wall,
                  .reason = "refused"};
  EngineStatus status = engine({up, down});
  status.feeds[0].venue_status = exchange::VenueStatus::online;
  EXPECT_EQ(
      status_json(&status, kProcess, at(1s).mono),
      R"({"mode":"SIMULATED","version":"1.2.3","commit":"abc","instance":"here",)"
      R"("started_at_ms":1699999990000,"uptime_s":11,"seed":7,"report_age_s":1,)"
      R"("venues":[{"exchange":"kraken","status":"online","connections":[)"
      R"({"name":"main","state":"connected","last_frame_age_s":1.25,"next_attempt_in_s":null,)"
      R"("attempts":4,"reconnects":1,"disconnections":2,"acks":9,"refusals":3,)"
      R"("breaker":{"state":"closed","trips":0,"last_trip_at":null,"open_until":null,)"
      R"("last_failure":null}},)"
      R"({"name":"ohlc-5","state":"waiting","last_frame_age_s":null,"next_attempt_in_s":1,)"
      R"("attempts":0,"reconnects":0,"disconnections":0,"acks":0,"refusals":0,)"
      R"("breaker":{"state":"open","trips":1,"last_trip_at":1699999999000,)"
      R"("open_until":1700000059000,"last_failure":"refused"}}]}]})");
}

TEST(StatusJson, AVenueThatSaidNothingHasNoStatus) {
  const EngineStatus status = engine({});
  EXPECT_NE(status_json(&status, kProcess, at().mono)
                .find(R"("venues":[{"exchange":"kraken","status":null,"connections":[]}])"),
            std::string::npos);
}

TEST(FeedsJson, SubscriptionsWithNullForWhatIsNotKnown) {
  EXPECT_EQ(feeds_json(nullptr, at().mono), R"({"feeds":[]})");
  auto trade = subscription("BTC-USD", "trade", SubscriptionState::live);
  trade.last_data = at(-1s).mono;
  trade.stale_after = 120s;
  trade.events = 42;
  auto refused = subscription("NOPE-USD", "ohlc-5", SubscriptionState::refused);
  refused.refusal = "say \"please\"";
  const EngineStatus status =
      engine({}, {trade, refused, subscription("", "instrument", SubscriptionState::pending)});
  EXPECT_EQ(feeds_json(&status, at().mono),
            R"({"feeds":[{"exchange":"kraken","symbol":"BTC-USD","stream":"trade",)"
            R"("connection":"main","state":"live","age_s":1,"stale_after_s":120,"events":42,)"
            R"("refusal":null},)"
            R"({"exchange":"kraken","symbol":"NOPE-USD","stream":"ohlc-5","connection":"main",)"
            R"("state":"refused","age_s":null,"stale_after_s":null,"events":0,)"
            R"("refusal":"say \"please\""},)"
            R"({"exchange":"kraken","symbol":null,"stream":"instrument","connection":"main",)"
            R"("state":"pending","age_s":null,"stale_after_s":null,"events":0,"refusal":null}]})");
}

}  // namespace
}  // namespace tickwitness::serve
