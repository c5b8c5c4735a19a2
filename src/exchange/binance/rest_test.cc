#include "exchange/binance/rest.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace tickwitness::exchange::binance {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const market::Symbol kBtc = *market::Symbol::parse("BTC-USDT");
const BinanceRest kRest;

RestAnswer ok(std::string_view body) {
  return {.status = 200, .body = body, .retry_after = {}};
}

TEST(BinanceRest, AsksForWhatIsDocumented) {
  const std::string trades = "/api/v3/historicalTrades?symbol=BTCUSDT";
  EXPECT_EQ(kRest.request_trades(kBtc, {}).target, trades + "&limit=1000");
  EXPECT_EQ(kRest.request_trades(kBtc, {.after_id = 7, .after_time = {}, .page = ""}).target,
            trades + "&fromId=8&limit=1000");
  EXPECT_EQ(kRest.request_trades(kBtc, {.after_id = 7, .after_time = {}, .page = "99"}).target,
            trades + "&fromId=99&limit=1000");
  EXPECT_EQ(kRest.request_trades(kBtc, {}).weight, 25U);
  EXPECT_EQ(kRest.request_quote(kBtc).target, "/api/v3/ticker/bookTicker?symbol=BTCUSDT");
  EXPECT_EQ(kRest.request_time().target, "/api/v3/time");
  EXPECT_EQ(kRest.request_status().target, "/sapi/v1/system/status");
  const std::string info = "/api/v3/exchangeInfo?showPermissionSets=false";
  EXPECT_EQ(kRest.request_instruments({}).target, info);
  const market::Symbol two[] = {kBtc, *market::Symbol::parse("ETH-BTC")};
  EXPECT_EQ(kRest.request_instruments(two).target,
            info + "&symbols=%5B%22BTCUSDT%22,%22ETHBTC%22%5D");
}

TEST(BinanceRest, ABookWeighsByItsDepth) {
  const std::pair<std::uint32_t, std::uint32_t> cases[] = {
      {0, 5}, {100, 5}, {101, 25}, {500, 25}, {501, 50}, {1000, 50}, {1001, 250}, {9000, 250}};
  for (const auto& [depth, weight] : cases)
    EXPECT_EQ(kRest.request_book(kBtc, depth).weight, weight) << depth;
  EXPECT_EQ(kRest.request_book(kBtc, 9000).target, "/api/v3/depth?symbol=BTCUSDT&limit=5000");
}

// The row of the documentation.
constexpr std::string_view kTrade =
    R"([{"id":28457,"price":"4.00000100","qty":"12.00000000","quoteQty":"48.000012","time":1499865549590,"isBuyerMaker":true,"isBestMatch":true}])";

TEST(BinanceRest, ReadsTrades) {
  const auto page = kRest.read_trades(kBtc, {}, ok(kTrade));
  ASSERT_TRUE(page.has_value()) << page.error().detail;
  ASSERT_EQ(page->trades.size(), 1U);
  EXPECT_EQ(page->trades[0].symbol, kBtc);
  EXPECT_EQ(page->trades[0].id, 28457U);
  EXPECT_EQ(page->trades[0].price.str(), "4.00000100");
  EXPECT_EQ(page->trades[0].quantity.str(), "12.00000000");
  EXPECT_EQ(page->trades[0].taker_side, market::Side::sell);  // the buyer waited
  EXPECT_EQ(page->trades[0].exchange_time.time_since_epoch(), 1499865549590ms);
  EXPECT_EQ(page->next, "");
}

std::string page_of(std::size_t rows, std::uint64_t first) {
  std::string body = "[";
  for (std::size_t i = 0; i < rows; ++i)
    body += fmt::format(R"({}{{"id":{},"price":"1","qty":"1","time":5,"isBuyerMaker":false}})",
                        i == 0 ? "" : ",", first + i);
  return body + "]";
}

TEST(BinanceRest, FullPagesAreFollowedByTheNextId) {
  const auto next = [](std::size_t rows, std::uint64_t first, std::uint64_t after_id) {
    return kRest
        .read_trades(kBtc, {.after_id = after_id, .after_time = {}, .page = ""},
                     ok(page_of(rows, first)))
        ->next;
  };
  EXPECT_EQ(next(1000, 8, 7), "1008");
  EXPECT_EQ(next(999, 8, 7), "");
  EXPECT_EQ(next(1000, 8, 0), "");     // the most recent trades were asked for: nothing follows
  EXPECT_EQ(next(1000, 1, 2000), "");  // older than asked for
  EXPECT_EQ(next(1000, 18446744073709551615U - 999, 7), "");
  EXPECT_FALSE(kRest.read_trades(kBtc, {}, ok(page_of(5001, 1))).has_value());
}

struct Bad {
  int status;
  std::string body;
  RestProblem problem;
};

