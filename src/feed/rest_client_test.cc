#include "feed/rest_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feed/test_world.h"
#include "telemetry/exposition.h"
#include "telemetry/test_read.h"

namespace tickwitness::feed {
namespace {

using namespace std::chrono_literals;
using exchange::RestAnswer;
using exchange::RestProblem;
using exchange::RestResult;
using telemetry::test::read;
using testing::ElementsAre;
using testing::IsEmpty;

const market::Symbol kBtc = *market::Symbol::parse("BTC-USD");

// Bodies are words: "ok", else the name of what is wrong.
class Words final : public exchange::RestProtocol {
 public:
  market::Venue venue() const override { return market::Venue::kraken; }
  template <class T>
  static RestResult<T> read_any(const RestAnswer& answer, T good) {
    if (answer.body == "ok" && answer.status == 200) return good;
    return std::unexpected(exchange::RestFailure{
        .problem = answer.status == 429 ? RestProblem::rate_limited : RestProblem::refused,
        .detail = std::string(answer.body),
        .retry_after = answer.retry_after});
  }
  static exchange::RestRequest any(exchange::RestEndpoint endpoint, std::string target,
                                   std::uint32_t weight = 1) {
    return {.target = std::move(target), .endpoint = endpoint, .symbol = {}, .weight = weight};
  }
  exchange::RestRequest request_trades(const market::Symbol& symbol,
                                       const exchange::TradeCursor& cursor) const override {
    return any(exchange::RestEndpoint::trades, "trades " + std::string(symbol.str()) + cursor.page);
  }
  RestResult<exchange::TradePage> read_trades(const market::Symbol&,
                                              const exchange::TradeCursor& cursor,
                                              const RestAnswer& answer) const override {
    return read_any(answer, exchange::TradePage{.trades = {}, .next = cursor.page + "+"});
  }
  exchange::RestRequest request_quote(const market::Symbol&) const override {
    return any(exchange::RestEndpoint::quote, "quote");
  }
  RestResult<market::Quote> read_quote(const market::Symbol& symbol,
                                       const RestAnswer& answer) const override {
    market::Quote quote;
    quote.symbol = symbol;
    return read_any(answer, quote);
  }
  exchange::RestRequest request_book(const market::Symbol&, std::uint32_t depth) const override {
    return any(exchange::RestEndpoint::book, "book " + std::to_string(depth), 50);
  }
  RestResult<exchange::BookSnapshot> read_book(const market::Symbol& symbol,
                                               const RestAnswer& answer) const override {
    exchange::BookSnapshot book;
    book.symbol = symbol;
    return read_any(answer, book);
  }
  exchange::RestRequest request_time() const override {
    return any(exchange::RestEndpoint::time, "time");
  }
  RestResult<exchange::VenueTime> read_time(const RestAnswer& answer) const override {
    return read_any(answer, exchange::VenueTime{});
  }
  exchange::RestRequest request_status() const override {
    return any(exchange::RestEndpoint::status, "status");
  }
  RestResult<exchange::VenueState> read_status(const RestAnswer& answer) const override {
    return read_any(answer, exchange::VenueState{});
  }
  exchange::RestRequest request_instruments(std::span<const market::Symbol>) const override {
    return any(exchange::RestEndpoint::instruments, "instruments");
  }
  RestResult<exchange::InstrumentList> read_instruments(const RestAnswer& answer) const override {
    return read_any(answer, exchange::InstrumentList{
                                .instruments = {}, .skipped = 0, .weight_per_minute = 100});
  }
};

class HandRequester final : public runtime::HttpRequester {
 public:
  void get(const runtime::Endpoint& origin, std::string target, OnDone on_done) override {
    EXPECT_EQ(origin.host, "venue");
    targets.push_back(std::move(target));
    waiting.push_back(std::move(on_done));
  }
  std::vector<std::string> targets;
  std::vector<OnDone> waiting;
};

struct World {
  explicit World(RestGateSettings settings = easy())
      : client({.protocol = protocol,
                .requester = requester,
                .executor = executor,
                .metrics = metrics},
               {.tls = true, .host = "venue", .port = 443, .path = "/", .ca_file = ""}, settings) {}

