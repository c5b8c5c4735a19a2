// Streams, requests and the life of a connection of the simulated Binance.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/exchange/binance_world_for_tests.h"
#include "sim/exchange/kraken.h"

namespace tickwitness::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

std::int64_t eight(std::string_view text) {
  std::string digits(text);
  std::erase(digits, '.');
  return std::stoll(digits);
}

TEST(Binance, TradesInTheSameMarketAsTheSimulatedKraken) {
  const Settings settings = binance_with({});
  BinanceWorld world(settings);
  world.run_until(minutes(1));
  Kraken kraken(settings, {BinanceWorld::kMono, BinanceWorld::kWall});
  Actions actions;
  kraken.step(world.now(), actions);
  for (std::size_t pair = 0; pair < settings.pairs.size(); ++pair) {
    ASSERT_EQ(world.exchange.trades(pair).size(), kraken.trades(pair).size());
    const Fill& ours = world.exchange.trades(pair).back().fill;
    const Fill& theirs = kraken.trades(pair).back().fill;
    EXPECT_EQ(ours.id, theirs.id);
    EXPECT_EQ(ours.price, theirs.price);
    EXPECT_EQ(ours.quantity, theirs.quantity);
  }
}

TEST(Binance, EveryTradeIsSentWithTheNextIdAndTheRecordSaysSo) {
  BinanceWorld world;
  world.connect(kBitcoinTarget);
  world.run_until(minutes(2));
  const auto trades = world.of("btcusdt@trade");
  ASSERT_GT(trades.size(), 200U);
  for (std::size_t i = 0; i < trades.size(); ++i) {
    const BinanceFrame& frame = *trades[i];
    if (i > 0) {
      ASSERT_EQ(frame.number("t"), trades[i - 1]->number("t") + 1);
    }
    const TradeRecord* const record = world.exchange.trade(0, frame.number("t"));
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->updates_sent, 1U);
    EXPECT_EQ(eight(frame.word("p")), record->fill.price * 1'000'000);
    EXPECT_EQ(eight(frame.word("q")), record->fill.quantity * 1'000);
    EXPECT_EQ(frame.number("T"),
              static_cast<std::uint64_t>(record->fill.time.time_since_epoch() / milliseconds(1)));
    EXPECT_EQ(frame.event.find("m")->boolean, record->fill.taker_side == market::Side::sell);
    ASSERT_EQ(frame.parcel.stamps, 1U);
  }
  const PairTruth& truth = world.exchange.truth().pairs[0];
  EXPECT_EQ(truth.trades.update, trades.size());
  EXPECT_EQ(truth.trades_made, trades.size());
  EXPECT_EQ(truth.trades_undelivered, 0U);
  EXPECT_EQ(truth.trade_latencies.count(), trades.size());
  EXPECT_EQ(world.exchange.truth().pairs[1].trades_undelivered,
            world.exchange.truth().pairs[1].trades_made);
  EXPECT_EQ(world.exchange.truth().frames_total(), world.frames.size());
}

TEST(Binance, WritesEightDecimalsAsTheRecordedExchange) {
  BinanceWorld world;
  world.connect(kBitcoinTarget);
  world.run_until(seconds(20));
  EXPECT_THAT(world.of("btcusdt@trade").front()->text,
              testing::MatchesRegex(
                  R"re(\{"stream":"btcusdt@trade","data":\{"e":"trade","E":[0-9]{13},)re"
                  R"re("s":"BTCUSDT","t":[0-9]+,"p":"[0-9]+\.[0-9]{2}000000",)re"
                  R"re("q":"[0-9]+\.[0-9]{5}000","T":[0-9]{13},"m":(true|false),"M":true\}\})re"));
}

