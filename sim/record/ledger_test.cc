#include "sim/record/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/exchange/binance_settings.h"
#include "sim/record/wire_for_tests.h"

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;
using Reason = runtime::CloseReason;
using testing::ElementsAre;
using testing::Pair;

TEST(Ledger, SumsWhatWasDelivered) {
  Wire wire;
  wire.serve_trades();
  wire.trades(3);
  wire.deliver({.kind = SentKind::malformed, .reason = "json"}, 7);
  const Traffic& traffic = wire.ledger.traffic();
  EXPECT_EQ(traffic.frames_total(), 4U);
  EXPECT_EQ(traffic.bytes, 307U);
  EXPECT_EQ(traffic.pairs[0].trades.snapshot, 2U);
  EXPECT_EQ(traffic.pairs[0].trades.update, 3U);
  EXPECT_EQ(wire.link().acks, 1U);
  EXPECT_EQ(wire.stream().items, 5U);
}

TEST(Ledger, KnowsStreamsByTheEnginesOwnRequests) {
  Wire wire;
  wire.open();
  wire.ask(R"("trade")", R"("BTC/USD","ETH/USD")");
  wire.ask(R"("ticker","event_trigger":"bbo")");
  wire.ask(R"("ohlc","interval":5)");
  wire.ledger.on_sent(1, wire.now(), R"({"method":"subscribe","params":{"channel":"instrument"}})");
  wire.ledger.on_sent(1, wire.now(), R"({"method":"ping","req_id":7})");
  wire.ledger.on_sent(1, wire.now(), "hello");
  std::vector<std::string> names;
  for (const auto& [key, stream] : wire.ledger.streams()) {
    names.push_back(key.symbol + " " + key.stream);
    EXPECT_TRUE(stream.wanted) << names.back();
  }
  EXPECT_THAT(names, ElementsAre(" instrument", "BTC-USD ohlc-5", "BTC-USD spread", "BTC-USD trade",
                                 "ETH-USD trade"));
  EXPECT_EQ(wire.ledger.requests_unreadable(), 1U);
  wire.ask(R"("trade")", R"("BTC/USD")", 1, "unsubscribe");
  EXPECT_FALSE(wire.stream().wanted);
  EXPECT_TRUE(wire.stream("trade", "ETH-USD").wanted);
}

TEST(Ledger, AStreamIsPendingThenLiveThenSuspectThenLiveAgain) {
  Wire wire;
  wire.open();
  wire.ask(R"("trade")");
  EXPECT_EQ(wire.state(), StreamState::pending);
  wire.pass(1s);
  wire.answer(SentKind::subscribed);
  EXPECT_EQ(wire.state(), StreamState::pending);  // accepted is not alive
  wire.trades();
  EXPECT_EQ(wire.state(), StreamState::live);
  const base::Instant live = wire.now().mono;
  wire.pass(19s);
  wire.trades();
  wire.pass(19s);
  EXPECT_EQ(wire.state(), StreamState::live);
  EXPECT_EQ(wire.expected().since, live);
  wire.pass(1s);
  EXPECT_EQ(wire.state(), StreamState::suspect);
  EXPECT_EQ(wire.expected().since, wire.now().mono);
  wire.pass(5s);
  EXPECT_EQ(wire.expected().since, wire.now().mono - 5s);
  wire.trades();
  EXPECT_EQ(wire.state(), StreamState::live);
  EXPECT_EQ(wire.expected().since, wire.now().mono);
}

TEST(Ledger, SilenceFromTheRequestOnIsSuspectToo) {
  Wire wire;
  wire.open();
  wire.ask(R"("trade")");
  wire.pass(10s);
  wire.ask(R"("trade")");  // no answer came
  wire.pass(19s);
  EXPECT_EQ(wire.state(), StreamState::pending);
  wire.pass(1s);
  EXPECT_EQ(wire.state(), StreamState::suspect);
  wire.ask(R"("trade")");  // asking does not end a silence
  EXPECT_EQ(wire.state(), StreamState::suspect);
}

