#include "app/online_check.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "exchange/venues/venues.h"
#include "feed/test_world.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using feed::test::HandChannels;
using feed::test::HandExecutor;
using runtime::CloseReason;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Answer {
  int status = 200;
  std::string body;
  std::string error = {};  // instead of an answer
};

constexpr const char* kTime = R"({"serverTime":1700000005000})";  // as the hand's clock at 5 s
constexpr const char* kInstruments =
    R"({"symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT",)"
    R"("filters":[{"filterType":"PRICE_FILTER","tickSize":"0.01000000"},)"
    R"({"filterType":"LOT_SIZE","stepSize":"0.00001000"}]},)"
    R"({"symbol":"ETHUSDT","status":"TRADING","baseAsset":"ETH","quoteAsset":"USDT",)"
    R"("filters":[{"filterType":"PRICE_FILTER","tickSize":"0.01000000"},)"
    R"({"filterType":"LOT_SIZE","stepSize":"0.00010000"}]}]})";

// Each step takes a second.
struct World final : runtime::HttpRequester {
  explicit World(const std::vector<const char*>& pairs = {"BTC-USDT", "ETH-USDT"}) {
    executor.run_until(4s);
    target.name = "binance";
    target.stream = {.host = "stream.test", .path = "/stream"};
    target.rest = runtime::Endpoint{.host = "rest.test"};
    target.protocol = exchange::venues::make_protocol(market::Venue::binance, 10);
    target.rest_protocol = exchange::venues::make_rest(market::Venue::binance);
    for (const auto* pair : pairs) target.pairs.push_back(*market::Symbol::parse(pair));
    answers["/api/v3/time"] = {.body = kTime};
    answers["/sapi/v1/system/status"] = {.body = R"({"status":0,"msg":"normal"})"};
    answers["/api/v3/exchangeInfo"] = {.body = kInstruments};
  }

  void get(const runtime::Endpoint&, std::string path, OnDone on_done) override {
    asked.push_back(path);
    const Answer& answer = answers.at(path.substr(0, path.find('?')));
    executor.post([this, answer, on_done = std::move(on_done)] {
      wait();
      if (!answer.error.empty()) return on_done(executor.now(), base::fail(answer.error));
      on_done(executor.now(), runtime::HttpReply{.status = answer.status, .body = answer.body});
    });
  }
  void wait() { executor.run_until(executor.now().mono - base::Instant(1000s) + 1s); }

  // Runs until the WebSocket is tried, or to the end.
  void run() {
    std::vector<OnlineTarget> targets;
    targets.push_back(target);
    check.emplace(
        OnlineCheck::Parts{.executor = executor,
                           .requester = *this,
                           .channels = channels,
                           .reach =
                               [this](const runtime::Endpoint& endpoint,
                                      const std::function<void(net::Reached)>& on_done) {
                                 net::Reached reached{.started = executor.now().mono};
                                 const auto fails = unreachable.find(endpoint.host);
                                 if (fails != unreachable.end()) {
                                   if (fails->second.reason != CloseReason::resolve) {
                                     reached.resolved = reached.started + 1ms;
                                   }
                                   if (fails->second.reason == CloseReason::tls) {
                                     reached.connected = reached.started + 2ms;
                                   }
                                   reached.failure = fails->second;
                                 } else {
                                   reached.resolved = reached.started + 1ms;
                                   reached.connected = reached.started + 3ms;
                                   if (endpoint.tls) reached.secured = reached.started + 6ms;
                                 }
                                 reached.ended = reached.started + 10ms;
                                 executor.post([on_done, reached] { on_done(reached); });
                               }},
        std::move(targets), [this](const OnlineStep& step) { steps.push_back(step); },
        [this] { ++done; });
    check->start();
    executor.run_posted();
  }
  void run_with_stream() {
    run();
    channels.wires.at(0)->accept();
    channels.wires.at(0)->say(R"({"result":[],"id":1})");
    end();
  }
  void end(CloseReason reason = CloseReason::local, int http_status = 0) {
    channels.wires.at(0)->end(reason, http_status);
    executor.run_posted();
  }
  // "rest time failed".
  std::vector<std::string> failed() const {
    std::vector<std::string> all;
    for (const OnlineStep& step : steps) {
      if (step.state == OnlineStep::State::failed) all.push_back(step.part + " " + step.step);
    }
    return all;
  }
  const OnlineStep& step(std::string_view part, std::string_view name) const {
    const auto found = std::ranges::find_if(
        steps, [&](const OnlineStep& one) { return one.part == part && one.step == name; });
    if (found == steps.end()) throw std::runtime_error(fmt::format("no step {} {}", part, name));
    return *found;
  }

