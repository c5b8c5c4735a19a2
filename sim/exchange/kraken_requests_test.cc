#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/exchange/world_for_tests.h"

namespace tickwitness::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string subscribe(std::string_view params, std::string_view tail = "") {
  return R"({"method":"subscribe","params":{)" + std::string(params) + "}" + std::string(tail) +
         "}";
}

// The answer's text with its two times cut off.
std::string stem(const Received& frame) {
  const std::size_t at = frame.text.find(R"(,"time_in")");
  return at == std::string::npos ? frame.text : frame.text.substr(0, at);
}

TEST(KrakenRequests, StatusComesUnasked) {
  World world;
  bool above_int64 = false;
  for (int i = 0; i < 20; ++i) {
    world.connect();
    const Received& status = world.frames.back();
    ASSERT_EQ(status.channel(), "status");
    ASSERT_EQ(status.data().size(), 1U);
    EXPECT_EQ(status.data()[0].find("system")->text, "online");
    const auto id = status.data()[0].find("connection_id")->as_unsigned();
    ASSERT_TRUE(id);
    above_int64 |= *id > static_cast<std::uint64_t>(INT64_MAX);
  }
  EXPECT_TRUE(above_int64);
}

struct Case {
  std::string request;
  std::string answer;  // without the times
};

const Case kAnswers[] = {
    {R"({"method":"ping","req_id":101})", R"({"method":"pong","req_id":101)"},
    {R"({"method":"ping"})", R"({"method":"pong")"},
    {subscribe(R"("channel":"trade","symbol":["BTC/USD"])", R"(,"req_id":18446744073709551615)"),
     R"({"method":"subscribe","req_id":18446744073709551615,"result":{"channel":"trade",)"
     R"("snapshot":false,"symbol":"BTC/USD"},"success":true)"},
    {subscribe(R"("channel":"ticker","symbol":["BTC/USD"],"snapshot":false)"),
     R"({"method":"subscribe","result":{"channel":"ticker","event_trigger":"trades",)"
     R"("snapshot":false,"symbol":"BTC/USD"},"success":true)"},
    {subscribe(R"("channel":"ohlc","symbol":["BTC/USD"],"interval":5,"snapshot":false)"),
     R"({"method":"subscribe","result":{"channel":"ohlc","interval":5,"snapshot":false,)"
     R"("symbol":"BTC/USD","warnings":["timestamp is deprecated, use interval_begin"]},)"
     R"("success":true)"},
    {subscribe(R"("channel":"instrument","snapshot":false)"),
     R"({"method":"subscribe","result":{"channel":"instrument","snapshot":false,"warnings":)"
     R"(["tick_size is deprecated, use price_increment"]},"success":true)"},
    {subscribe(R"("channel":"trade","symbol":["XBT/USD"])", R"(,"req_id":9)"),
     R"({"error":"Currency pair not supported XBT/USD","method":"subscribe","req_id":9,)"
     R"("success":false,"symbol":"XBT/USD")"},
    {subscribe(R"("channel":"weather","symbol":["BTC/USD"])", R"(,"req_id":9)"),
     R"({"error":"Subscription name invalid","method":"subscribe","req_id":9,"success":false)"},
    {subscribe(R"("channel":"book","symbol":["BTC/USD"],"depth":42)"),
     R"({"error":"Subscription depth not supported","method":"subscribe","success":false)"},
    {subscribe(R"("channel":"book","symbol":["BTC/USD"],"depth":25,"snapshot":false)"),
     R"({"method":"subscribe","result":{"channel":"book","depth":25,"snapshot":false,)"
     R"("symbol":"BTC/USD"},"success":true)"},
    {subscribe(R"("channel":"ohlc","symbol":["BTC/USD"],"interval":7)"),
     R"({"error":"Subscription ohlc interval not supported","method":"subscribe",)"
     R"("success":false)"},
    {subscribe(R"("channel":"ohlc","symbol":["BTC/USD"],"interval":"1")"),
     R"({"error":"Subscription ohlc interval must be an integer","method":"subscribe",)"
     R"("success":false)"},
    {subscribe(R"("channel":"trade")"),
     R"({"error":"Symbol(s) not found","method":"subscribe","success":false)"},
    {subscribe(R"("channel":"trade","symbol":"BTC/USD")"),
     R"({"error":"Symbol field must be an array","method":"subscribe","success":false)"},
    {subscribe(R"("channel":"trade","symbol":["BTC/USD"],"snapshot":1)"),
     R"({"error":"Snapshot field must be a boolean","method":"subscribe","success":false)"},
    {subscribe(R"("channel":"trade","colour":"red","symbol":["BTC/USD"])"),
     R"({"error":"Unsupported field: 'colour' for the given msg type: subscribe",)"
     R"("method":"subscribe","success":false)"},
    {R"({"method":"ping","params":{},"req_id":0})",
     R"({"error":"Unsupported field: 'params' for the given msg type: ping","method":"ping",)"
     R"("req_id":0,"success":false)"},
    {R"({"method":"dance"})", R"({"error":"Unsupported event","method":"dance","success":false)"},
    {R"({"req_id":3})", R"({"error":"Method(s) not found","req_id":3,"success":false)"},
    {R"({"method":"ping","req_id":-3})",
     R"({"error":"Req_id field must be an unsigned integer","method":"ping","success":false)"},
    {R"({"method":"unsubscribe","params":{"channel":"trade","symbol":["BTC/USD"]}})",
     R"({"error":"Subscription Not Found","method":"unsubscribe","success":false,)"
     R"("symbol":"BTC/USD")"},
    {"hello", R"({"error":"Malformed request","success":false)"},
    {"[1]", R"({"error":"Malformed request","success":false)"},
    {"", R"({"error":"Malformed request","success":false)"},
};

