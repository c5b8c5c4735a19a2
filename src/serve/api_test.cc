#include "serve/api.h"

#include <gtest/gtest.h>

#include "serve/test_status.h"

namespace tickwitness::serve {
namespace {

using namespace test;
using feed::LinkState;
using feed::SubscriptionState;

TEST(HealthJson, SaysDownBeforeTheEngineReported) {
  EXPECT_EQ(health_json(components(nullptr, at().mono)),
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
    EXPECT_TRUE(health_json(components(&c.status, at(c.since).mono)).starts_with(start))
        << &c - cases;
  }
}

TEST(HealthJson, ComponentsWithTheirAge) {
  auto up = connection("main", LinkState::connected);
  up.last_frame = at().mono;
  const EngineStatus status = engine({up});
  EXPECT_EQ(health_json(components(&status, at(1500ms).mono)),
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
  up.successor = LinkState::connecting;
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
      R"({"name":"main","state":"connected","last_frame_age_s":1.25,"next_attempt_in_s":null,"successor":"connecting",)"
      R"("attempts":4,"reconnects":1,"disconnections":2,"acks":9,"refusals":3,)"
      R"("breaker":{"state":"closed","trips":0,"last_trip_at":null,"open_until":null,)"
      R"("last_failure":null}},)"
      R"({"name":"ohlc-5","state":"waiting","last_frame_age_s":null,"next_attempt_in_s":1,"successor":null,)"
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
  EXPECT_EQ(feeds_json(nullptr, at().mono), R"({"feeds":[],"books":[]})");
  auto trade = subscription("BTC-USD", "trade", SubscriptionState::live);
  trade.last_data = at(-1s).mono;
  trade.threshold = 4250ms;
  trade.stale_after = 120s;
  trade.events = 42;
  auto refused = subscription("NOPE-USD", "ohlc-5", SubscriptionState::refused);
  refused.refusal = "say \"please\"";
  const EngineStatus status =
      engine({}, {trade, refused, subscription("", "instrument", SubscriptionState::pending)});
  EXPECT_EQ(feeds_json(&status, at().mono),
            R"({"feeds":[{"exchange":"kraken","symbol":"BTC-USD","stream":"trade",)"
            R"("connection":"main","state":"live","age_s":1,"threshold_s":4.25,)"
            R"("stale_after_s":120,"events":42,"refusal":null},)"
            R"({"exchange":"kraken","symbol":"NOPE-USD","stream":"ohlc-5","connection":"main",)"
            R"("state":"refused","age_s":null,"threshold_s":null,"stale_after_s":null,"events":0,)"
            R"("refusal":"say \"please\""},)"
            R"({"exchange":"kraken","symbol":null,"stream":"instrument","connection":"main",)"
            R"("state":"pending","age_s":null,"threshold_s":null,"stale_after_s":null,"events":0,)"
            R"("refusal":null}],"books":[]})");
}

market::Symbol symbol(std::string_view text) {
  return market::Symbol::parse(text).value();
}

TEST(FeedsJson, BooksWithAllTheirDigitsAndWithoutPricesWhenTheyAreWrong) {
  EngineStatus status = engine({});
  status.feeds[0].books = {
      {.symbol = symbol("BTC-USD"),
       .state = feed::BookState::valid,
       .bid = market::Level{base::Decimal(844'120, 1), base::Decimal(5100, 8)},
       .ask = market::Level{base::Decimal(844'130, 1), base::Decimal(100'000'000, 8)},
       .precision = {.price = 1, .quantity = 8},
       .source = feed::PrecisionSource::instrument,
       .resyncs = 3},
      {.symbol = symbol("ETH-USD"), .state = feed::BookState::quarantined}};
  EXPECT_EQ(
      feeds_json(&status, at().mono),
      R"({"feeds":[],"books":[{"exchange":"kraken","symbol":"BTC-USD","state":"valid",)"
      R"("bid":{"price":84412.0,"quantity":0.00005100},)"
      R"("ask":{"price":84413.0,"quantity":1.00000000},)"
      R"("price_decimals":1,"quantity_decimals":8,"precision_from":"instrument","resyncs":3},)"
      R"({"exchange":"kraken","symbol":"ETH-USD","state":"quarantined","bid":null,"ask":null,)"
      R"("price_decimals":null,"quantity_decimals":null,"precision_from":null,"resyncs":0}]})");
}

TEST(GapsJson, WhatIsNotKnownIsNotListed) {
  constexpr std::string_view kNone = R"({"gaps":[],"completeness":[]})";
  EXPECT_EQ(gaps_json(nullptr), kNone);
  const EngineStatus status = engine({});
  EXPECT_EQ(gaps_json(&status), kNone);
}

TEST(GapsJson, NewestFirstWithNullForWhatAnEntryHasNot) {
  EngineStatus status = engine({});
  status.gaps = {{.id = 7,
                  .symbol = symbol("BTC-USD"),
                  .from = 100,
                  .to = 109,
                  .missing = 0,
                  .lost = 4,
                  .cause = feed::GapCause::disconnect,
                  .state = feed::GapState::unrecoverable,
                  .opened = at(-60s),
                  .closed = at(-1500ms),
                  .reason = "REST \"no\""},
                 {.id = 8,
                  .venue = market::Venue::binance,
                  .symbol = symbol("ETH-USDT"),
                  .channel = exchange::Channel::book,
                  .from = 5,
                  .to = 6,
                  .cause = feed::GapCause::sequence,
                  .state = feed::GapState::filling,
                  .opened = at(-2s)},
                 {.id = 9,
                  .symbol = symbol("ETH-USD"),
                  .channel = exchange::Channel::book,
                  .cause = feed::GapCause::checksum,
                  .opened = at(-1s)},
                 {.id = 10,
                  .connection = "main",
                  .cause = feed::GapCause::disconnect,
                  .state = feed::GapState::filled,
                  .opened = at(),
                  .closed = at()}};
  EXPECT_EQ(gaps_json(&status),
            R"({"gaps":[{"id":10,"exchange":"kraken","symbol":null,"channel":null,)"
            R"("connection":"main","from":null,"to":null,"missing":null,"lost":null,)"
            R"("cause":"disconnect","state":"filled","opened":1700000000000,)"
            R"("closed":1700000000000,"reason":null},)"
            R"({"id":9,"exchange":"kraken","symbol":"ETH-USD","channel":"book","connection":null,)"
            R"("from":null,"to":null,"missing":null,"lost":null,"cause":"checksum","state":"open",)"
            R"("opened":1699999999000,"closed":null,"reason":null},)"
            R"({"id":8,"exchange":"binance","symbol":"ETH-USDT","channel":"book",)"
            R"("connection":null,"from":5,"to":6,"missing":null,"lost":null,"cause":"sequence",)"
            R"("state":"filling","opened":1699999998000,"closed":null,"reason":null},)"
            R"({"id":7,"exchange":"kraken","symbol":"BTC-USD","channel":"trade",)"
            R"("connection":null,"from":100,"to":109,"missing":0,"lost":4,"cause":"disconnect",)"
            R"("state":"unrecoverable","opened":1699999940000,"closed":1699999998500,)"
            R"("reason":"REST \"no\""}],"completeness":[]})");
}

TEST(GapsJson, DaysOfEveryMarketNewestFirst) {
  using namespace std::chrono;
  EngineStatus status = engine({});
  status.feeds[0].trades = {{.symbol = symbol("BTC-USD"),
                             .days = {{sys_days(2024y / February / 29), 49'999, 1},
                                      {sys_days(2024y / March / 1), 8, 0}}}};
  status.feeds.push_back(
      {.venue = market::Venue::binance,
       .trades = {{.symbol = symbol("ETH-USDT"), .days = {{sys_days(2024y / March / 1), 0, 0}}}}});
  EXPECT_EQ(gaps_json(&status),
            R"({"gaps":[],"completeness":[)"
            R"({"exchange":"kraken","symbol":"BTC-USD","day":"2024-03-01","received":8,)"
            R"("missing":0,"ratio":1},)"
            R"({"exchange":"binance","symbol":"ETH-USDT","day":"2024-03-01","received":0,)"
            R"("missing":0,"ratio":null},)"
            R"({"exchange":"kraken","symbol":"BTC-USD","day":"2024-02-29","received":49999,)"
            R"("missing":1,"ratio":0.99998}]})");
}

}  // namespace
}  // namespace tickwitness::serve