TEST(Ledger, TheFirstDataIsWaitedForFromTheFirstAnswerOn) {
  Wire wire;
  wire.open();
  wire.ask(R"("trade")");
  wire.pass(5s);
  wire.answer(SentKind::subscribed);
  wire.pass(10s);
  wire.answer(SentKind::subscribed);  // said twice
  wire.pass(9s);
  EXPECT_EQ(wire.state(), StreamState::pending);
  wire.pass(1s);
  EXPECT_EQ(wire.state(), StreamState::suspect);
}

TEST(Ledger, ALostConnectionMakesItsStreamsPending) {
  Wire wire;
  wire.serve_trades();
  wire.pass(5s);
  wire.end(Reason::reset);
  EXPECT_EQ(wire.state(), StreamState::pending);
  EXPECT_EQ(wire.expected().since, wire.now().mono);
  wire.pass(60s);
  EXPECT_EQ(wire.state(), StreamState::pending);
  wire.open();
  wire.ask(R"("trade")");
  wire.pass(1s);
  EXPECT_EQ(wire.state(), StreamState::pending);
  EXPECT_EQ(wire.silences().certain, 0U);
}

TEST(Ledger, WhatIsNotAskedForAgainIsNoLongerWanted) {
  Wire wire;
  wire.serve_trades();
  wire.end();
  EXPECT_TRUE(wire.stream().wanted);
  wire.open();
  EXPECT_FALSE(wire.stream().wanted);
}

TEST(Ledger, ARefusalIsOfThisConnection) {
  Wire wire;
  wire.open();
  wire.ask(R"("trade")");
  wire.answer(SentKind::refused);
  EXPECT_EQ(wire.state(), StreamState::refused);
  EXPECT_EQ(wire.link().refusals, 1U);
  EXPECT_FALSE(wire.link().accepted);
  wire.pass(60s);
  EXPECT_EQ(wire.state(), StreamState::refused);
  EXPECT_EQ(wire.silences().certain, 0U);
  wire.end();
  EXPECT_EQ(wire.state(), StreamState::pending);
}

TEST(Ledger, ARefusalOfASecondRequestIsNone) {
  Wire wire;
  wire.open();
  wire.ask(R"("trade")");
  wire.ask(R"("trade")");
  wire.answer(SentKind::subscribed);
  wire.answer(SentKind::refused);  // "Already subscribed"
  EXPECT_EQ(wire.state(), StreamState::pending);
  wire.ask(R"("trade")", R"("BTC/USD")", 1, "unsubscribe");  // this request got lost
  wire.ask(R"("trade")");
  wire.answer(SentKind::refused);
  EXPECT_EQ(wire.state(), StreamState::pending);
  wire.ask(R"("trade")", R"("BTC/USD")", 1, "unsubscribe");
  wire.answer(SentKind::unsubscribed);
  wire.ask(R"("trade")");
  wire.answer(SentKind::refused);
  EXPECT_EQ(wire.state(), StreamState::refused);
}

TEST(Ledger, ARefusedSymbolThatTheExchangeDoesNotHave) {
  Wire wire;
  wire.open();
  wire.ask(R"("trade")", R"("BTC/USD","GME/USD")");
  wire.answer(SentKind::subscribed);
  wire.deliver({.kind = SentKind::refused, .channel = WireChannel::trade});
  EXPECT_EQ(wire.expected("trade", "GME-USD").state, StreamState::refused);
  EXPECT_EQ(wire.state(), StreamState::pending);
}

TEST(Ledger, DataOfAnotherLinkOrOfNoWantedStreamMovesNoState) {
  Wire wire;
  wire.serve_trades();
  wire.ask(R"("trade")", R"("BTC/USD")", 1, "unsubscribe");
  wire.open(2);
  wire.ask(R"("trade")", R"("BTC/USD")", 2);
  wire.trades();  // on link 1, was under way
  EXPECT_EQ(wire.state(), StreamState::pending);
  EXPECT_EQ(wire.stream().items, 2U);
  EXPECT_EQ(wire.ledger.traffic().pairs[0].trades.total(), 3U);
}

