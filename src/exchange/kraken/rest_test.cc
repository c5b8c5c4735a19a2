#include "exchange/kraken/rest.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace tickwitness::exchange::kraken {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const market::Symbol kBtc = *market::Symbol::parse("BTC-USD");
const KrakenRest kRest;

RestAnswer ok(std::string_view body) {
  return {.status = 200, .body = body, .retry_after = {}};
}

TEST(KrakenRest, AsksForWhatIsDocumented) {
  EXPECT_EQ(kRest.request_trades(kBtc, {}).target, "/0/public/Trades?pair=XBTUSD&count=1000");
  const TradeCursor known{
      .after_id = 7, .after_time = base::WallTime(1688671969993150842ns), .page = ""};
  EXPECT_EQ(kRest.request_trades(kBtc, known).target,
            "/0/public/Trades?pair=XBTUSD&since=1688671968993150842&count=1000");
  const TradeCursor further{.after_id = 7, .after_time = known.after_time, .page = "99"};
  EXPECT_EQ(kRest.request_trades(kBtc, further).target,
            "/0/public/Trades?pair=XBTUSD&since=99&count=1000");
  EXPECT_EQ(kRest.request_quote(kBtc).target, "/0/public/Ticker?pair=XBTUSD");
  EXPECT_EQ(kRest.request_book(kBtc, 10).target, "/0/public/Depth?pair=XBTUSD&count=10");
  EXPECT_EQ(kRest.request_book(kBtc, 1000).target, "/0/public/Depth?pair=XBTUSD&count=500");
  EXPECT_EQ(kRest.request_time().target, "/0/public/Time");
  EXPECT_EQ(kRest.request_status().target, "/0/public/SystemStatus");
  EXPECT_EQ(kRest.request_instruments({}).target, "/0/public/AssetPairs");
  const market::Symbol two[] = {kBtc, *market::Symbol::parse("DOGE-EUR")};
  EXPECT_EQ(kRest.request_instruments(two).target, "/0/public/AssetPairs?pair=XBTUSD,XDGEUR");
  EXPECT_EQ(kRest.request_trades(kBtc, {}).endpoint, RestEndpoint::trades);
  EXPECT_EQ(kRest.request_trades(kBtc, {}).symbol, kBtc);
}

// The rows of the documentation.
constexpr std::string_view kTrades =
    R"({"error":[],"result":{"XXBTZUSD":[["30243.40000","0.34507674",1688669597.8277369,"b","m","",61044952],)"
    R"( ["30243.30000","0.00376960", 1688669598.2804112 ,"s","l","",61044953 ]],"last":"1688671969993150842"}})";

TEST(KrakenRest, ReadsTrades) {
  const auto page = kRest.read_trades(kBtc, {}, ok(kTrades));
  ASSERT_TRUE(page.has_value()) << page.error().detail;
  ASSERT_EQ(page->trades.size(), 2U);
  EXPECT_EQ(page->next, "");
  const market::Trade& first = page->trades[0];
  EXPECT_EQ(first.symbol, kBtc);
  EXPECT_EQ(first.id, 61044952U);
  EXPECT_EQ(first.price.str(), "30243.40000");
  EXPECT_EQ(first.quantity.str(), "0.34507674");
  EXPECT_EQ(first.taker_side, market::Side::buy);
  EXPECT_EQ(first.order_type, market::OrderType::market);
  EXPECT_EQ(first.exchange_time.time_since_epoch(), 1688669597827736900ns);
  EXPECT_EQ(page->trades[1].taker_side, market::Side::sell);
  EXPECT_EQ(page->trades[1].order_type, market::OrderType::limit);
  EXPECT_EQ(page->trades[1].exchange_time.time_since_epoch(), 1688669598280411200ns);
  const auto later =
      kRest.read_trades(kBtc, {.after_id = 61044952, .after_time = {}, .page = ""}, ok(kTrades));
  ASSERT_EQ(later->trades.size(), 1U);
  EXPECT_EQ(later->trades[0].id, 61044953U);
}

std::string page_of(std::size_t rows, std::uint64_t last) {
  std::string body = R"({"error":[],"result":{"X":[)";
  for (std::size_t i = 0; i < rows; ++i)
    body += fmt::format(R"({}["1","1",5,"b","m","",{}])", i == 0 ? "" : ",", i + 1);
  return body + fmt::format(R"(],"last":"{}"}}}})", last);
}