TEST(Binance, AggregatesAreTheFillsOfOneOrderAtOnePrice) {
  BinanceWorld world;
  world.connect(kBitcoinTarget);
  world.run_until(minutes(2));
  std::map<std::uint64_t, const BinanceFrame*> trades;
  for (const BinanceFrame* trade : world.of("btcusdt@trade")) trades[trade->number("t")] = trade;
  const auto aggregates = world.of("btcusdt@aggTrade");
  ASSERT_GT(aggregates.size(), 100U);
  EXPECT_LT(aggregates.size(), trades.size());
  for (std::size_t i = 0; i < aggregates.size(); ++i) {
    const BinanceFrame& frame = *aggregates[i];
    std::int64_t quantity = 0;
    for (std::uint64_t id = frame.number("f"); id <= frame.number("l"); ++id) {
      const BinanceFrame& trade = *trades.at(id);
      quantity += eight(trade.word("q"));
      EXPECT_EQ(trade.word("p"), frame.word("p"));
      EXPECT_EQ(trade.number("T"), frame.number("T"));
    }
    EXPECT_EQ(eight(frame.word("q")), quantity);
    if (i == 0) continue;
    EXPECT_EQ(frame.number("a"), aggregates[i - 1]->number("a") + 1);
    EXPECT_EQ(frame.number("f"), aggregates[i - 1]->number("l") + 1);
  }
  EXPECT_EQ(world.exchange.truth().pairs[0].aggregates, aggregates.size());
}

TEST(Binance, ACandleThatClosedIsTheSumOfItsTrades) {
  BinanceWorld world;
  world.connect(kBitcoinTarget);
  world.run_until(minutes(4));
  std::size_t closed = 0;
  std::uint64_t running = 0;
  for (const BinanceFrame* frame : world.of("btcusdt@kline_1m")) {
    const Json& k = *frame->event.find("k");
    const std::uint64_t begin = k.find("t")->as_unsigned().value();
    EXPECT_EQ(k.find("T")->as_unsigned(), begin + 59'999);
    EXPECT_GE(begin, running) << "a candle came back";
    running = begin;
    if (!k.find("x")->boolean) continue;
    running = begin + 1;  // closed once
    ++closed;
    std::int64_t volume = 0, bought = 0, high = 0, low = INT64_MAX;
    std::uint64_t count = 0, first = 0, last = 0;
    for (const TradeRecord& record : world.exchange.trades(0)) {
      const auto time =
          static_cast<std::uint64_t>(record.fill.time.time_since_epoch() / milliseconds(1));
      if (time < begin || time >= begin + 60'000) continue;
      if (count++ == 0) first = record.fill.id;
      last = record.fill.id;
      volume += record.fill.quantity * 1'000;
      if (record.fill.taker_side == market::Side::buy) bought += record.fill.quantity * 1'000;
      high = std::max(high, record.fill.price * 1'000'000);
      low = std::min(low, record.fill.price * 1'000'000);
    }
    EXPECT_EQ(k.find("n")->as_unsigned(), count);
    EXPECT_EQ(k.find("f")->as_unsigned(), first);
    EXPECT_EQ(k.find("L")->as_unsigned(), last);
    EXPECT_EQ(eight(k.find("v")->text), volume);
    EXPECT_EQ(eight(k.find("V")->text), bought);
    EXPECT_EQ(eight(k.find("h")->text), high);
    EXPECT_EQ(eight(k.find("l")->text), low);
    EXPECT_EQ(eight(k.find("o")->text), world.exchange.trade(0, first)->fill.price * 1'000'000);
    EXPECT_EQ(eight(k.find("c")->text), world.exchange.trade(0, last)->fill.price * 1'000'000);
  }
  EXPECT_EQ(closed, 4U);
}

TEST(Binance, RunningCandlesComeEveryTwoSecondsAtMost) {
  BinanceWorld world;
  world.connect("/stream?streams=btcusdt@kline_5m");
  world.run_until(minutes(2));
  const auto frames = world.of("btcusdt@kline_5m");
  ASSERT_GT(frames.size(), 30U);
  for (std::size_t i = 1; i < frames.size(); ++i) {
    const Json& k = *frames[i]->event.find("k");
    if (k.find("x")->boolean ||
        k.find("f")->text != frames[i - 1]->event.find("k")->find("f")->text)
      continue;
    ASSERT_GE(frames[i]->at - frames[i - 1]->at, seconds(2));
  }
  EXPECT_EQ(world.exchange.truth().pairs[0].candles_by_interval.at(5).update, frames.size());
}

TEST(Binance, AnswersTheWholeRequestAndKeepsUnknownStreamsSilent) {
  BinanceWorld world;
  const ConnectionId id = world.connect();
  world.say(id, R"({"method":"SUBSCRIBE","params":["btcusdt@trade","nosuch@trade"],"id":1})");
  ASSERT_EQ(world.frames.size(), 1U);
  EXPECT_EQ(world.frames[0].text, R"({"result":null,"id":1})");
  world.say(id, R"({"method":"LIST_SUBSCRIPTIONS","id":"a7"})");
  EXPECT_EQ(world.frames.back().text, R"({"result":["btcusdt@trade","nosuch@trade"],"id":"a7"})");
  world.run_until(seconds(10));
  EXPECT_GT(world.of("btcusdt@trade").size(), 5U);
  EXPECT_TRUE(world.of("nosuch@trade").empty());
  const std::size_t before = world.of("btcusdt@trade").size();
  world.say(id, R"({"method":"UNSUBSCRIBE","params":["btcusdt@trade"],"id":null})");
  EXPECT_EQ(world.frames.back().text, R"({"result":null,"id":null})");
  EXPECT_EQ(world.frames.back().parcel.kind, SentKind::unsubscribed);
  world.run_until(seconds(20));
  EXPECT_EQ(world.of("btcusdt@trade").size(), before);
}

TEST(Binance, RefusesWhatItCannotRead) {
  struct Case {
    std::string_view request, answer;
  };
  const Case cases[] = {
      {"nonsense", R"({"code":3,"msg":"Invalid JSON: expected value at line 1 column 1"})"},
      {"[]", R"("code":3)"},
      {R"({"params":["a@trade"],"id":4})",
       R"({"error":{"code":2,"msg":"Invalid request: missing field `method` at line 1 column 29"},"id":4})"},
      {R"({"params":["a@trade"]})", R"({"code":2,"msg":"Invalid request: missing field `method`)"},
      {R"({"method":"BUY","id":5})", R"(unknown variant)"},
      {R"({"method":"SUBSCRIBE","id":5})", R"(array of stream names"},"id":5})"},
      {R"({"method":"SUBSCRIBE","params":[],"id":5})", R"("code":2)"},
      {R"({"method":"SUBSCRIBE","params":[7],"id":5})", R"(must be strings)"},
      {R"({"method":"LIST_SUBSCRIPTIONS","id":{}})",
       R"({"code":2,"msg":"Invalid request: request ID)"},
      {R"({"method":"LIST_SUBSCRIPTIONS","id":1.5})", R"(request ID)"},
      {R"({"method":"LIST_SUBSCRIPTIONS","id":"0123456789012345678901234567890123456"})",
       R"(request ID)"},
      {R"({"method":"SET_PROPERTY","params":["depth",1],"id":5})", R"("code":0)"},
      {R"({"method":"SET_PROPERTY","params":["combined",1],"id":5})", R"("code":1)"},
      {R"({"method":"SET_PROPERTY","params":["combined",true,1],"id":5})",
       R"(too many parameters)"},
  };
  for (const Case& c : cases) {
    BinanceWorld world;
    world.say(world.connect(), c.request);
    ASSERT_EQ(world.frames.size(), 1U) << c.request;
    EXPECT_THAT(world.frames[0].text, HasSubstr(c.answer)) << c.request;
    EXPECT_EQ(world.frames[0].parcel.kind, SentKind::refused);
    EXPECT_EQ(world.exchange.truth().refusals.size(), 1U);
    EXPECT_TRUE(world.closed.empty());
  }
}

