#include "sim/exchange/rest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/exchange/world_for_tests.h"

namespace tickwitness::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

Json get(World& world, const std::string& target) {
  const HttpReply reply = world.exchange.on_http("GET", target, world.now());
  EXPECT_EQ(reply.status, 200);
  const auto json =
      parse_json(reply.body, {.bytes_max = 1 << 20, .depth_max = 8, .values_max = 20'000});
  EXPECT_TRUE(json) << reply.body;
  return json.value_or(Json{});
}

TEST(Rest, PagesGiveExactlyTheTrades) {
  World world;
  world.run_until(minutes(4));
  for (std::size_t pair = 0; pair < 4; ++pair) {
    const auto& expected = world.exchange.trades(pair);
    const RestNames names = rest_names(world.exchange.settings().pairs[pair].symbol);
    std::string since = "0";
    auto next = expected.begin();
    std::size_t pages = 0;
    for (;;) {
      world.run_until(world.elapsed() + seconds(1));
      const Json json =
          get(world, "/0/public/Trades?pair=" + names.altname + "&since=" + since + "&count=137");
      const Json& result = *json.find("result");
      const std::vector<Json>& rows = result.find(names.key)->items;
      for (const Json& row : rows) {
        ASSERT_NE(next, expected.end());
        ASSERT_EQ(row.items.size(), 7U);
        EXPECT_EQ(row.items[6].as_unsigned(), next->fill.id);
        EXPECT_EQ(row.items[3].text, next->fill.taker_side == market::Side::buy ? "b" : "s");
        EXPECT_EQ(row.items[4].text, next->fill.limit_order ? "l" : "m");
        EXPECT_EQ(row.items[2].text.size(), 18U);  // ten digits, point, seven
        EXPECT_GE(next->rest_rows_sent, 1U);
        ++next;
      }
      ++pages;
      if (rows.size() < 137) break;
      since = result.find("last")->text;
    }
    EXPECT_EQ(next, expected.end());
    EXPECT_GT(pages, 4U);
  }
}

TEST(Rest, WithoutSinceTheNewest) {
  World world;
  world.run_until(minutes(1));
  const Json json = get(world, "/0/public/Trades?pair=BTC%2FUSD&count=3");
  const std::vector<Json>& rows = json.find("result")->find("XXBTZUSD")->items;
  const auto& trades = world.exchange.trades(0);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[2].items[6].as_unsigned(), trades.back().fill.id);
  EXPECT_EQ(json.find("result")->find("last")->text,
            std::to_string(trades.back().fill.time.time_since_epoch().count()));
  // Prices carry five decimals here.
  EXPECT_EQ(rows[2].items[0].text.size() - rows[2].items[0].text.find('.'), 6U);
}

TEST(Rest, NothingNewKeepsTheCursor) {
  World world;
  const Json json = get(world, "/0/public/Trades?pair=ETHUSD&since=9000000000000000000");
  EXPECT_TRUE(json.find("result")->find("XETHZUSD")->items.empty());
  EXPECT_EQ(json.find("result")->find("last")->text, "9000000000000000000");
}

TEST(Rest, Errors) {
  struct Case {
    std::string method, target, error;
  };
  World world;
  for (const Case& c :
       {Case{"GET", "/0/public/Trades?pair=DOGEUSD", "EQuery:Unknown asset pair"},
        Case{"GET", "/0/public/Trades", "EGeneral:Invalid arguments"},
        Case{"GET", "/0/public/Trades?pair=XBTUSD&since=yesterday", "EGeneral:Invalid arguments"},
        Case{"GET", "/0/public/Trades?pair=XBTUSD&count=1001", "EGeneral:Invalid arguments"},
        Case{"GET", "/0/public/Trades?pair=XBTUSD&count=0", "EGeneral:Invalid arguments"},
        Case{"GET", "/0/public/Nothing", "EGeneral:Unknown method"},
        Case{"GET", "/", "EGeneral:Unknown method"},
        Case{"PUT", "/0/public/Time", "EGeneral:Unknown method"}}) {
    const HttpReply reply = world.exchange.on_http(c.method, c.target, world.now());
    EXPECT_EQ(reply.body, R"({"error":[")" + c.error + R"("]})") << c.target;
    EXPECT_EQ(reply.status, 200);
  }
  EXPECT_EQ(world.exchange.truth().rest_requests, 8U);
  EXPECT_EQ(world.exchange.truth().rest_errors.at("EGeneral:Invalid arguments"), 4U);
}

TEST(Rest, TooManyRequestsPerPair) {
  World world;
  const std::string target = "/0/public/Trades?pair=XBTUSD&count=1";
  for (int i = 0; i < 15; ++i) EXPECT_NE(get(world, target).find("result"), nullptr);
  EXPECT_EQ(get(world, target).find("error")->items.at(0).text, "EGeneral:Too many requests");
  EXPECT_NE(get(world, "/0/public/Trades?pair=SOLUSD&count=1").find("result"), nullptr);
  world.run_until(seconds(1));
  EXPECT_NE(get(world, target).find("result"), nullptr);
}

TEST(Rest, TimeAndStatus) {
  World world;
  EXPECT_EQ(world.exchange.on_http("GET", "/0/public/Time", world.now()).body,
            R"({"error":[],"result":{"unixtime":1767323070,)"
            R"("rfc1123":"Fri, 02 Jan 26 03:04:30 +0000"}})");
  EXPECT_EQ(world.exchange.on_http("GET", "/0/public/SystemStatus", world.now()).body,
            R"({"error":[],"result":{"status":"online","timestamp":"2026-01-02T03:04:30Z"}})");
}

TEST(Rest, PairNames) {
  struct Case {
    std::string_view symbol, altname, key;
  };
  for (const Case& c :
       {Case{"BTC/USD", "XBTUSD", "XXBTZUSD"}, Case{"ETH/BTC", "ETHXBT", "XETHXXBT"},
        Case{"DOGE/USD", "XDGUSD", "XDGUSD"}, Case{"SOL/USD", "SOLUSD", "SOLUSD"},
        Case{"XRP/USD", "XRPUSD", "XXRPZUSD"}}) {
    EXPECT_EQ(rest_names(c.symbol).altname, c.altname);
    EXPECT_EQ(rest_names(c.symbol).key, c.key);
  }
}

}  // namespace
}  // namespace tickwitness::sim