  HandExecutor executor;
  HandChannels channels{executor};
  OnlineTarget target;
  std::map<std::string, Answer> answers;
  std::map<std::string, runtime::Closed> unreachable;
  std::vector<std::string> asked;
  std::optional<OnlineCheck> check;
  std::vector<OnlineStep> steps;
  int done = 0;
};

TEST(OnlineCheck, EveryStepInItsOrder) {
  World world;
  world.run_with_stream();
  EXPECT_EQ(world.done, 1);
  std::vector<std::string> names;
  for (const OnlineStep& step : world.steps) {
    EXPECT_EQ(step.state, OnlineStep::State::ok) << step.part << step.step << step.detail;
    EXPECT_EQ(step.exchange, "binance");
    EXPECT_TRUE(step.took);
    names.push_back(step.part + " " + step.step);
  }
  EXPECT_THAT(names, ElementsAre("rest resolve", "rest connect", "rest tls", "rest time",
                                 "rest status", "rest pairs", "stream resolve", "stream connect",
                                 "stream tls", "stream upgrade", "stream frame"));
  EXPECT_EQ(world.step("rest", "tls").took, 3ms);
  EXPECT_EQ(world.step("rest", "time").took, 1s);
  EXPECT_THAT(world.channels.wires.at(0)->sent, ElementsAre(HasSubstr("LIST_SUBSCRIPTIONS")));
}

struct ClockCase {
  base::Duration ahead;  // the exchange's clock
  bool good;
  const char* says;
};

TEST(OnlineCheck, TheClockMayBeOffByWhatTheQuestionLeavesOpenAndASecond) {
  const ClockCase cases[] = {
      {0s, true, "agrees with the exchange's: -0.500 s, ± 0.500 s"},
      {-1s, true, "agrees with the exchange's: +0.499 s, ± 0.500 s"},
      {900ms, true, "is behind the exchange's: -1.401 s, ± 0.500 s"},
      {1100ms, false, "is behind the exchange's: -1.601 s, ± 0.500 s; set it"},
      {-1h, false, "is ahead of the exchange's: +3599.499 s, ± 0.500 s; set it"},
  };
  for (const ClockCase& c : cases) {
    SCOPED_TRACE(c.says);
    World world;
    world.answers["/api/v3/time"].body = fmt::format(
        R"({{"serverTime":{}}})",
        1'700'000'005'000 + std::chrono::milliseconds(
                                std::chrono::duration_cast<std::chrono::milliseconds>(c.ahead))
                                .count());
    world.run();
    const OnlineStep& step = world.step("rest", "time");
    EXPECT_EQ(step.state == OnlineStep::State::ok, c.good);
    EXPECT_THAT(step.detail, HasSubstr(c.says));
  }
}

struct Trouble {
  const char* what;
  std::map<std::string, Answer> answers;
  std::vector<std::string> failed;
  const char* part;
  const char* step;
  const char* says;
};

TEST(OnlineCheck, WhatAnExchangeSaysIsToldInWordsThatHelp) {
  const Trouble cases[] = {
      {"location",
       {{"/api/v3/time", {.status = 451, .body = R"({"code":0,"msg":"restricted location"})"}}},
       {"rest time"},
       "rest",
       "time",
       "does not serve the place this machine is in"},
      {"location, where to go",
       {{"/api/v3/time", {.status = 451}}},
       {"rest time"},
       "rest",
       "time",
       "market data is also at https://data-api.binance.vision"},
      {"the edge",
       {{"/api/v3/time", {.status = 403, .body = "<html>"}}},
       {"rest time"},
       "rest",
       "time",
       "https://data-api.binance.vision"},
      {"maintenance",
       {{"/sapi/v1/system/status", {.body = R"({"status":1,"msg":"system maintenance"})"}}},
       {"rest status"},
       "rest",
       "status",
       "maintenance"},
      {"no answer",
       {{"/sapi/v1/system/status", {.body = {}, .error = "rest.test: no answer within 10 s"}}},
       {"rest status"},
       "rest",
       "status",
       "no answer within 10 s"},
  };
  for (const Trouble& c : cases) {
    SCOPED_TRACE(c.what);
    World world;
    for (const auto& [path, answer] : c.answers) world.answers[path] = answer;
    world.run_with_stream();
    EXPECT_EQ(world.failed(), c.failed);
    EXPECT_THAT(world.step(c.part, c.step).detail, HasSubstr(c.says));
    EXPECT_EQ(world.done, 1);
  }
}