TEST(Binance, ClosesWhoSendsMoreThanFiveMessagesASecond) {
  BinanceWorld world;
  const ConnectionId modest = world.connect();
  const ConnectionId hasty = world.connect();
  constexpr std::string_view kList = R"({"method":"LIST_SUBSCRIPTIONS","id":1})";
  for (int i = 1; i <= 50; ++i) {
    world.run_until(i * milliseconds(200));
    world.say(modest, kList);
  }
  EXPECT_TRUE(world.closed.empty());
  for (int i = 0; i < 5; ++i) world.say(hasty, kList);
  EXPECT_TRUE(world.closed.empty());
  world.run_until(world.elapsed() + milliseconds(999));
  world.say(hasty, kList);
  EXPECT_THAT(world.closed, ElementsAre(hasty));
  EXPECT_EQ(world.exchange.truth().rate_closes, 1U);
}

TEST(Binance, TakesAtMost1024StreamsPerConnection) {
  BinanceWorld world;
  const ConnectionId id = world.connect();
  const auto request = [](int from, int to) {
    std::string text = R"({"method":"SUBSCRIBE","params":[)";
    for (int i = from; i < to; ++i)
      text += (i == from ? "\"s" : ",\"s") + std::to_string(i) + "@trade\"";
    return text + R"(],"id":1})";
  };
  world.say(id, request(0, 1000));
  world.say(id, request(1000, 1025));
  EXPECT_THAT(world.frames.back().text, HasSubstr("too many streams"));
  world.say(id, request(990, 1024));  // some of them again
  EXPECT_EQ(world.frames.back().text, R"({"result":null,"id":1})");
  std::string target = "/stream?streams=s0@trade";
  for (int i = 1; i < 1024; ++i) target += "/s" + std::to_string(i) + "@trade";
  EXPECT_EQ(world.exchange.on_attempt(target, world.now()), Binance::Admission::accept);
  EXPECT_EQ(world.exchange.on_attempt(target + "/more@trade", world.now()),
            Binance::Admission::bad_target);
}