struct Silence {
  base::Duration length;
  std::uint64_t certain, possible;
};

TEST(Ledger, CountsSilencesAndSaysWhichMayHaveGoneUnnoticed) {
  const Silence cases[] = {
      {19'999ms, 0, 0}, {20s, 0, 1}, {20'999ms, 0, 1}, {21s, 1, 0}, {300s, 1, 0}};
  for (const auto& c : cases) {
    Wire wire;
    wire.serve_trades();
    const auto check = [&](std::string_view when) {
      EXPECT_EQ(wire.silences().certain, c.certain) << when << c.length.count();
      EXPECT_EQ(wire.silences().possible, c.possible) << when << c.length.count();
    };
    wire.pass(c.length);
    check("while it lasts ");
    wire.trades();
    check("when it is over ");
    wire.pass(10s);
    wire.end();
    check("after the connection ");
  }
}

TEST(Ledger, ASilenceEndsWithTheConnectionAndWhenItIsTakenBack) {
  Wire wire;
  wire.serve_trades();
  wire.pass(30s);
  wire.end();
  wire.pass(90s);
  EXPECT_EQ(wire.silences().certain, 1U);
  wire.serve_trades();
  wire.pass(30s);
  wire.ask(R"("trade")", R"("BTC/USD")", 1, "unsubscribe");
  EXPECT_EQ(wire.silences().certain, 2U);
}

// Nobody looks for silences on a connection that is on its way out.
TEST(Ledger, WhileAConnectionClosesNothingIsFound) {
  Wire wire;
  wire.serve_trades();
  wire.pass(15s);
  wire.ledger.on_closing(1, wire.now());
  wire.pass(10s);
  EXPECT_EQ(wire.state(), StreamState::live);
  EXPECT_EQ(wire.expected().since, wire.now().mono);
  wire.end(Reason::local);
  EXPECT_EQ(wire.silences().certain, 0U);
  EXPECT_THAT(wire.link().ended, ElementsAre(Pair(Reason::local, 1U)));
}

TEST(Ledger, NewPromisesJudgeFromNowOn) {
  Wire wire;
  wire.serve_trades();
  wire.pass(25s);
  Promises longer = test_promises();
  longer.stale_after_trade = 60s;
  wire.ledger.on_promises(wire.now(), longer);
  EXPECT_EQ(wire.state(), StreamState::live);
  EXPECT_EQ(wire.expected().since, wire.now().mono);
  EXPECT_EQ(wire.silences().certain, 1U);  // it was one before
  wire.pass(60s);
  EXPECT_EQ(wire.state(), StreamState::suspect);
  EXPECT_EQ(wire.silences().certain, 1U);
  wire.trades();
  EXPECT_EQ(wire.silences().certain, 1U);
  wire.pass(61s);
  EXPECT_EQ(wire.silences().certain, 2U);
}