TEST(KrakenRequests, AnswersOfOneFrame) {
  for (const Case& c : kAnswers) {
    World world;
    const ConnectionId connection = world.connect();
    world.say(connection, c.request);
    ASSERT_EQ(world.frames.size(), 2U) << c.request;
    EXPECT_EQ(stem(world.frames[1]), c.answer);
    const bool refused = c.answer.starts_with("{\"error\"");
    EXPECT_EQ(world.exchange.truth().sent(SentKind::refused), refused ? 1U : 0U);
    EXPECT_LT(world.frames[1].member("time_in"), world.frames[1].member("time_out"));
  }
}

TEST(KrakenRequests, OneAckPerSymbolInOrder) {
  World world;
  const ConnectionId connection = world.connect();
  world.say(connection, subscribe(R"("channel":"ticker","event_trigger":"bbo","snapshot":false,)"
                                  R"("symbol":["ETH/USD","DOGE/USD","BTC/USD"])",
                                  R"(,"req_id":5)"));
  ASSERT_EQ(world.frames.size(), 4U);
  EXPECT_THAT(world.frames[1].text, HasSubstr(R"("symbol":"ETH/USD"},"success":true)"));
  EXPECT_THAT(world.frames[2].text, HasSubstr("Currency pair not supported DOGE/USD"));
  EXPECT_THAT(world.frames[3].text, HasSubstr(R"("symbol":"BTC/USD"},"success":true)"));
  for (std::size_t i = 1; i < 4; ++i)
    EXPECT_THAT(world.frames[i].text, HasSubstr(R"("req_id":5,)"));
}

TEST(KrakenRequests, SubscribingTwiceIsRefusedAndSendsNoSnapshot) {
  World world;
  const ConnectionId connection = world.connect();
  const ConnectionId other = world.connect();
  const std::string ohlc1 = subscribe(R"("channel":"ohlc","interval":1,"symbol":["BTC/USD"])");
  const std::string ohlc5 = subscribe(R"("channel":"ohlc","interval":5,"symbol":["BTC/USD"])");
  const std::string trade = subscribe(R"("channel":"trade","symbol":["BTC/USD"])");
  const std::string instrument = subscribe(R"("channel":"instrument")");
  for (const std::string& request : {ohlc1, trade, instrument}) world.say(connection, request);
  const std::size_t before = world.frames.size();
  for (const std::string& request : {ohlc1, ohlc5, trade, instrument})
    world.say(connection, request);
  ASSERT_EQ(world.frames.size(), before + 4);
  EXPECT_EQ(world.frames[before].member("error"), "Already subscribed");
  EXPECT_EQ(world.frames[before + 1].member("error"),
            "Already subscribed to one ohlc interval on this symbol");
  EXPECT_EQ(world.frames[before + 2].member("error"), "Already subscribed");
  EXPECT_EQ(world.frames[before + 3].member("error"), "Already subscribed");
  world.say(other, ohlc5);  // another connection may
  EXPECT_EQ(world.frames.back().channel(), "ohlc");
  EXPECT_THAT(world.exchange.truth().refusals,
              ElementsAre(std::pair("Already subscribed", 3),
                          std::pair("Already subscribed to one ohlc interval on this symbol", 1)));
}

