// The REST interface of the simulated Binance.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/exchange/binance_world_for_tests.h"

namespace tickwitness::sim {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

TEST(BinanceRest, HistoricalTradesAreAllTradesByIdPageByPage) {
  BinanceWorld world;
  world.run_until(seconds(60));
  std::uint64_t id = world.exchange.trades(0).front().fill.id;
  const std::uint64_t last = world.exchange.trades(0).back().fill.id;
  std::size_t pages = 0;
  while (id <= last) {
    const Json rows = world.get_json("/api/v3/historicalTrades?symbol=BTCUSDT&limit=1000&fromId=" +
                                     std::to_string(id));
    ASSERT_FALSE(rows.items.empty());
    ASSERT_LE(rows.items.size(), 1000U);
    for (const Json& row : rows.items) {
      ASSERT_EQ(row.find("id")->as_unsigned(), id);
      const Fill& fill = world.exchange.trade(0, id)->fill;
      EXPECT_EQ(row.find("isBuyerMaker")->boolean, fill.taker_side == market::Side::sell);
      // Price × quantity at seven decimals, shown with eight.
      std::string quote = row.find("quoteQty")->text;
      std::erase(quote, '.');
      EXPECT_EQ(std::stoll(quote), fill.price * fill.quantity * 10);
      EXPECT_EQ(world.exchange.trade(0, id)->rest_rows_sent, 1U);
      ++id;
    }
    ++pages;
  }
  EXPECT_GT(pages, 2U);
  EXPECT_EQ(world.get("/api/v3/historicalTrades?symbol=BTCUSDT&fromId=" + std::to_string(id)).body,
            "[]");
  const HttpReply told = world.get("/api/v3/trades?symbol=ETHUSDT&limit=2");
  const std::uint64_t newest = world.exchange.trades(1).back().fill.id;
  EXPECT_EQ(told.pair, 1U);
  EXPECT_EQ(told.trades, (std::vector{newest - 1, newest}));
  const Json recent = world.get_json("/api/v3/trades?symbol=BTCUSDT&limit=3");
  ASSERT_EQ(recent.items.size(), 3U);
  EXPECT_EQ(recent.items.back().find("id")->as_unsigned(), last);
  EXPECT_EQ(world.get_json("/api/v3/historicalTrades?symbol=BTCUSDT").items.size(), 500U);
}

TEST(BinanceRest, TellsQuotesTimeAndSymbols) {
  BinanceWorld world;
  world.run_until(seconds(5));
  const Json quote = world.get_json("/api/v3/ticker/bookTicker?symbol=XRPUSDT");
  EXPECT_EQ(quote.find("symbol")->text, "XRPUSDT");
  EXPECT_THAT(quote.find("bidPrice")->text, testing::MatchesRegex("0\\.[0-9]{4}0000"));
  EXPECT_EQ(world.get_json("/api/v3/ticker/bookTicker").items.size(), 4U);
  EXPECT_EQ(world.get("/api/v3/time").body, R"({"serverTime":1767323075000})");
  EXPECT_EQ(world.get("/api/v3/ping").body, "{}");
  EXPECT_EQ(world.get("/sapi/v1/system/status").body, R"({"status":0,"msg":"normal"})");
  const Json all = world.get_json("/api/v3/exchangeInfo?showPermissionSets=false");
  ASSERT_EQ(all.find("symbols")->items.size(), 4U);
  const Json& first = all.find("symbols")->items[0];
  EXPECT_EQ(first.find("baseAsset")->text, "BTC");
  EXPECT_EQ(first.find("quoteAsset")->text, "USDT");
  EXPECT_EQ(first.find("filters")->items[0].find("tickSize")->text, "0.01000000");
  EXPECT_EQ(first.find("filters")->items[1].find("stepSize")->text, "0.00001000");
  const Json two = world.get_json("/api/v3/exchangeInfo?symbols=%5B%22ETHUSDT%22,%22BTCUSDT%22%5D");
  EXPECT_EQ(two.find("symbols")->items.size(), 2U);
}

TEST(BinanceRest, ASnapshotHasAsManyLevelsAsAsked) {
  BinanceWorld world;
  for (const std::size_t limit : {5U, 100U, 1000U}) {
    const Json book = world.get_json("/api/v3/depth?symbol=BTCUSDT&limit=" + std::to_string(limit));
    EXPECT_EQ(book.find("bids")->items.size(), limit);
    EXPECT_EQ(book.find("asks")->items.size(), limit);
    EXPECT_EQ(book.find("lastUpdateId")->as_unsigned(), world.exchange.update_id(0));
  }
  EXPECT_EQ(world.get_json("/api/v3/depth?symbol=BTCUSDT").find("bids")->items.size(), 100U);
}

TEST(BinanceRest, SaysWhatIsWrong) {
  struct Case {
    std::string_view target;
    int status;
    std::string_view part;
  };
  const Case cases[] = {
      {"/api/v3/depth?symbol=NOSUCH", 400, R"({"code":-1121,"msg":"Invalid symbol."})"},
      {"/api/v3/depth", 400, R"("code":-1102,"msg":"Mandatory parameter 'symbol')"},
      {"/api/v3/trades?symbol=", 400, R"("code":-1102)"},
      {"/api/v3/trades?symbol=BTCUSDT&limit=many", 400, R"("code":-1100)"},
      {"/api/v3/trades?symbol=BTCUSDT&limit=0", 400, R"("code":-1130)"},
      {"/api/v3/historicalTrades?symbol=BTCUSDT&fromId=-1", 400, R"("code":-1100)"},
      {"/api/v3/exchangeInfo?symbols=BTC", 400, R"("code":-1100)"},
      {"/api/v3/exchangeInfo?symbol=btcusdt", 400, R"("code":-1121)"},
      {"/api/v3/nothing", 404, "Not Found"},
      {"", 404, "Not Found"},
  };
  for (const Case& c : cases) {
    BinanceWorld world;
    const HttpReply reply = world.get(c.target);
    EXPECT_EQ(reply.status, c.status) << c.target;
    EXPECT_THAT(reply.body, HasSubstr(c.part)) << c.target;
    EXPECT_EQ(world.exchange.truth().rest_errors.size(), 1U) << c.target;
  }
}

TEST(BinanceRest, CountsWeightByTheMinute) {
  struct Case {
    std::string_view target;
    std::uint64_t weight;
  };
  const Case cases[] = {
      {"/api/v3/depth?symbol=BTCUSDT&limit=100", 5},
      {"/api/v3/depth?symbol=BTCUSDT&limit=101", 25},
      {"/api/v3/depth?symbol=BTCUSDT&limit=1000", 50},
      {"/api/v3/depth?symbol=BTCUSDT&limit=5000", 250},
      {"/api/v3/historicalTrades?symbol=BTCUSDT", 25},
      {"/api/v3/trades?symbol=BTCUSDT", 25},
      {"/api/v3/ticker/bookTicker?symbol=BTCUSDT", 2},
      {"/api/v3/ticker/bookTicker", 4},
      {"/api/v3/exchangeInfo", 20},
      {"/api/v3/time", 1},
  };
  BinanceWorld world;
  std::uint64_t used = 0;
  for (const Case& c : cases) {
    used += c.weight;
    EXPECT_EQ(world.get(c.target).used_weight, used) << c.target;
  }
  world.run_until(seconds(30));  // the next minute
  EXPECT_EQ(world.get("/api/v3/time").used_weight, 1U);
}

TEST(BinanceRest, LimitsAndThenBans) {
  BinanceWorld world(binance_with({}), {.weight_per_minute = 100, .refusals_before_ban = 3});
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(world.get("/api/v3/trades?symbol=BTCUSDT").status, 200) << i;
  for (int i = 0; i < 3; ++i) {
    const HttpReply reply = world.get("/api/v3/time");
    EXPECT_EQ(reply.status, 429);
    EXPECT_EQ(reply.retry_after, seconds(30));  // to the end of the minute
    EXPECT_THAT(
        reply.body,
        HasSubstr(R"("code":-1003,"msg":"Too much request weight used; current limit is 100)"));
  }
  const HttpReply banned = world.get("/api/v3/time");
  EXPECT_EQ(banned.status, 418);
  EXPECT_EQ(banned.retry_after, seconds(120));
  EXPECT_THAT(banned.body, HasSubstr("IP banned until 1767323190000."));
  world.run_until(seconds(119));
  EXPECT_EQ(world.get("/api/v3/time").status, 418);
  world.run_until(seconds(120));
  EXPECT_EQ(world.get("/api/v3/time").status, 200);
}

}  // namespace
}  // namespace tickwitness::sim