TEST(BinanceRest, TellsItsErrorsApart) {
  const Bad cases[] = {
      {400, R"({"code":-1121,"msg":"Invalid symbol."})", RestProblem::unknown_symbol},
      {400, R"({"code":-1102,"msg":"Mandatory parameter"})", RestProblem::refused},
      {429, R"({"code":-1003,"msg":"Too much request weight used"})", RestProblem::rate_limited},
      {418, R"({"code":-1003,"msg":"IP banned until 1659146400000."})", RestProblem::banned},
      {400, R"({"code":-1003,"msg":"Too many requests"})", RestProblem::rate_limited},
      {200, R"({"code":-1003,"msg":"Too many requests"})", RestProblem::rate_limited},
      {400, R"({"code":-2014,"msg":"API-key format invalid."})", RestProblem::forbidden},
      {503, R"({"code":-1008,"msg":"Server is currently overloaded"})", RestProblem::unavailable},
      {400, R"({"code":-1016,"msg":"This service is no longer available."})",
       RestProblem::unavailable},
      {403, "<html>", RestProblem::forbidden},
      {451, R"({"code":0,"msg":"Service unavailable from a restricted location"})",
       RestProblem::location},
      {200, "<html>", RestProblem::unavailable},
      {502, "", RestProblem::unavailable},
      {200, "junk", RestProblem::malformed},
      {200, "{}", RestProblem::malformed},
      {200, "[]", RestProblem::malformed},
      {200, R"({"serverTime":"1"})", RestProblem::malformed},
      {200, R"({"serverTime":-1})", RestProblem::malformed},
      {200, R"({"serverTime":9223372036855})", RestProblem::malformed},
  };
  for (const Bad& c : cases) {
    const auto time = kRest.read_time({.status = c.status, .body = c.body, .retry_after = 120s});
    ASSERT_FALSE(time.has_value()) << c.body;
    EXPECT_EQ(time.error().problem, c.problem) << c.status << c.body;
    if (c.problem != RestProblem::malformed) {
      EXPECT_EQ(time.error().retry_after, 120s);
    }
  }
  EXPECT_EQ(kRest.read_time(ok(R"({"serverTime":1499827319559})"))->time.time_since_epoch(),
            1499827319559ms);
}

TEST(BinanceRest, APlaceThatIsNotServedIsToldWhereElseTheDataIs) {
  const auto failure =
      kRest
          .read_time({.status = 451, .body = R"({"code":0,"msg":"restricted"})", .retry_after = {}})
          .error();
  for (const auto* word : {"does not serve the place this machine is in", "restricted",
                           "https://data-api.binance.vision", "wss://data-stream.binance.vision"})
    EXPECT_THAT(failure.detail, HasSubstr(word));
}

TEST(BinanceRest, TradesThatCannotBeReadCostThePage) {
  for (const std::string_view body :
       {R"([{"id":-1,"price":"1","qty":"1","time":5,"isBuyerMaker":false}])",
        R"([{"id":1,"price":1,"qty":"1","time":5,"isBuyerMaker":false}])",
        R"([{"id":1,"price":"1","qty":"-1","time":5,"isBuyerMaker":false}])",
        R"([{"id":1,"price":"1","qty":"1","time":5.5,"isBuyerMaker":false}])",
        R"([{"id":1,"price":"1","qty":"1","time":5}])", "[7]", "{}"}) {
    EXPECT_FALSE(kRest.read_trades(kBtc, {}, ok(body))) << body;
  }
}

TEST(BinanceRest, ReadsStatusAndInstruments) {
  EXPECT_EQ(kRest.read_status(ok(R"({"status":0,"msg":"normal"})"))->status, VenueStatus::online);
  const auto down = kRest.read_status(ok(R"({"status":1,"msg":"system_maintenance"})"));
  EXPECT_EQ(down->status, VenueStatus::maintenance);
  EXPECT_EQ(down->text, "system_maintenance");
  EXPECT_EQ(kRest.read_status(ok(R"({"status":2})"))->status, VenueStatus::unknown);

  const auto pair = [](std::string_view tick, std::string_view step) {
    return fmt::format(
        R"({{"symbols":[{{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","filters":[)"
        R"({{"filterType":"PRICE_FILTER","tickSize":"{}"}},{{"filterType":"LOT_SIZE","stepSize":"{}"}}]}}]}})",
        tick, step);
  };
  const auto list = kRest.read_instruments(ok(pair("0.01000000", "1.00000000")));
  ASSERT_EQ(list->instruments.size(), 1U);
  EXPECT_EQ(list->instruments[0].symbol, kBtc);
  EXPECT_EQ(list->instruments[0].price_precision, 2);
  EXPECT_EQ(list->instruments[0].quantity_precision, 0);
  EXPECT_EQ(list->instruments[0].status, "TRADING");
  EXPECT_EQ(kRest.read_instruments(ok(pair("0.00000000", "1.0")))->skipped, 1U);
}

}  // namespace
}  // namespace tickwitness::exchange::binance