TEST(Binance, RawEventsComeWithoutTheNameOfTheirStream) {
  BinanceWorld world;
  world.connect("/ws/btcusdt@trade");
  const ConnectionId combined = world.connect("/stream?streams=btcusdt@trade");
  world.run_until(seconds(5));
  std::map<ConnectionId, std::vector<std::string>> texts;
  for (const BinanceFrame& frame : world.frames) texts[frame.connection].push_back(frame.text);
  ASSERT_FALSE(texts[1].empty());
  ASSERT_EQ(texts[1].size(), texts[combined].size());
  EXPECT_EQ(R"({"stream":"btcusdt@trade","data":)" + texts[1][0] + "}", texts[combined][0]);
  world.say(combined, R"({"method":"SET_PROPERTY","params":["combined",false],"id":1})");
  world.say(combined, R"({"method":"GET_PROPERTY","params":["combined"],"id":2})");
  EXPECT_EQ(world.frames.back().text, R"({"result":false,"id":2})");
  EXPECT_EQ(world.exchange.on_attempt("/elsewhere", world.now()), Binance::Admission::bad_target);
  EXPECT_EQ(world.exchange.on_attempt("/ws", world.now()), Binance::Admission::accept);
}

TEST(Binance, Admits300AttemptsInFiveMinutes) {
  BinanceWorld world;
  int accepted = 0;
  for (int i = 0; i < 400; ++i)
    if (world.exchange.on_attempt("/stream", world.now()) == Binance::Admission::accept) ++accepted;
  EXPECT_EQ(accepted, 300);
  EXPECT_EQ(world.exchange.on_attempt("/stream", world.now()), Binance::Admission::too_many);
}

TEST(Binance, AConnectionEndsAfterItsLifeAndIsToldBefore) {
  BinanceWorld world(binance_with({}), {.connection_life = minutes(1)});
  const ConnectionId old = world.connect(kBitcoinTarget);
  world.run_until(seconds(30));
  const ConnectionId young = world.connect("/ws");
  world.run_until(seconds(70));
  EXPECT_THAT(world.closed, ElementsAre(old));
  const auto told = world.of("!serverShutdown");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0]->connection, old);
  EXPECT_EQ(told[0]->at, BinanceWorld::kMono + seconds(50));
  EXPECT_EQ(told[0]->word("e"), "serverShutdown");
  EXPECT_EQ(told[0]->number("E"), 1'767'323'120'000U);
  EXPECT_EQ(told[0]->parcel.kind, SentKind::shutdown);
  world.run_until(seconds(100));
  EXPECT_THAT(world.closed, ElementsAre(old, young));
  EXPECT_EQ(world.frames.back().text, R"({"e":"serverShutdown","E":1767323150000})");
  EXPECT_EQ(world.exchange.truth().expired, 2U);
  EXPECT_EQ(world.exchange.truth().disconnects, 0U);
}

TEST(Binance, TheSameSeedGivesTheSameBytes) {
  const auto run = [] {
    BinanceWorld world(
        binance_with({"drop@5s", "duplicate@20s+5s", "reorder@30s+5s", "zombie@40s"}));
    world.connect(kBitcoinTarget);
    world.connect("/stream?streams=ethusdt@trade/ethusdt@depth");
    world.run_until(minutes(1));
    world.shut_down();
    std::string all;
    for (const BinanceFrame& frame : world.frames) all += frame.text;
    return all;
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace tickwitness::sim
