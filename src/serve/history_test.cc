#include "serve/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rfc3339.h"
#include "serve/test_service.h"
#include "telemetry/test_read.h"

namespace tickwitness::serve {
namespace {

using pipeline::History;
using pipeline::HistoryKind;
using pipeline::HistoryQuery;
using test::World;
using testing::HasSubstr;

base::Result<HistoryQuery> parse(const std::string& parameters) {
  return parse_history(World::request("/api/v1/history?" + parameters));
}

base::Decimal decimal(std::string_view text) {
  return *base::Decimal::parse(text);
}

TEST(HistoryRequest, IsRead) {
  const auto query = parse(
      "exchange=binance_us&symbol=ETH-USD&kind=candles&interval=15&from=2026-03-01&"
      "to=2026-03-01T05:00:00.000000001Z&limit=1000");
  ASSERT_TRUE(query) << query.error().message;
  EXPECT_EQ(query->venue, market::Venue::binance_us);
  EXPECT_EQ(query->symbol.str(), "ETH-USD");
  EXPECT_EQ(query->kind, HistoryKind::candles);
  EXPECT_EQ(query->interval_minutes, 15U);
  EXPECT_EQ(query->from, base::parse_rfc3339("2026-03-01T00:00:00Z"));
  EXPECT_EQ(query->to, base::parse_rfc3339("2026-03-01T05:00:00.000000001Z"));
  EXPECT_EQ(query->limit, 1000U);
  const auto least = parse("exchange=kraken&symbol=BTC-USD");
  ASSERT_TRUE(least);
  EXPECT_EQ(least->kind, HistoryKind::trades);
  EXPECT_EQ(least->from, base::WallTime::min());
  EXPECT_EQ(least->to, base::WallTime::max());
  EXPECT_EQ(least->limit, 500U);
}

TEST(HistoryRequest, WhatIsWrongIsNamed) {
  const std::string good = "exchange=kraken&symbol=BTC-USD&";
  for (const auto& [parameters, words] : std::vector<std::pair<std::string, std::string>>{
           {"symbol=BTC-USD", "exchange: missing"},
           {"exchange=kraken", "symbol: missing"},
           {"exchange=mtgox&symbol=BTC-USD", "exchange: one of kraken, binance, binance_us"},
           {"exchange=kraken&symbol=!", "symbol: "},
           {good + "kind=books", "kind: one of trades, candles, quotes"},
           {good + "from=yesterday", "from: write 2026-11-22"},
           {good + "to=2026-13-01", "to: write 2026-11-22"},
           {good + "limit=0", "limit: a number from 1 to 1000"},
           {good + "limit=1001", "limit: a number from 1 to 1000"},
           {good + "limit=-1", "limit: a number"},
           {good + "limit=5x", "limit: a number"},
           {good + "interval=5", "interval: of candles alone"},
           {good + "kind=candles&interval=0", "interval: a number from 1"},
           {good + "limits=5", "limits: not known"}}) {
    const auto query = parse(parameters);
    ASSERT_FALSE(query) << parameters;
    EXPECT_THAT(query.error().message, HasSubstr(words));
  }
}

TEST(HistoryAnswer, HasEveryDigit) {
  const base::WallTime time = *base::parse_rfc3339("2026-03-01T00:00:00.123456789Z");
  const market::Symbol symbol = *market::Symbol::parse("BTC-USD");
  const market::Trade trade{.symbol = symbol,
                            .id = 18446744073709551615U,
                            .taker_side = market::Side::sell,
                            .price = decimal("64000.10"),
                            .quantity = decimal("0.50000000"),
                            .exchange_time = time};
  EXPECT_EQ(history_json({.symbol = symbol}, {.ticks = {{.event = trade}}, .more = true}),
            R"({"exchange":"kraken","symbol":"BTC-USD","kind":"trades","more":true,"rows":[)"
            R"({"time":"2026-03-01T00:00:00.123456789Z","id":18446744073709551615,)"
            R"("taker_side":"sell","price":64000.10,"quantity":0.50000000}]})");
  const market::Candle candle{.symbol = symbol,
                              .interval_minutes = 5,
                              .begin = time,
                              .open = decimal("1"),
                              .high = decimal("3.0"),
                              .low = decimal("0.5"),
                              .close = decimal("2"),
                              .volume = decimal("10"),
                              .trades = 7};
  EXPECT_EQ(history_json({.kind = HistoryKind::candles, .symbol = symbol, .interval_minutes = 5},
                         {.ticks = {{.event = candle}}}),
            R"({"exchange":"kraken","symbol":"BTC-USD","kind":"candles","interval_minutes":5,)"
            R"("more":false,"rows":[{"begin":"2026-03-01T00:00:00.123456789Z","open":1,"high":3.0,)"
            R"("low":0.5,"close":2,"volume":10,"vwap":null,"trades":7}]})");
  const market::Quote quote{.symbol = symbol, .bid = decimal("9.90")};
  EXPECT_EQ(history_json({.kind = HistoryKind::quotes, .symbol = symbol},
                         {.ticks = {{.event = quote, .received = {.mono = {}, .wall = time}}}}),
            R"({"exchange":"kraken","symbol":"BTC-USD","kind":"quotes","more":false,"rows":[)"
            R"({"time":"2026-03-01T00:00:00.123456789Z","bid":9.90,"bid_quantity":null,)"
            R"("ask":null,"ask_quantity":null}]})");
}

// A database that answers when the test says so.
class HistoryService : public testing::Test {
 protected:
  using Answer = std::function<void(base::Result<History>)>;
  void take_questions() {
    world_.history = [this](const HistoryQuery&, Answer answer) {
      if (full_) return false;
      asked_.push_back(std::move(answer));
      return true;
    };
  }
  void get(const std::string& target, net::Headers headers = {}) {
    const auto request = World::request(target, std::move(headers));
    ASSERT_TRUE(Service::is_query(request));
    world_.service.answer_query(request,
                                [this](net::Response response) { answers_.push_back(response); });
  }
  std::string body(std::size_t i) const { return *answers_.at(i).body; }