TEST(Ledger, WhatFellIntoAStallMayHaveGoneUnnoticed) {
  Wire wire;
  wire.serve_trades();
  wire.pass(15s);
  wire.ledger.on_stall(wire.now().mono, wire.now().mono + 10s);
  wire.pass(6s);  // too long since 1 s
  EXPECT_LT(wire.now().mono, wire.expected().since);
  wire.pass(4'999ms);
  EXPECT_EQ(wire.silences().certain, 0U);
  EXPECT_EQ(wire.silences().possible, 1U);
  wire.pass(1ms);
  EXPECT_EQ(wire.state(), StreamState::suspect);
  EXPECT_EQ(wire.expected().since, wire.now().mono - 1s);
  EXPECT_EQ(wire.silences().certain, 1U);
}

TEST(Ledger, ARetiredLinkEndsByTheEngineAtOnceAndSaysNoMore) {
  Wire wire;
  wire.serve_trades();
  wire.ledger.on_retired(1, wire.now());
  EXPECT_THAT(wire.link().ended, ElementsAre(Pair(Reason::local, 1U)));
  EXPECT_FALSE(wire.stream().wanted);
  wire.answer(SentKind::subscribed);
  wire.end(Reason::remote);
  EXPECT_EQ(wire.link().acks, 1U);
  EXPECT_THAT(wire.link().ended, ElementsAre(Pair(Reason::local, 1U)));
  EXPECT_EQ(wire.ledger.traffic().sent(SentKind::subscribed), 2U);  // it was received all the same
  wire.attempt(2);
  wire.ledger.on_retired(2, wire.now());
  wire.end(Reason::local, 2);
  EXPECT_TRUE(wire.link(2).ended.empty());
  EXPECT_TRUE(wire.link(2).failed.empty());
}

TEST(Ledger, LatenciesBySymbolAndSign) {
  Wire wire;
  wire.trades(3);
  wire.trades(5, true);  // repeats what was, has no latency
  Parcel quote = data_parcel(WireChannel::ticker, 0, 1, false);
  quote.stamps = 3;
  quote.stamp[0] = wire.now().wall;
  quote.stamp[1] = wire.now().wall + 1ns;
  quote.stamp[2] = base::WallTime::max();
  wire.deliver(quote);
  const LatencyRecord& record = wire.ledger.latencies().at("BTC-USD");
  EXPECT_EQ(record.stamped, 5U);
  EXPECT_EQ(record.negative, 1U);
  EXPECT_EQ(record.implausible, 1U);
  EXPECT_EQ(record.sum_positive, 15ms);
  EXPECT_EQ(wire.ledger.latencies().at("ETH-USD").stamped, 0U);
}

TEST(Ledger, WhileTheVenueRestsNoSilenceCounts) {
  Wire wire;
  wire.serve_trades();  // within 20 s
  wire.pass(15s);
  wire.deliver({.kind = SentKind::status, .rests = true});
  wire.pass(10min);
  EXPECT_EQ(wire.state(), StreamState::live);
  EXPECT_EQ(wire.silences().certain + wire.silences().possible, 0U);
  wire.deliver({.kind = SentKind::status});
  wire.pass(Terms::kAfterRest + 19s);
  EXPECT_EQ(wire.state(), StreamState::live);
  wire.pass(1s);
  EXPECT_EQ(wire.state(), StreamState::suspect);
  EXPECT_EQ(wire.expected().since, wire.now().mono);
  wire.pass(1s);
  EXPECT_EQ(wire.silences().certain, 1U);
}

TEST(Ledger, ASilenceFromBeforeTheRestIsOneAndEndsWithIt) {
  Wire wire;
  wire.serve_trades();
  wire.pass(25s);
  EXPECT_EQ(wire.state(), StreamState::suspect);
  wire.deliver({.kind = SentKind::status, .rests = true});
  wire.pass(1min);
  EXPECT_EQ(wire.state(), StreamState::suspect);
  EXPECT_EQ(wire.silences().certain, 1U);
  wire.deliver({.kind = SentKind::status});
  EXPECT_EQ(wire.state(), StreamState::live);
  wire.pass(Terms::kAfterRest + 25s);
  EXPECT_EQ(wire.state(), StreamState::suspect);
  EXPECT_EQ(wire.silences().certain, 1U) << "nothing ended it";
  wire.trades();
  EXPECT_EQ(wire.state(), StreamState::live);
}

TEST(Ledger, DataDuringTheRestMakesAStreamLive) {
  Wire wire;
  wire.serve_trades();
  wire.pass(25s);
  wire.deliver({.kind = SentKind::status, .rests = true});
  wire.trades();
  EXPECT_EQ(wire.state(), StreamState::live);
}

TEST(Ledger, ABookIsKnownFromItsSnapshotOnUntilItIsWrongOrLost) {
  Wire wire;
  wire.open();
  wire.ask(R"("book","depth":10)");
  wire.answer(SentKind::subscribed, WireChannel::book);
  const auto book = [&](bool snapshot, bool falsified = false) {
    Parcel parcel = data_parcel(WireChannel::book, 0, 1, snapshot);
    parcel.top = BookTop{.bid = base::Decimal(99, 0), .ask = std::nullopt};
    parcel.falsified = falsified;
    wire.deliver(parcel);
    return wire.ledger.books()[0].known();
  };
  EXPECT_FALSE(book(false)) << "an update says nothing of a book that is not known";
  EXPECT_TRUE(book(true));
  EXPECT_TRUE(book(false));
  EXPECT_FALSE(book(false, true));
  EXPECT_FALSE(book(false));
  EXPECT_TRUE(book(true));
  EXPECT_EQ(wire.ledger.books()[0].right(), 3U);
  EXPECT_EQ(wire.ledger.books()[0].wrong(), 1U);
  wire.ask(R"("book","depth":10)", R"("BTC/USD")", 1, "unsubscribe");
  EXPECT_FALSE(wire.ledger.books()[0].known());
  wire.ask(R"("book","depth":10)");
  EXPECT_TRUE(book(true));
  wire.end();
  EXPECT_FALSE(wire.ledger.books()[0].known());
  EXPECT_TRUE(wire.ledger.books()[0].had({.bid = base::Decimal(990, 1), .ask = {}}, {}));
}

// One answer is to all that a request asked for, and to nothing else.
TEST(LedgerOfBinance, KnowsWhatWasAskedForByTheIdOfTheAnswer) {
  const Settings exchange = binance_settings();
  Ledger ledger(exchange, test_promises(), market::Venue::binance);
  const base::Now now{Wire::kMono, Wire::kWall};
  ledger.on_attempt(1, now);
  ledger.on_open(1, now);
  ledger.on_sent(1, now,
                 R"({"method":"SUBSCRIBE","params":["btcusdt@trade","btcusdt@bookTicker",)"
                 R"("ethusdt@kline_5m","ethusdt@depth@100ms","btcusdt@aggTrade"],"id":4})");
  ledger.on_sent(1, now, R"({"method":"SUBSCRIBE","params":["ethusdt@trade"],"id":5})");
  ledger.on_sent(1, now, R"({"method":"LIST_SUBSCRIPTIONS","id":6})");
  EXPECT_EQ(ledger.requests_unreadable(), 0U);
  const auto answer = [&](SentKind kind, std::uint64_t id) {
    Parcel parcel{.kind = kind};
    parcel.request = id;
    ledger.on_delivered(1, now, parcel, 20);
  };
  answer(SentKind::subscribed, 4);
  answer(SentKind::subscribed, 4);  // asked for once: nobody is meant
  answer(SentKind::pong, 6);
  EXPECT_EQ(ledger.links().at(1).acks, 2U);
  const auto granted = [&] {
    std::vector<std::string> all;
    for (const auto& [key, stream] : ledger.streams()) {
      if (stream.granted) all.push_back(key.symbol + " " + key.stream);
    }
    return all;
  };
  EXPECT_THAT(granted(), testing::ElementsAre("BTC-USDT spread", "BTC-USDT trade", "ETH-USDT book",
                                              "ETH-USDT ohlc-5"));
  EXPECT_EQ(ledger.streams().size(), 5U);  // aggregates have no state
  ledger.on_sent(1, now, R"({"method":"UNSUBSCRIBE","params":["btcusdt@trade"],"id":7})");
  answer(SentKind::unsubscribed, 7);
  EXPECT_EQ(granted().size(), 3U);
  EXPECT_EQ(ledger.links().at(1).acks, 3U);
  ledger.on_sent(1, now, R"({"method":"subscribe"})");
  EXPECT_EQ(ledger.requests_unreadable(), 1U);
  // A new connection answers nothing that was asked on the last.
  ledger.on_ended(1, now, runtime::CloseReason::reset, false);
  ledger.on_attempt(1, now);
  ledger.on_open(1, now);
  answer(SentKind::subscribed, 5);
  EXPECT_THAT(granted(), testing::IsEmpty());
}

}  // namespace
}  // namespace tickwitness::sim