TEST(KrakenRequests, UnsubscribedMeansSilenceAndASnapshotNextTime) {
  World world;
  const ConnectionId connection = world.connect();
  world.say(connection, subscribe(R"("channel":"ticker","symbol":["BTC/USD"])"));
  world.run_until(std::chrono::seconds(5));
  world.say(connection, R"({"method":"unsubscribe","params":{"channel":"ticker",)"
                        R"("symbol":["BTC/USD"]},"req_id":8})");
  EXPECT_EQ(stem(world.frames.back()),
            R"({"method":"unsubscribe","req_id":8,"result":{"channel":"ticker",)"
            R"("symbol":"BTC/USD"},"success":true)");
  const std::size_t before = world.of_channel("ticker").size();
  world.run_until(std::chrono::seconds(10));
  EXPECT_EQ(world.of_channel("ticker").size(), before);
  world.say(connection, subscribe(R"("channel":"ticker","symbol":["BTC/USD"])"));
  EXPECT_TRUE(world.of_channel("ticker").back()->snapshot());
}

TEST(KrakenRequests, HeartbeatsEachSecondFromTheFirstSubscription) {
  World world;
  const ConnectionId connection = world.connect();
  world.run_until(std::chrono::seconds(3));
  EXPECT_TRUE(world.of_channel("heartbeat").empty());
  world.say(connection, subscribe(R"("channel":"trade","symbol":["XBT/USD"])"));  // refused: still
  world.run_until(std::chrono::seconds(93));
  const auto beats = world.of_channel("heartbeat");
  ASSERT_EQ(beats.size(), 90U);
  for (std::size_t i = 0; i < beats.size(); ++i)
    EXPECT_EQ(beats[i]->at - World::kMono, std::chrono::seconds(4 + i));
}

TEST(KrakenRequests, TooManyRequestsAreRefusedInKrakensOwnWords) {
  World world;
  const ConnectionId connection = world.connect();
  for (int i = 0; i < 45; ++i) world.say(connection, R"({"method":"ping"})");
  EXPECT_EQ(world.frames.back().text, R"({"Error":"Exceeded msg rate"})");
  EXPECT_EQ(world.exchange.truth().sent(SentKind::pong), 40U);
  EXPECT_EQ(world.exchange.truth().sent(SentKind::rate_exceeded), 5U);
  world.run_until(std::chrono::seconds(1));
  world.say(connection, R"({"method":"ping"})");
  EXPECT_EQ(world.frames.back().member("method"), "pong");
}

TEST(KrakenRequests, ConnectionAttemptsAreLimited) {
  World world;
  for (int i = 0; i < 150; ++i)
    ASSERT_EQ(world.exchange.on_attempt("/v2", world.now()), Kraken::Admission::accept);
  EXPECT_EQ(world.exchange.on_attempt("/v2", world.now()), Kraken::Admission::too_many);
  world.run_until(std::chrono::seconds(4));
  EXPECT_EQ(world.exchange.on_attempt("/v2", world.now()), Kraken::Admission::accept);
  EXPECT_EQ(world.exchange.truth().connections_refused, 1U);
}

TEST(KrakenRequests, UnknownConnectionsAreIgnored) {
  World world;
  world.say(77, R"({"method":"ping"})");
  world.exchange.on_disconnect(77, world.now());
  EXPECT_TRUE(world.frames.empty());
  EXPECT_EQ(world.exchange.truth().closed_by_client, 0U);
}

}  // namespace
}  // namespace tickwitness::sim
