// Each checker at the engine's end of Binance's wire can fail, and is silent about what is right.
#include "app/demo_end.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "app/demo_venues.h"
#include "sim/exchange/binance_settings.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using What = EngineNote::What;

constexpr base::Now kBegan{base::Instant(5h), base::WallTime(1'767'323'070s)};
constexpr sim::Promises kPromises{.stale_after_trade = 12s,
                                  .stale_after_spread = 12s,
                                  .stale_after_ohlc = 12s,
                                  .healthy_after = 60s,
                                  .breaker_failures_max = 2,
                                  .breaker_timeout = 30s,
                                  .breaker_half_open_timeout = 15s};
constexpr auto kSubscribe = R"({"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1})";
constexpr auto kState =
    R"(tickwitness_feed_subscription_state{{exchange="binance",symbol="BTC-USDT",)"
    R"(stream="trade",state="{}"}})";
constexpr auto kConnected = R"(tickwitness_feed_connected{exchange="binance",connection="main"})";
constexpr auto kBreaker =
    R"(tickwitness_breaker_state{{exchange="binance",connection="main",state="{}"}})";
constexpr auto kAcks = R"(tickwitness_feed_acks_total{exchange="binance"})";
constexpr auto kAttempts =
    R"(tickwitness_feed_connection_attempts_total{exchange="binance",connection="main"})";
constexpr auto kStale =
    R"(tickwitness_feed_subscription_stale_total{exchange="binance",symbol="BTC-USDT",)"
    R"(stream="trade"})";

// The trades of BTC-USDT are followed, and what the product shows of that.
struct Followed {
  Followed() {
    connect(1, 7);
    trade(1, 7);
    shows("live");
    series[kConnected] = series[kAcks] = series[kAttempts] = 1;
    breaker("closed");
    pass(2s);
  }

  base::Now now() const { return {kBegan.mono + elapsed, kBegan.wall + elapsed}; }
  void pass(base::Duration time) {
    const base::Instant last = now().mono;
    elapsed += time;
    end.on_turn(last, now().mono, elapsed, report);
  }
  void happens(std::uint64_t link, What what, std::string text = "",
               runtime::CloseReason reason = runtime::CloseReason::local) {
    notes.add(EngineNote{
        .what = what, .link = link, .now = now(), .text = std::move(text), .reason = reason});
  }
  void ship(sim::ConnectionId connection, const std::string& text, const sim::Parcel& parcel) {
    notes.add(ShippedNote{.connection = connection,
                          .at = now().mono,
                          .print = MessagePrint::of(text),
                          .parcel = parcel});
  }
  void arrive(std::uint64_t link, const std::string& text) {
    notes.add(EngineNote{.what = What::delivered,
                         .link = link,
                         .now = now(),
                         .text = "",
                         .print = MessagePrint::of(text)});
  }
  // Every connection begins with the same message.
  void connect(std::uint64_t link, sim::ConnectionId connection) {
    happens(link, What::attempt);
    happens(link, What::open);
    happens(link, What::sent, kSubscribe);
    sim::Parcel accepted{.kind = sim::SentKind::subscribed};
    accepted.request = 1;
    ship(connection, R"({"result":null,"id":1})", accepted);
    arrive(link, R"({"result":null,"id":1})");
  }
  void trade(std::uint64_t link, sim::ConnectionId connection) {
    sim::Parcel parcel = sim::data_parcel(sim::WireChannel::trade, 0, 1, false);
    parcel.id[0] = ++last_trade;
    const std::string text = "trade " + std::to_string(last_trade);
    ship(connection, text, parcel);
    arrive(link, text);
  }
  void shows(std::string_view holds) {
    for (const auto* const state : {"pending", "live", "suspect", "refused"}) {
      series[fmt::format(fmt::runtime(kState), state)] = state == holds ? 1 : 0;
    }
  }
  void breaker(std::string_view holds) {
    for (const auto* const state : {"closed", "open", "half_open"}) {
      series[fmt::format(fmt::runtime(kBreaker), state)] = state == holds ? 1 : 0;
    }
  }
  std::string text() const {
    std::string text;
    for (const auto& [name, value] : series) text += fmt::format("{} {}\n", name, value);
    return text;
  }
  std::vector<std::string> scraped() {
    const auto scrape = sim::Exposition::parse(text());
    EXPECT_TRUE(scrape);
    end.on_scrape(elapsed, now(), *scrape, now().mono, report);
    return report.failed();
  }
  std::vector<std::string> rested(bool lossy = false) {
    end.on_turn(now().mono, now().mono, elapsed, report);
    const auto scrape = sim::Exposition::parse(text());
    EXPECT_TRUE(scrape);
    end.at_rest(elapsed, now(), *scrape, lossy, report);
    return report.failed();
  }

  sim::Settings exchange = sim::binance_settings();
  DemoNotes notes;
  DemoEnd end{exchange, kPromises, market::Venue::binance, notes, false};
  sim::Report report;
  base::Duration elapsed{0};
  std::map<std::string, double> series;
  std::uint64_t last_trade = 0;
};

TEST(DemoEndOfBinance, TheTruthIsSilent) {
  Followed world;
  EXPECT_THAT(world.scraped(), IsEmpty());
  EXPECT_THAT(world.rested(), IsEmpty());
  EXPECT_EQ(world.end.record().ledger().links().at(1).acks, 1U);
  EXPECT_EQ(world.end.record().ledger().requests_unreadable(), 0U);
}

