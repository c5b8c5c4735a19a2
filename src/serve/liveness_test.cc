#include "serve/liveness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/test_status.h"

namespace tickwitness::serve {
namespace {

using namespace test;
using feed::BreakerState;
using feed::LinkState;
using feed::SubscriptionState;
using testing::ElementsAre;
using testing::IsEmpty;

struct WordCase {
  std::vector<LinkState> links;
  std::vector<SubscriptionState> subscriptions;
  base::Duration age;
  std::optional<std::string_view> word;
};

TEST(Liveness, WsStatusIsOneWordForAllLinksAndSubscriptions) {
  using L = LinkState;
  using S = SubscriptionState;
  const WordCase cases[] = {
      {{L::connected}, {S::live}, 0s, "connected"},
      {{L::connected, L::connected}, {S::live, S::pending}, 0s, "connected"},
      {{L::connected}, {}, 0s, "connected"},
      {{L::connected, L::waiting}, {S::live}, 0s, "degraded"},
      {{L::connecting, L::connected}, {S::live}, 0s, "degraded"},
      {{L::connected}, {S::live, S::quiet}, 0s, "connected"},
      {{L::connected}, {S::live, S::suspect}, 0s, "degraded"},
      {{L::connected}, {S::live, S::zombie}, 0s, "degraded"},
      {{L::connected}, {S::live, S::healing}, 0s, "degraded"},
      {{L::connected}, {S::refused}, 0s, "degraded"},
      {{L::waiting}, {S::live}, 0s, "disconnected"},
      {{L::connecting, L::stopped, L::idle}, {}, 0s, "disconnected"},
      {{}, {}, 0s, "disconnected"},
      {{L::connected}, {S::live}, kStatusAgeMax, "connected"},
      {{L::connected}, {S::live}, kStatusAgeMax + 1ns, std::nullopt},
      {{L::waiting}, {}, 1h, std::nullopt},
  };
  for (const auto& c : cases) {
    EngineStatus status = engine({});
    for (const auto state : c.links) status.feeds[0].connections.push_back(connection("c", state));
    for (const auto state : c.subscriptions) {
      status.feeds[0].subscriptions.push_back(subscription("BTC-USD", "trade", state));
    }
    EXPECT_EQ(ws_status(&status, at(c.age).mono), c.word) << &c - cases;
  }
  EXPECT_EQ(ws_status(nullptr, at().mono), std::nullopt);
}

TEST(Liveness, LinksOfAllFeedsCount) {
  EngineStatus status = engine({connection("main", LinkState::connected)});
  status.feeds.push_back({.venue = market::Venue::binance});
  status.feeds[1].connections.push_back(connection("main", LinkState::waiting));
  EXPECT_EQ(ws_status(&status, at().mono), "degraded");
}

TEST(Liveness, ReadinessNamesWhatIsMissing) {
  EXPECT_THAT(readiness(nullptr, at().mono).missing, ElementsAre("engine: no report"));
  EXPECT_FALSE(readiness(nullptr, at().mono).ready);

  EngineStatus status = engine({connection("main", LinkState::connected)},
                               {subscription("BTC-USD", "trade", SubscriptionState::live),
                                subscription("BTC-USD", "ohlc-5", SubscriptionState::suspect),
                                subscription("ETH-USD", "trade", SubscriptionState::pending)});
  status.feeds[0].subscriptions[2].answered = true;  // accepted, and nothing was traded yet
  EXPECT_TRUE(readiness(&status, at().mono).ready);
  EXPECT_THAT(readiness(&status, at().mono).missing, IsEmpty());
  EXPECT_THAT(readiness(&status, at(6s).mono).missing, ElementsAre("engine: no report"));

  auto& feed = status.feeds[0];
  feed.connections.push_back(connection("ohlc-5", LinkState::connecting));
  feed.connections.push_back(connection("ohlc-15", LinkState::waiting));
  feed.subscriptions.push_back(subscription("ETH-USD", "spread", SubscriptionState::pending));
  feed.subscriptions.push_back(subscription("", "instrument", SubscriptionState::pending));
  feed.subscriptions.push_back(subscription("NOPE-USD", "trade", SubscriptionState::refused));
  EXPECT_FALSE(readiness(&status, at().mono).ready);
  EXPECT_THAT(readiness(&status, at().mono).missing,
              ElementsAre("kraken ohlc-5: connecting", "kraken ohlc-15: waiting",
                          "kraken ETH-USD spread: no answer yet",
                          "kraken instrument: no answer yet", "kraken NOPE-USD trade: refused"));
}

TEST(Liveness, ComponentsSayTheirStateAgeAndTrouble) {
  const auto silent = components(nullptr, at().mono);
  ASSERT_EQ(silent.size(), 1U);
  EXPECT_EQ(silent[0].name, "engine");
  EXPECT_EQ(silent[0].state, "silent");
  EXPECT_FALSE(silent[0].ok);
  EXPECT_EQ(silent[0].age, std::nullopt);

  auto up = connection("main", LinkState::connected);
  up.last_frame = at(1s).mono;
  auto down = connection("ohlc-5", LinkState::waiting);
  down.breaker.reason = "refused";
  down.next_attempt = at(3500ms).mono;
  auto refused = subscription("NOPE-USD", "trade", SubscriptionState::refused);
  refused.refusal = "Currency pair not supported";
  const EngineStatus status =
      engine({up, down}, {refused, subscription("", "instrument", SubscriptionState::live)});
  const auto all = components(&status, at(2s).mono);
  ASSERT_EQ(all.size(), 5U);
  EXPECT_TRUE(all[0].ok);
  EXPECT_EQ(all[0].age, base::Duration(2s));
  EXPECT_TRUE(all[1].ok);
  EXPECT_EQ(all[1].age, base::Duration(1s));
  EXPECT_EQ(all[1].detail, "");
  EXPECT_FALSE(all[2].ok);
  EXPECT_EQ(all[2].age, std::nullopt);  // it never had a frame
  EXPECT_EQ(all[2].detail, "refused; next attempt in 1.5 s");
  EXPECT_FALSE(all[3].ok);
  EXPECT_EQ(all[3].detail, "Currency pair not supported");
  EXPECT_TRUE(all[4].ok);
  EXPECT_EQ(all[4].name, "kraken instrument");
}

TEST(Liveness, TotalsCountSubscriptionsByState) {
  using S = SubscriptionState;
  EngineStatus status = engine({});
  for (const auto state : {S::live, S::live, S::live, S::pending, S::suspect, S::suspect, S::quiet,
                           S::zombie, S::healing, S::refused}) {
    status.feeds[0].subscriptions.push_back(subscription("BTC-USD", "trade", state));
  }
  const SubscriptionTotals sums = totals(status);
  EXPECT_EQ(sums.live, 3U);
  EXPECT_EQ(sums.pending, 1U);
  EXPECT_EQ(sums.suspect, 2U);
  EXPECT_EQ(sums.quiet, 1U);
  EXPECT_EQ(sums.zombie, 1U);
  EXPECT_EQ(sums.healing, 1U);
  EXPECT_EQ(sums.silent(), 4U);
  EXPECT_EQ(sums.refused, 1U);
}

struct OneBreaker {
  BreakerState state;
  std::optional<base::Duration> trip, until;
  std::string reason;
};

struct BreakerCase {
  std::vector<OneBreaker> breakers;
  OneBreaker worst;
};

TEST(Liveness, TheBreakerIsTheWorstWithTheLatestTripOfAny) {
  using B = BreakerState;
  const BreakerCase cases[] = {
      {{{B::closed, {}, {}, ""}}, {B::closed, {}, {}, ""}},
      {{{B::closed, 5s, {}, "a"}, {B::closed, 3s, {}, "b"}}, {B::closed, 5s, {}, "a"}},
      {{{B::closed, 3s, {}, "a"}, {B::closed, 5s, {}, "b"}}, {B::closed, 5s, {}, "b"}},
      {{{B::open, 5s, 65s, "a"}, {B::half_open, 9s, {}, "b"}}, {B::open, 9s, 65s, "a"}},
      {{{B::half_open, 9s, {}, "b"}, {B::open, 5s, 65s, "a"}}, {B::open, 9s, 65s, "a"}},
      {{{B::open, 5s, 65s, "a"}, {B::closed, 9s, {}, "b"}}, {B::open, 9s, 65s, "a"}},
      {{{B::closed, 9s, {}, "b"}, {B::half_open, 5s, {}, "a"}}, {B::half_open, 9s, {}, "a"}},
      {{{B::open, 5s, 65s, "a"}, {B::open, 6s, 66s, "b"}}, {B::open, 6s, 66s, "b"}},
  };
  const auto wall = [](std::optional<base::Duration> t) {
    return t ? std::optional(at(*t).wall) : std::nullopt;
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(&c - cases);
    EngineStatus status = engine({});
    for (const auto& one : c.breakers) {
      auto link = connection("c", LinkState::waiting);
      link.breaker = {.state = one.state,
                      .last_trip = wall(one.trip),
                      .open_until = wall(one.until),
                      .reason = one.reason};
      status.feeds[0].connections.push_back(link);
    }
    const auto summary = breaker(status);
    ASSERT_TRUE(summary.has_value());
    EXPECT_EQ(summary->state, c.worst.state);
    EXPECT_EQ(summary->last_trip, wall(c.worst.trip));
    EXPECT_EQ(summary->open_until, wall(c.worst.until));
    EXPECT_EQ(summary->reason, c.worst.reason);
  }
  EXPECT_FALSE(breaker(engine({})).has_value());  // no connection, no breaker
}

}  // namespace
}  // namespace tickwitness::serve
