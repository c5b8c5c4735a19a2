#include "feed/rest_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace tickwitness::feed {
namespace {

using namespace std::chrono_literals;
using exchange::RestEndpoint;
using exchange::RestFailure;
using exchange::RestProblem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const market::Symbol kBtc = *market::Symbol::parse("BTC-USD");
const market::Symbol kEth = *market::Symbol::parse("ETH-USD");

// Lets time pass from deadline to deadline, and answers nothing by itself.
struct World {
  explicit World(const RestGateSettings& settings) : gate(settings) {}

  RestGate gate;
  base::Duration t{0};
  std::vector<std::pair<std::uint64_t, base::Duration>> started;
  std::vector<rest_action::GiveUp> given_up;

  base::Instant now() const { return base::Instant(1000s + t); }
  std::uint64_t ask(RestEndpoint endpoint = RestEndpoint::time,
                    RestPriority priority = RestPriority::backfill,
                    const market::Symbol& symbol = {}, std::uint32_t weight = 1) {
    return gate
        .ask(now(), {.target = "/", .endpoint = endpoint, .symbol = symbol, .weight = weight},
             priority)
        .value_or(0);
  }
  void serve() {
    std::vector<RestAction> actions;
    gate.on_time(now(), actions);
    for (const RestAction& action : actions) {
      if (const auto* start = std::get_if<rest_action::Start>(&action)) {
        started.emplace_back(start->id, t);
      } else {
        given_up.push_back(std::get<rest_action::GiveUp>(action));
      }
    }
  }
  void run_until(base::Duration end) {
    serve();
    for (int rounds = 0; gate.deadline() && *gate.deadline() <= base::Instant(1000s + end);) {
      ASSERT_LT(++rounds, 10'000) << "the gate wants to be called again and does nothing";
      t = std::max(t, *gate.deadline() - base::Instant(1000s));
      serve();
    }
    t = end;
  }
  void done(std::uint64_t id, RestProblem problem = RestProblem::none,
            std::optional<base::Duration> retry_after = {},
            std::optional<std::uint64_t> used_weight = {}) {
    std::optional<RestFailure> failure;
    if (problem != RestProblem::none)
      failure = RestFailure{.problem = problem, .detail = "it says no", .retry_after = retry_after};
    gate.on_done(now(), id, failure, used_weight);
  }
  // Answers each request as it starts.
  void answer_until(base::Duration end) {
    const base::Duration step = 10ms;
    for (; t < end; t += step) {
      const std::size_t before = started.size();
      serve();
      for (std::size_t i = before; i < started.size(); ++i) done(started[i].first);
    }
  }
  std::vector<std::uint64_t> ids() const {
    std::vector<std::uint64_t> out;
    for (const auto& [id, at] : started) out.push_back(id);
    return out;
  }
};

RestGateSettings plain() {
  RestGateSettings settings;
  settings.interval = 1s;
  settings.burst = 2;
  settings.venue_interval = 0s;
  settings.in_flight_max = 100;
  return settings;
}

TEST(RestGate, SendsABurstAndThenOneEachInterval) {
  World world(plain());
  for (int i = 0; i < 5; ++i) world.ask();
  world.run_until(2500ms);
  using Started = std::pair<std::uint64_t, base::Duration>;
  EXPECT_THAT(world.started,
              ElementsAre(Started{1, 0s}, Started{2, 0s}, Started{3, 1s}, Started{4, 2s}));
  world.run_until(3s);
  EXPECT_EQ(world.started.back(), (Started{5, 3s}));
  EXPECT_EQ(world.gate.waiting(), 0U);
  world.run_until(4500ms);  // of two that were spent, one and a half are there again
  world.ask();
  world.ask();
  world.run_until(4500ms);
  EXPECT_EQ(world.started.size(), 6U);
}

TEST(RestGate, TradesOfEachMarketHaveAPaceOfTheirOwn) {
  World world(plain());
  for (int i = 0; i < 3; ++i) {
    world.ask(RestEndpoint::trades, RestPriority::backfill, kBtc);
    world.ask(RestEndpoint::trades, RestPriority::backfill, kEth);
    world.ask(RestEndpoint::time);
  }
  world.run_until(0s);
  EXPECT_THAT(world.ids(), ElementsAre(1, 2, 3, 4, 5, 6));
  world.run_until(1s);
  EXPECT_THAT(world.ids(), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
}

TEST(RestGate, AllTogetherAreHeldToTheVenuesPace) {
  RestGateSettings settings = plain();
  settings.venue_interval = 250ms;
  settings.venue_burst = 3;
  settings.burst = 100;
  World world(settings);
  for (int i = 0; i < 100; ++i) world.ask();
  world.run_until(10s);
  // 3 at once, and 4 a second: never more, whatever second one looks at.
  EXPECT_EQ(world.started.size(), 43U);
}

TEST(RestGate, DoubtsGoBeforeThePast) {
  RestGateSettings settings = plain();
  settings.in_flight_max = 1;
  settings.burst = 10;
  World world(settings);
  world.ask();
  world.ask();
  world.ask(RestEndpoint::time, RestPriority::witness);
  world.ask(RestEndpoint::time, RestPriority::witness);
  world.answer_until(100ms);
  EXPECT_THAT(world.ids(), ElementsAre(3, 4, 1, 2));
}

TEST(RestGate, SoManyAreUnderWayAndSoManyWait) {
  RestGateSettings settings = plain();
  settings.in_flight_max = 2;
  settings.waiting_max = 3;
  settings.burst = 10;
  World world(settings);
  for (int i = 0; i < 3; ++i) EXPECT_NE(world.ask(), 0U);
  EXPECT_EQ(world.ask(), 0U);
  world.serve();
  EXPECT_THAT(world.ids(), ElementsAre(1, 2));
  EXPECT_EQ(world.gate.waiting(), 1U);
  world.done(1);
  world.done(1);   // a second word about it
  world.done(77);  // and one about nothing
  world.serve();
  EXPECT_THAT(world.ids(), ElementsAre(1, 2, 3));
  EXPECT_EQ(world.gate.in_flight(), 2U);
}

TEST(RestGate, WhatIsNotAnsweredIsGivenUp) {
  RestGateSettings settings = plain();
  settings.in_flight_max = 1;
  settings.answer_within = 15s;
  settings.wait_max = 60s;
  World world(settings);
  world.ask();
  world.ask();
  world.run_until(14s);
  EXPECT_THAT(world.given_up, IsEmpty());
  world.run_until(15s);
  ASSERT_EQ(world.given_up.size(), 1U);
  EXPECT_EQ(world.given_up[0].id, 1U);
  EXPECT_TRUE(world.given_up[0].was_sent);
  EXPECT_EQ(world.given_up[0].failure.problem, RestProblem::network);
  EXPECT_THAT(world.given_up[0].failure.detail, HasSubstr("15 s"));
  world.run_until(16s);  // after a second of pause
  EXPECT_THAT(world.ids(), ElementsAre(1, 2));
}

TEST(RestGate, WhatWaitsTooLongIsGivenUpWithTheReason) {
  World world(plain());
  world.ask();
  world.serve();
  world.done(1, RestProblem::banned);
  world.ask();
  world.run_until(60s);
  ASSERT_EQ(world.given_up.size(), 1U);
  EXPECT_FALSE(world.given_up[0].was_sent);
  EXPECT_EQ(world.given_up[0].failure.problem, RestProblem::banned);
  EXPECT_THAT(world.given_up[0].failure.detail, HasSubstr("it says no"));
  EXPECT_EQ(world.given_up[0].failure.retry_after, 9min);
  EXPECT_EQ(world.gate.deadline(), std::nullopt);
}

struct Penalty {
  RestProblem problem;
  std::optional<base::Duration> retry_after;
  base::Duration pause;
};

TEST(RestGate, PausesAsLongAsTheProblemAsks) {
  const Penalty cases[] = {
      {RestProblem::none, {}, 0s},
      {RestProblem::rate_limited, {}, 5s},
      {RestProblem::rate_limited, 37s, 37s},
      {RestProblem::rate_limited, 1s, 5s},
      {RestProblem::banned, {}, 10min},
      {RestProblem::banned, 2h, 2h},
      {RestProblem::banned, 24h * 365, 72h},
      {RestProblem::location, {}, 10min},
      {RestProblem::forbidden, {}, 10min},
      {RestProblem::unavailable, {}, 1s},
      {RestProblem::unavailable, 30s, 30s},
      {RestProblem::network, {}, 1s},
      {RestProblem::unknown_symbol, 10s, 0s},
      {RestProblem::refused, {}, 0s},
      {RestProblem::malformed, {}, 0s},
  };
  for (const Penalty& c : cases) {
    RestGateSettings settings = plain();
    settings.wait_max = 1000h;
    settings.burst = 10;
    World world(settings);
    world.ask();
    world.serve();
    world.done(1, c.problem, c.retry_after);
    EXPECT_EQ(world.gate.allowance(world.now()) == 0, c.pause > 0s);
    world.ask();
    world.run_until(73h);
    ASSERT_EQ(world.started.size(), 2U) << to_string(c.problem);
    EXPECT_EQ(world.started[1].second, c.pause) << to_string(c.problem);
  }
}

TEST(RestGate, PausesDoubleUntilTheVenueAnswers) {
  RestGateSettings settings = plain();
  settings.wait_max = 1h;
  settings.answer_within = 1h;
  World world(settings);
  std::uint64_t last = world.ask();
  world.serve();
  // How long the next request is held back when the last one ended so.
  const auto held_after = [&](RestProblem problem) {
    const base::Duration before = world.t;
    world.done(last, problem);
    last = world.ask();
    world.run_until(before + 14s);
    if (world.started.back().first != last) world.run_until(before + 70s);
    EXPECT_EQ(world.started.back().first, last);
    return world.started.back().second - before;
  };
  for (const base::Duration pause : {5s, 10s, 20s, 40s, 60s, 60s})
    EXPECT_EQ(held_after(RestProblem::rate_limited), pause);
  EXPECT_EQ(held_after(RestProblem::none), 0s);
  EXPECT_EQ(held_after(RestProblem::rate_limited), 5s);
  EXPECT_EQ(held_after(RestProblem::rate_limited), 10s);
  EXPECT_EQ(held_after(RestProblem::unknown_symbol), 0s);  // an answer, too
  EXPECT_EQ(held_after(RestProblem::rate_limited), 5s);
}

TEST(RestGate, WhatWasUnderWayTogetherIsOneWarning) {
  World world(plain());
  world.ask();
  world.ask();
  world.serve();
  world.done(1, RestProblem::rate_limited);
  world.done(2, RestProblem::rate_limited);
  world.ask();
  world.run_until(59s);
  EXPECT_EQ(world.started.back().second, 5s);
}

RestGateSettings weighted() {
  RestGateSettings settings = plain();
  settings.interval = 0s;
  settings.weight_per_minute = 200;
  settings.weight_percent = 50;
  settings.answer_within = 1h;
  settings.wait_max = 1h;
  return settings;
}

TEST(RestGate, WeightsOfAMinuteStayWithinOurShare) {
  World world(weighted());
  const auto ask = [&](std::uint32_t weight) {
    world.ask(RestEndpoint::time, RestPriority::backfill, {}, weight);
  };
  for (const std::uint32_t weight : {50U, 50U, 25U, 25U}) ask(weight);
  world.run_until(59s);
  EXPECT_THAT(world.ids(), ElementsAre(1, 2));
  EXPECT_EQ(world.gate.allowance(world.now()), 0);
  world.run_until(60s);
  EXPECT_THAT(world.ids(), ElementsAre(1, 2, 3, 4));
  EXPECT_DOUBLE_EQ(world.gate.allowance(world.now()), 0.5);
  ask(1000);  // more than there ever is: alone, then
  world.run_until(119s);
  EXPECT_EQ(world.started.size(), 4U);
  world.run_until(120s);
  EXPECT_EQ(world.started.size(), 5U);
}

TEST(RestGate, WhatOthersUseOfTheSameAddressCounts) {
  World world(weighted());
  const auto ask = [&](std::uint32_t weight) {
    return world.ask(RestEndpoint::time, RestPriority::backfill, {}, weight);
  };
  const std::uint64_t first = ask(10);
  world.serve();
  world.t = 1s;
  world.done(first, RestProblem::none, {}, 85);  // 75 of it are not ours
  EXPECT_DOUBLE_EQ(world.gate.allowance(world.now()), 0.15);
  ask(20);
  world.run_until(59s);
  EXPECT_EQ(world.started.size(), 1U);
  world.run_until(60s);  // ours is a minute old
  EXPECT_EQ(world.started.size(), 2U);
  world.gate.set_weight_per_minute(400);
  ask(100);
  world.run_until(60s);
  EXPECT_EQ(world.started.size(), 3U);
}

TEST(RestGate, AVenueThatCountsNoWeightsIsNotHeldToThem) {
  World world(plain());
  const auto id = world.ask(RestEndpoint::time, RestPriority::backfill, {}, 1'000'000);
  world.serve();
  world.done(id, RestProblem::none, {}, 1'000'000);
  EXPECT_DOUBLE_EQ(world.gate.allowance(world.now()), 0.5);  // one of the burst of two
  EXPECT_EQ(rest_settings(market::Venue::kraken).weight_per_minute, 0U);
  EXPECT_EQ(rest_settings(market::Venue::binance).weight_per_minute, 6000U);
  EXPECT_EQ(rest_settings(market::Venue::binance_us).weight_per_minute, 1200U);
}

}  // namespace
}  // namespace tickwitness::feed
