// The REST client against the simulated exchange, over real sockets: every trade of its tape comes
// back as it happened.
#include <gtest/gtest.h>

#include "exchange/kraken/rest.h"
#include "feed/rest_client.h"
#include "net/http_requester.h"
#include "net/http_server.h"
#include "net/testing.h"
#include "sim/exchange/world_for_tests.h"
#include "telemetry/test_read.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using exchange::RestProblem;
using exchange::RestResult;
using feed::RestPriority;

struct Shell {
  Shell() {
    const auto port = http.listen({});
    origin = {.tls = false, .host = "127.0.0.1", .port = *port, .path = "/", .ca_file = ""};
    feed::RestGateSettings settings;
    settings.interval = 0s;  // the exchange's time is not this machine's
    settings.venue_interval = 0s;
    client.emplace(feed::RestClient::Parts{.protocol = rest,
                                           .requester = requester,
                                           .executor = loop.executor,
                                           .metrics = metrics},
                   origin, settings);
  }

  net::testing::Loop loop;
  sim::World world;
  // A second passes at the exchange between requests.
  net::HttpServer http{
      loop.executor, {}, [this](const net::Request& request, net::Responder to) {
        world.run_until(world.elapsed() + step);
        const sim::HttpReply reply =
            world.exchange.on_http(request.method, request.target, world.now());
        to.respond(net::Response::of(reply.status, reply.content_type, reply.body));
      }};
  base::Duration step = 1s;
  net::HttpRequester requester{loop.executor};
  exchange::kraken::KrakenRest rest;
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  runtime::Endpoint origin;
  std::optional<feed::RestClient> client;
};

TEST(RestOverSockets, BringsBackEveryTradeAfterTheLastKnown) {
  Shell shell;
  const auto& tape = shell.world.exchange.trades(0);
  for (int minutes = 1; tape.size() < 2500; ++minutes)
    shell.world.run_until(std::chrono::minutes(minutes));
  const auto& pair = shell.world.exchange.settings().pairs[0];
  const auto symbol = *market::Symbol::parse(pair.symbol);
  const sim::Fill known = tape[7].fill;
  exchange::TradeCursor cursor{.after_id = known.id, .after_time = known.time, .page = ""};
  std::vector<market::Trade> trades;
  int pages = 0;
  do {
    std::optional<RestResult<exchange::TradePage>> got;
    ASSERT_TRUE(shell.client->trades(symbol, cursor, RestPriority::backfill,
                                     [&](base::Now, auto page) { got = std::move(page); }));
    ASSERT_TRUE(shell.loop.until([&] { return got.has_value(); }));
    ASSERT_TRUE(got->has_value()) << got->error().detail;
    ++pages;
    for (const market::Trade& trade : (*got)->trades)
      if (trades.empty() || trade.id > trades.back().id) trades.push_back(trade);
    cursor.page = (*got)->next;
  } while (!cursor.page.empty());
  EXPECT_EQ(pages, 3);
  ASSERT_GE(trades.size(), 2492U);
  for (std::size_t i = 0; i < trades.size(); ++i) {
    const sim::Fill& truth = tape.at(8 + i).fill;
    ASSERT_EQ(trades[i].id, truth.id);
    ASSERT_EQ(trades[i].symbol, symbol);
    ASSERT_EQ(trades[i].price, base::Decimal(truth.price, pair.price_precision));
    ASSERT_EQ(trades[i].quantity, base::Decimal(truth.quantity, pair.quantity_precision));
    ASSERT_EQ(trades[i].taker_side, truth.taker_side);
    ASSERT_EQ(trades[i].order_type,
              truth.limit_order ? market::OrderType::limit : market::OrderType::market);
    ASSERT_LT(truth.time - trades[i].exchange_time, 100ns);  // REST prints seven decimals
    ASSERT_GE(truth.time, trades[i].exchange_time);
  }
  EXPECT_EQ(telemetry::test::read(shell.registry, "tickwitness_rest_requests_total",
                                  {{"endpoint", "trades"}, {"status", "200"}}),
            pages);
}

TEST(RestOverSockets, ErrorsOfTheExchangeAreToldApart) {
  Shell shell;
  shell.step = 0s;
  std::vector<RestProblem> problems;
  const auto ask = [&](std::string_view name) {
    std::optional<RestProblem> got;
    shell.client->trades(*market::Symbol::parse(name), {}, RestPriority::backfill,
                         [&](base::Now, const auto& page) {
                           got = page ? RestProblem::none : page.error().problem;
                         });
    EXPECT_TRUE(shell.loop.until([&] { return got.has_value(); }));
    return got.value_or(RestProblem::network);
  };
  EXPECT_EQ(ask("NOT-THERE"), RestProblem::unknown_symbol);
  for (int i = 0; i < 15; ++i) EXPECT_EQ(ask("BTC-USD"), RestProblem::none) << i;
  EXPECT_EQ(ask("BTC-USD"), RestProblem::rate_limited);
  EXPECT_EQ(shell.client->gate().allowance(shell.loop.executor.clock().now().mono), 0);
  EXPECT_EQ(telemetry::test::read(shell.registry, "tickwitness_rest_requests_total",
                                  {{"endpoint", "trades"}, {"status", "rate_limited"}}),
            1);
}

TEST(RestOverSockets, TimeAndStatus) {
  Shell shell;
  std::optional<exchange::VenueTime> time;
  std::optional<exchange::VenueState> state;
  shell.client->time(RestPriority::witness, [&](base::Now, const auto& got) { time = *got; });
  shell.client->status(RestPriority::witness, [&](base::Now, const auto& got) { state = *got; });
  ASSERT_TRUE(shell.loop.until([&] { return time && state; }));
  EXPECT_LE(time->time, shell.world.now().wall);
  EXPECT_GT(time->time, shell.world.now().wall - 4s);
  EXPECT_EQ(state->status, exchange::VenueStatus::online);
}

}  // namespace
}  // namespace tickwitness::app