TEST(KrakenRest, FullPagesAreFollowedByOneThatRepeatsTheirLastMoment) {
  struct Case {
    std::size_t rows;
    std::string since;
    std::uint64_t last;
    std::string next;
  };
  const Case cases[] = {
      {1000, "100", 500, "499"}, {999, "100", 500, ""},     {1000, "100", 100, ""},
      {1000, "100", 99, ""},     {1000, "100", 101, "101"},  // no progress by repeating it
      {1000, "", 500, "499"},    {1001, "100", 500, "499"},
  };
  for (const Case& c : cases) {
    const auto page = kRest.read_trades(kBtc, {.after_id = 0, .after_time = {}, .page = c.since},
                                        ok(page_of(c.rows, c.last)));
    ASSERT_TRUE(page.has_value()) << page.error().detail;
    EXPECT_EQ(page->trades.size(), c.rows);
    EXPECT_EQ(page->next, c.next) << c.rows << " since " << c.since << " to " << c.last;
  }
  EXPECT_TRUE(kRest.read_trades(kBtc, {}, ok(page_of(5000, 9))).has_value());
  EXPECT_FALSE(kRest.read_trades(kBtc, {}, ok(page_of(5001, 9))).has_value());
}

struct Bad {
  std::string body;
  RestProblem problem;
};

TEST(KrakenRest, TellsItsErrorsApart) {
  const Bad cases[] = {
      {R"({"error":["EGeneral:Too many requests"]})", RestProblem::rate_limited},
      {R"({"error":["EAPI:Rate limit exceeded"]})", RestProblem::rate_limited},
      {R"({"error":["EGeneral:Temporary lockout"]})", RestProblem::banned},
      {R"({"error":["EService:Unavailable"]})", RestProblem::unavailable},
      {R"({"error":["EService:Busy"]})", RestProblem::unavailable},
      {R"({"error":["EQuery:Unknown asset pair"]})", RestProblem::unknown_symbol},
      {R"({"error":["EGeneral:Permission denied"]})", RestProblem::forbidden},
      {R"({"error":["EGeneral:Invalid arguments"]})", RestProblem::refused},
      {R"({"error":["WGeneral:old","EService:Busy"]})", RestProblem::unavailable},
      {R"({"error":["WGeneral:old"]})", RestProblem::malformed},  // and no result
      {R"({"error":[1],"result":{}})", RestProblem::malformed},
      {R"({"result":{"unixtime":1}})", RestProblem::malformed},
      {R"({"error":[],"result":[]})", RestProblem::malformed},
      {"<html><title>502</title></html>", RestProblem::unavailable},
      {"junk", RestProblem::malformed},
      {"", RestProblem::malformed},
      {"[]", RestProblem::malformed},
  };
  for (const Bad& c : cases) {
    const auto time = kRest.read_time(ok(c.body));
    ASSERT_FALSE(time.has_value()) << c.body;
    EXPECT_EQ(time.error().problem, c.problem) << c.body;
    EXPECT_FALSE(time.error().detail.empty());
    EXPECT_FALSE(kRest.read_trades(kBtc, {}, ok(c.body)).has_value()) << c.body;
  }
  EXPECT_THAT(kRest.read_time(ok(cases[0].body)).error().detail,
              HasSubstr("EGeneral:Too many requests"));
  const auto warned = kRest.read_time(ok(R"({"error":["WGeneral:old"],"result":{"unixtime":7}})"));
  ASSERT_TRUE(warned.has_value());
  EXPECT_EQ(warned->time.time_since_epoch(), 7s);
}

TEST(KrakenRest, TheStatusCountsUnlessTheBodyExplainsIt) {
  const auto problem = [](int status, std::string_view body) {
    return kRest.read_time({.status = status, .body = body, .retry_after = 9s}).error();
  };
  EXPECT_EQ(problem(429, "").problem, RestProblem::rate_limited);
  EXPECT_EQ(problem(429, "").retry_after, 9s);
  EXPECT_EQ(problem(403, "<html>").problem, RestProblem::forbidden);
  EXPECT_EQ(problem(451, "").problem, RestProblem::location);
  EXPECT_EQ(problem(520, R"({"error":["EQuery:Unknown asset pair"]})").problem,
            RestProblem::unavailable);
  EXPECT_EQ(problem(400, R"({"error":["EQuery:Unknown asset pair"]})").problem,
            RestProblem::unknown_symbol);
  EXPECT_EQ(problem(400, "{}").problem, RestProblem::refused);
  EXPECT_EQ(problem(404, R"({"error":[],"result":{"unixtime":1}})").problem, RestProblem::refused);
}