  World world_;
  bool full_ = false;
  std::vector<Answer> asked_;
  std::vector<net::Response> answers_;
};

constexpr const char* kTarget = "/api/v1/history?exchange=kraken&symbol=BTC-USD";

TEST_F(HistoryService, AnswersWhenTheDatabaseHas) {
  take_questions();
  get(kTarget);
  EXPECT_TRUE(answers_.empty());
  asked_.at(0)(History{});
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].status, 200);
  EXPECT_EQ(answers_[0].header("Cache-Control"), "no-store");
  EXPECT_THAT(body(0), HasSubstr(R"("rows":[])"));
  EXPECT_EQ(telemetry::test::read(world_.registry, "tickwitness_http_requests_total",
                                  {{"route", "/api/v1/history"}, {"status_code", "200"}}),
            1);
}

TEST_F(HistoryService, SaysWhenToComeAgainWhileTooManyAsk) {
  take_questions();
  full_ = true;
  get(kTarget);
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].status, 503);
  EXPECT_EQ(answers_[0].header("Retry-After"), "1");
}

TEST_F(HistoryService, ADatabaseThatCannotBeReadIsNoEmptyOne) {
  take_questions();
  get(kTarget);
  asked_.at(0)(base::fail("/secret/place/market.sqlite: cannot be read"));
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].status, 503);
  EXPECT_THAT(body(0), testing::Not(HasSubstr("secret")));
}

TEST_F(HistoryService, WhatCannotBeAskedIsNotAsked) {
  take_questions();
  get("/api/v1/history?exchange=kraken");
  get(kTarget, {{"Host", "evil.example"}});
  ASSERT_EQ(answers_.size(), 2U);
  EXPECT_EQ(answers_[0].status, 400);
  EXPECT_EQ(answers_[1].status, 403);
  EXPECT_TRUE(asked_.empty());
}

TEST(HistoryServiceWithoutADatabase, HasNone) {
  World world({}, false);
  std::optional<net::Response> answer;
  world.service.answer_query(World::request(kTarget),
                             [&](const net::Response& response) { answer = response; });
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
  EXPECT_THAT(*answer->body, HasSubstr("store.enabled"));
}

}  // namespace
}  // namespace tickwitness::serve