  static RestGateSettings easy() {
    RestGateSettings settings;
    settings.interval = 0s;
    settings.venue_interval = 0s;
    return settings;
  }
  void ask_time() {
    asked = client.time(RestPriority::witness,
                        [this](base::Now now, const RestResult<exchange::VenueTime>& result) {
                          EXPECT_EQ(now.mono, executor.now().mono);
                          endings.emplace_back(result ? "ok" : to_string(result.error().problem));
                        });
  }
  void answer(std::size_t index, int status, std::string body,
              std::optional<base::Duration> retry_after = {},
              std::optional<std::uint64_t> used_weight = {}) {
    requester.waiting.at(index)(executor.now(), runtime::HttpReply{.status = status,
                                                                   .body = std::move(body),
                                                                   .retry_after = retry_after,
                                                                   .used_weight = used_weight});
  }
  std::optional<double> requests(std::string_view endpoint, std::string_view status) {
    return read(registry, "tickwitness_rest_requests_total",
                {{"exchange", "kraken"}, {"endpoint", endpoint}, {"status", status}});
  }
  std::optional<double> unsent(std::string_view endpoint) {
    return read(registry, "tickwitness_rest_requests_unsent_total", {{"endpoint", endpoint}});
  }
  std::optional<double> allowance() {
    client.observe(executor.now().mono);
    return read(registry, "tickwitness_rest_allowance_ratio");
  }

  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  test::HandExecutor executor;
  Words protocol;
  HandRequester requester;
  RestClient client;
  bool asked = false;
  std::vector<std::string> endings;
};

TEST(RestClient, AsksReadsAndCounts) {
  World world;
  EXPECT_EQ(world.requests("time", "200"), 0);
  EXPECT_EQ(world.unsent("time"), 0);
  world.ask_time();
  EXPECT_TRUE(world.asked);
  EXPECT_THAT(world.requester.targets, IsEmpty());  // later, never at once
  world.executor.run_until(0s);
  EXPECT_THAT(world.requester.targets, ElementsAre("time"));
  world.executor.run_until(300ms);
  world.answer(0, 200, "ok");
  EXPECT_THAT(world.endings, ElementsAre("ok"));
  EXPECT_EQ(world.requests("time", "200"), 1);
  EXPECT_EQ(
      read(world.registry, "kiro_bot_api_calls_total", {{"endpoint", "time"}, {"status", "200"}}),
      1);
  const std::string page =
      telemetry::render(world.registry, {.dialects = {},
                                         .format = telemetry::Format::text_0_0_4,
                                         .names = {"tickwitness_rest_request_duration_seconds"}});
  EXPECT_THAT(page, testing::HasSubstr(R"(_sum{exchange="kraken",endpoint="time"} 0.3)"));
}

TEST(RestClient, EveryEndpointComesBackAsItsOwn) {
  World world;
  std::vector<std::string> got;
  const auto note = [&](std::string what) {
    return [&got, what](base::Now, const auto& result) {
      got.push_back(what + (result ? "" : " failed"));
    };
  };
  const auto witness = RestPriority::witness;
  const exchange::TradeCursor cursor{.after_id = 0, .after_time = {}, .page = "7"};
  EXPECT_TRUE(world.client.quote(kBtc, witness, note("quote")));
  EXPECT_TRUE(world.client.book(kBtc, 100, witness, note("book")));
  EXPECT_TRUE(world.client.status(witness, note("status")));
  EXPECT_TRUE(world.client.instruments({}, witness, note("instruments")));
  std::string next;
  EXPECT_TRUE(world.client.trades(kBtc, cursor, witness, [&](base::Now, const auto& page) {
    got.emplace_back("trades");
    next = page->next;
  }));
  for (std::size_t i = 0; i < 5; ++i) {
    world.executor.run_until(world.executor.clock().now().mono - base::Instant(1000s));
    world.answer(i, 200, "ok");
  }
  EXPECT_THAT(world.requester.targets,
              ElementsAre("quote", "book 100", "status", "instruments", "trades BTC-USD7"));
  EXPECT_THAT(got, ElementsAre("quote", "book", "status", "instruments", "trades"));
  EXPECT_EQ(next, "7+");
  for (const auto* endpoint : {"quote", "book", "status", "instruments", "trades"})
    EXPECT_EQ(world.requests(endpoint, "200"), 1) << endpoint;
}

TEST(RestClient, FailuresAreCountedByHowTheyEnded) {
  World world;
  for (int i = 0; i < 4; ++i) world.ask_time();
  world.executor.run_until(0s);
  ASSERT_EQ(world.requester.targets.size(), 2U);
  world.answer(0, 200, "bad");
  world.executor.run_until(0s);
  world.answer(1, 404, "gone");
  world.executor.run_until(0s);
  world.requester.waiting.at(2)(world.executor.now(), base::fail("no route"));
  world.executor.run_until(0s);
  world.executor.run_until(20s);  // and the last one is never answered
  EXPECT_THAT(world.endings, ElementsAre("refused", "refused", "network", "network"));
  EXPECT_EQ(world.requests("time", "refused"), 1);
  EXPECT_EQ(world.requests("time", "404"), 1);
  EXPECT_EQ(world.requests("time", "network"), 2);
  EXPECT_EQ(world.requests("time", "200"), 0);
  world.answer(3, 200, "ok");  // too late
  EXPECT_EQ(world.endings.size(), 4U);
  EXPECT_EQ(world.requests("time", "200"), 0);
}

TEST(RestClient, AskingAnewMeetsAGateThatKnows) {
  World world;
  bool again = true;
  const std::function<void(base::Now, RestResult<exchange::VenueTime>)> on_done =
      [&](base::Now, const RestResult<exchange::VenueTime>& result) {
        world.endings.emplace_back(result ? "ok" : to_string(result.error().problem));
        if (std::exchange(again, false)) world.client.time(RestPriority::witness, on_done);
      };
  world.client.time(RestPriority::witness, on_done);
  world.executor.run_until(0s);
  world.answer(0, 429, "slow down", 30s);
  EXPECT_EQ(world.allowance(), 0);
  world.executor.run_until(29s);
  EXPECT_EQ(world.requester.targets.size(), 1U);
  world.executor.run_until(30s);
  EXPECT_EQ(world.requester.targets.size(), 2U);
  EXPECT_EQ(world.allowance(), 1);
  world.answer(1, 200, "ok");
  EXPECT_THAT(world.endings, ElementsAre("rate_limited", "ok"));
  EXPECT_EQ(world.requests("time", "429"), 1);
  EXPECT_TRUE(world.executor.idle());
}

TEST(RestClient, WhatIsNotSentIsCountedApart) {
  RestGateSettings settings = World::easy();
  settings.waiting_max = 1;
  settings.in_flight_max = 1;
  settings.wait_max = 3s;
  World world(settings);
  world.ask_time();
  world.executor.run_until(0s);
  world.ask_time();
  EXPECT_TRUE(world.asked);
  world.ask_time();
  EXPECT_FALSE(world.asked);  // full, and never heard of
  EXPECT_EQ(world.unsent("time"), 1);
  world.executor.run_until(3s);
  EXPECT_THAT(world.endings, ElementsAre("rate_limited"));
  EXPECT_EQ(world.unsent("time"), 2);
  EXPECT_EQ(world.requests("time", "rate_limited"), std::nullopt);
}

TEST(RestClient, HeedsTheWeightsThatTheVenueTellsOf) {
  RestGateSettings settings = World::easy();
  settings.weight_per_minute = 6000;
  World world(settings);
  world.client.instruments({}, RestPriority::witness, [](base::Now, const auto&) {});
  world.executor.run_until(0s);
  EXPECT_GT(world.allowance(), 0.99);
  world.answer(0, 200, "ok", {}, 26);  // and the venue allows 100 a minute, half of it for us
  EXPECT_NEAR(*world.allowance(), 0.48, 1e-9);
}

TEST(RestClient, AnAnswerThatComesAfterItsEndIsDropped) {
  auto world = std::make_unique<World>();
  std::vector<runtime::HttpRequester::OnDone> late;
  world->ask_time();
  world->executor.run_until(0s);
  late.swap(world->requester.waiting);
  const base::Now now = world->executor.now();
  world.reset();
  late.at(0)(now,
             runtime::HttpReply{.status = 200, .body = "ok", .retry_after = {}, .used_weight = {}});
}

}  // namespace
}  // namespace tickwitness::feed