TEST(KrakenRest, TradesThatCannotBeReadCostThePage) {
  const auto row = [](std::string_view text) {
    return fmt::format(R"({{"error":[],"result":{{"X":[{}],"last":"9"}}}})", text);
  };
  EXPECT_TRUE(kRest.read_trades(kBtc, {}, ok(row(R"(["1","1",5,"b","m","",7,"more"])"))));
  EXPECT_TRUE(kRest.read_trades(kBtc, {}, ok(row(""))));
  for (const std::string_view text :
       {R"(["1","1",5,"b","m",""])", R"(["1","1","5","b","m","",7])", R"([1,"1",5,"b","m","",7])",
        R"(["1","1",5,"x","m","",7])", R"(["1","1",5,"b","x","",7])",
        R"(["1","1",5e3,"b","m","",7])", R"(["1","1",-5,"b","m","",7])",
        R"(["1","1",5,"b","m","",-7])", R"(["1","1",5,"b","m","",7.0])",
        R"(["-1","1",5,"b","m","",7])", R"({})", "7", R"(["1","1",null,"b","m","",7])",
        R"(["1","1",9223372036.0,"b","m","",7])"}) {
    EXPECT_FALSE(kRest.read_trades(kBtc, {}, ok(row(text)))) << text;
  }
  for (const std::string_view body :
       {R"({"error":[],"result":{"X":[]}})", R"({"error":[],"result":{"X":[],"last":9}})",
        R"({"error":[],"result":{"X":[],"last":"9&x"}})", R"({"error":[],"result":{"last":"9"}})",
        R"({"error":[],"result":{"X":[],"Y":[],"last":"9"}})",
        R"({"error":[],"result":{"X":{},"last":"9"}})"}) {
    EXPECT_FALSE(kRest.read_trades(kBtc, {}, ok(body))) << body;
  }
}

TEST(ParseUnixSeconds, IsExact) {
  struct Case {
    std::string text;
    std::optional<std::int64_t> nanoseconds;
  };
  const Case cases[] = {
      {"0", 0},
      {"1688669597.8277369", 1688669597827736900},
      {"1688669597.1", 1688669597100000000},
      {"1688669597.000000001", 1688669597000000001},
      {"1688669597.0000000019", 1688669597000000001},
      {"9223372035.999999999", 9223372035999999999},
      {"9223372036", std::nullopt},
      {"1.", std::nullopt},
      {".5", std::nullopt},
      {"-1", std::nullopt},
      {"1e9", std::nullopt},
      {"1.5e3", std::nullopt},
      {"1.5.3", std::nullopt},
      {"", std::nullopt},
      {"18446744073709551616", std::nullopt},
  };
  for (const Case& c : cases) {
    const auto time = parse_unix_seconds(c.text);
    EXPECT_EQ(time.has_value(), c.nanoseconds.has_value()) << c.text;
    if (time && c.nanoseconds) {
      EXPECT_EQ(time->time_since_epoch().count(), *c.nanoseconds) << c.text;
    }
  }
}

TEST(KrakenRest, ReadsStateAndInstruments) {
  const auto state = [](std::string_view word) {
    return kRest.read_status(ok(fmt::format(R"({{"error":[],"result":{{"status":"{}"}}}})", word)));
  };
  EXPECT_EQ(state("online")->status, VenueStatus::online);
  EXPECT_EQ(state("cancel_only")->status, VenueStatus::cancel_only);
  EXPECT_EQ(state("maintenance")->status, VenueStatus::maintenance);
  EXPECT_EQ(state("asleep")->status, VenueStatus::unknown);
  EXPECT_EQ(state("asleep")->text, "asleep");
  const auto list = kRest.read_instruments(ok(
      R"({"error":[],"result":{"XXBTZUSD":{"wsname":"XBT/USD","pair_decimals":1,"lot_decimals":8},)"
      R"("XBTUSD.d":{"altname":"XBTUSD.d","pair_decimals":1,"lot_decimals":8},)"
      R"("B":{"wsname":"B/USD","pair_decimals":19,"lot_decimals":8}}})"));
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->skipped, 2U);
  ASSERT_EQ(list->instruments.size(), 1U);
  EXPECT_EQ(list->instruments[0].symbol, kBtc);
  EXPECT_EQ(list->instruments[0].status, "");
  EXPECT_EQ(list->weight_per_minute, std::nullopt);
}

TEST(KrakenRest, AQuoteSideOfNothingIsAbsent) {
  const auto quote = kRest.read_quote(
      kBtc, ok(R"({"error":[],"result":{"X":{"a":["0.0","0","0.0"],"b":["5.1","1","0.7"]}}})"));
  ASSERT_TRUE(quote.has_value());
  EXPECT_FALSE(quote->ask || quote->ask_quantity);
  EXPECT_EQ(quote->bid->str(), "5.1");
  EXPECT_EQ(quote->bid_quantity->str(), "0.7");
  EXPECT_FALSE(kRest.read_quote(kBtc, ok(R"({"error":[],"result":{"X":{"a":["1","0","0.0"]}}})")));
}

}  // namespace
}  // namespace tickwitness::exchange::kraken