TEST(OnlineCheck, AMirrorDoesNotTellOfMaintenanceAndThatIsNoFailure) {
  World world;
  world.answers["/sapi/v1/system/status"] = {.status = 404, .body = "not found"};
  world.run_with_stream();
  EXPECT_THAT(world.failed(), IsEmpty());
  EXPECT_EQ(world.step("rest", "status").state, OnlineStep::State::skipped);
}

TEST(OnlineCheck, AnUnknownPairIsNamedWithWhatWasProbablyMeant) {
  World world({"BTC-USDT", "ETH-USTD", "NOPE-NOPE"});
  world.run_with_stream();
  EXPECT_THAT(world.failed(), ElementsAre("rest pairs"));
  EXPECT_EQ(world.step("rest", "pairs").detail,
            "the exchange has no ETH-USTD (did you mean ETH-USDT?), NOPE-NOPE");
}

TEST(OnlineCheck, WhereOneUnknownPairSpoilsTheAnswerAllAreAskedFor) {
  World world;
  world.answers["/api/v3/exchangeInfo"] = {.status = 400,
                                           .body = R"({"code":-1121,"msg":"Invalid symbol."})"};
  world.run_with_stream();
  EXPECT_THAT(world.failed(), ElementsAre("rest pairs"));
  EXPECT_THAT(world.step("rest", "pairs").detail, HasSubstr("at least one of them is unknown"));
  ASSERT_EQ(world.asked.size(), 4U);
  EXPECT_THAT(world.asked[2], HasSubstr("BTCUSDT"));
  EXPECT_THAT(world.asked[3], testing::Not(HasSubstr("BTCUSDT")));
}

TEST(OnlineCheck, AHostThatIsNotReachedIsNotAsked) {
  for (const auto& [reason, failed] :
       std::map<CloseReason, std::string>{{CloseReason::resolve, "rest resolve"},
                                          {CloseReason::refused, "rest connect"},
                                          {CloseReason::tls, "rest tls"}}) {
    SCOPED_TRACE(failed);
    World world;
    world.unreachable["rest.test"] = {.reason = reason, .detail = "why"};
    world.run_with_stream();
    EXPECT_THAT(world.failed(), ElementsAre(failed));
    EXPECT_THAT(world.asked, IsEmpty());
    EXPECT_EQ(world.step("rest", "pairs").state, OnlineStep::State::skipped);
    EXPECT_EQ(world.step("stream", "frame").state, OnlineStep::State::ok) << "the other is tried";
    EXPECT_EQ(world.done, 1);
  }
}

TEST(OnlineCheck, TheStreamMayBeRefusedSilentOrStrange) {
  for (const auto& [status, says] : std::map<int, std::string>{
           {451, "https://data-api.binance.vision"}, {429, "asks for fewer requests"}}) {
    World refused;
    refused.run();
    refused.end(CloseReason::upgrade, status);
    EXPECT_THAT(refused.failed(), ElementsAre("stream upgrade"));
    EXPECT_THAT(refused.step("stream", "upgrade").detail, HasSubstr(says));
    EXPECT_EQ(refused.done, 1);
  }
  World silent;
  silent.run();
  silent.channels.wires.at(0)->accept();
  silent.executor.run_until(60s);
  EXPECT_THAT(silent.failed(), ElementsAre("stream frame"));
  EXPECT_EQ(silent.step("stream", "frame").took, 10s);
  EXPECT_TRUE(silent.channels.wires.at(0)->close_asked);
  silent.end();
  EXPECT_EQ(silent.done, 1);
  World strange;
  strange.run();
  strange.channels.wires.at(0)->accept();
  strange.channels.wires.at(0)->say("hello");
  strange.end();
  EXPECT_THAT(strange.failed(), ElementsAre("stream frame"));
  EXPECT_THAT(strange.step("stream", "frame").detail, HasSubstr("hello"));
  World cut;
  cut.run();
  cut.channels.wires.at(0)->accept();
  cut.end(CloseReason::remote);
  EXPECT_THAT(cut.failed(), ElementsAre("stream frame"));
  EXPECT_EQ(cut.done, 1);
}

TEST(OnlineCheck, WithoutRestAndTlsItSaysWhatThatMeans) {
  World world;
  world.target.rest.reset();
  world.target.stream.tls = false;
  world.run_with_stream();
  EXPECT_THAT(world.failed(), IsEmpty());
  EXPECT_THAT(world.step("rest", "resolve").detail, HasSubstr("no rest_url"));
  EXPECT_EQ(world.step("stream", "tls").state, OnlineStep::State::skipped);
  EXPECT_EQ(world.steps.size(), 6U);
}

}  // namespace
}  // namespace tickwitness::app