TEST(DemoEndOfBinance, EachLieOnTheWayIsNamed) {
  struct Lie {
    std::string_view what;
    std::function<void(Followed&)> tell;
    std::string_view failed;
  };
  const Lie lies[] = {
      {"a state", [](Followed& w) { w.shows("refused"); }, "states.violations"},
      {"not shown",
       [](Followed& w) {
         std::erase_if(w.series, [](const auto& one) {
           return one.first.starts_with("tickwitness_feed_subscription_state");
         });
       },
       "states.violations"},
      {"a connection", [](Followed& w) { w.series[kConnected] = 0; }, "states.violations"},
      {"a breaker", [](Followed& w) { w.breaker("open"); }, "states.violations"},
      {"a silence that nobody shows", [](Followed& w) { w.pass(12s); }, "staleness.violations"},
      {"a silence that there is not", [](Followed& w) { w.shows("suspect"); },
       "staleness.violations"},
      {"an ack", [](Followed& w) { w.series[kAcks] = 2; }, "counters.violations"},
      {"an attempt", [](Followed& w) { w.series[kAttempts] = 2; }, "counters.violations"},
      {"an attempt while the breaker is open",
       [](Followed& w) {
         for (int i = 0; i < 3; ++i) {
           w.happens(1, What::ended, "", runtime::CloseReason::refused);
           w.happens(1, What::attempt);
         }
         w.pass(2s);
       },
       "breaker.violations"},
      {"a message from nowhere",
       [](Followed& w) {
         w.arrive(1, "trade of nobody");
         w.pass(0s);
       },
       "wire.violations"},
  };
  for (const auto& lie : lies) {
    Followed world;
    lie.tell(world);
    EXPECT_THAT(world.scraped(), Contains(lie.failed)) << lie.what;
  }
}

TEST(DemoEndOfBinance, EachLieAtRestIsNamed) {
  const std::pair<std::function<void(Followed&)>, std::string_view> lies[] = {
      {[](Followed& w) { w.series[kAcks] = 0; }, "counters.tickwitness_feed_acks_total"},
      {[](Followed& w) { w.series[kAttempts] = 0; },
       "counters.tickwitness_feed_connection_attempts_total"},
      {[](Followed& w) { w.series[kStale] = 1; }, "staleness.silences invented"},
      {[](Followed& w) { w.ship(7, "lost", {.kind = sim::SentKind::trade}); }, "wire.delivered"},
      {[](Followed& w) { w.happens(1, What::sent, "no request"); }, "counters.requests_unreadable"},
  };
  for (const auto& [tell, failed] : lies) {
    Followed world;
    tell(world);
    EXPECT_THAT(world.rested(), ElementsAre(failed));
  }
  Followed lossy;
  lossy.ship(7, "lost", {.kind = sim::SentKind::trade});
  EXPECT_THAT(lossy.rested(true), IsEmpty());
}

// The successor asks for the same while the other still serves, and is what is shown once the
// product has let the other go.
TEST(DemoEndOfBinance, WhileAConnectionTakesOverNoStateIsPromised) {
  Followed world;
  world.connect(2, 8);
  world.series[kAcks] = world.series[kAttempts] = 2;
  world.trade(1, 7);
  world.pass(3s);
  EXPECT_TRUE(world.end.record().hands_over());
  EXPECT_THAT(world.scraped(), IsEmpty());
  world.trade(2, 8);
  world.happens(1, What::closing);
  world.happens(1, What::ended);
  world.happens(1, What::dropped);
  world.pass(0s);
  EXPECT_FALSE(world.end.record().hands_over());
  world.series[R"(tickwitness_feed_disconnections_total{exchange="binance",reason="local"})"] = 1;
  world.pass(3s);
  EXPECT_THAT(world.scraped(), IsEmpty());
  EXPECT_THAT(world.rested(), IsEmpty());
  world.series[kConnected] = 0;
  EXPECT_THAT(world.scraped(), ElementsAre("states.violations"));
}

// The end of the product lets go of all, and says nothing of any.
TEST(DemoEndOfBinance, WhatIsDroppedAtTheEndIsNotGivenUp) {
  Followed world;
  world.happens(0, What::finishing);
  world.happens(1, What::dropped);
  world.pass(0s);
  EXPECT_FALSE(world.end.record().ledger().links().at(1).retired);
}

// Turns are ten a second: then nobody was held up.
void turns(DemoVenues& judges, Followed& world, base::Duration time) {
  for (const base::Duration until = world.elapsed + time; world.elapsed < until;) {
    world.elapsed += 100ms;
    judges.on_turn(world.now());
  }
}

TEST(DemoVenues, ShowEachScrapeToTheEndOfItsExchange) {
  for (const auto* const exchange : {"binance", "kraken"}) {
    Followed world;
    world.elapsed = 0s;
    DemoVenues judges(kBegan, {{.venue = market::Venue::binance,
                                .exchange = world.exchange,
                                .promises = kPromises,
                                .notes = world.notes}});
    world.connect(1, 9);
    world.trade(1, 9);
    turns(judges, world, 3s);
    judges.on_scrape(world.now(), world.text(), world.now().mono);
    EXPECT_THAT(judges.report().failed(), Not(Contains("states.violations")));
    turns(judges, world, 1s);
    world.series[fmt::format(R"(tickwitness_feed_connected{{exchange="{}",connection="other"}})",
                             exchange)] = 1;
    judges.on_scrape(world.now(), world.text(), world.now().mono);
    const bool ours = exchange == std::string_view("binance");
    const auto failed = judges.report().failed();
    EXPECT_EQ(std::ranges::find(failed, "states.violations") != failed.end(), ours);
  }
}

}  // namespace
}  // namespace tickwitness::app
