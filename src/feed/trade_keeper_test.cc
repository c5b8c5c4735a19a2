#include "feed/trade_keeper.h"

#include <gtest/gtest.h>

#include "telemetry/test_read.h"

namespace tickwitness::feed {
namespace {

using namespace std::chrono_literals;
using exchange::Channel;
using exchange::RestProblem;
using telemetry::test::read;

const market::Symbol kBtc = *market::Symbol::parse("BTC-USD");
const market::Symbol kEth = *market::Symbol::parse("ETH-USD");
const exchange::Subscription kTrades{.channel = Channel::trade, .symbol = kBtc};
using Ids = std::vector<std::int64_t>;

struct World {
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  GapLedger ledger;
  TradeKeeperSettings settings{.sequence = {.held_max = 5, .holes_max = 3}};
  TradeKeeper keeper{market::Venue::kraken, settings, ledger, metrics};
  base::Now now{base::Instant(1000s), base::WallTime(1'700'000'000s)};
  TradeKeeper::Out out;

  static market::Trade trade(std::uint64_t id, const market::Symbol& symbol = kBtc) {
    return {.symbol = symbol, .id = id, .exchange_time = base::WallTime(1'700'000'000s)};
  }
  void wire(std::initializer_list<std::uint64_t> ids, bool snapshot = false,
            const market::Symbol& symbol = kBtc, Channel channel = Channel::trade) {
    exchange::Frame frame{
        .kind = exchange::FrameKind::trades, .channel = channel, .snapshot = snapshot};
    for (const auto id : ids) frame.trades.push_back(trade(id, symbol));
    keeper.on_trades(now, frame, out, stream);
  }
  StreamNumber stream = 0;  // of what comes
  // On to the deadline, which there must be within that time.
  void pass(base::Duration time) {
    const base::Instant end = now.mono + time;
    while (keeper.deadline() && *keeper.deadline() <= end) {
      const base::Duration step = std::max(*keeper.deadline() - now.mono, base::Duration(1));
      move(step);
      keeper.on_time(now, out);
      if (keeper.next_ask(now)) break;  // a question nobody answers
    }
    if (now.mono < end) move(end - now.mono);
    keeper.on_time(now, out);
  }
  void move(base::Duration time) {
    now.mono += time;
    now.wall += time;
  }
  Ids given() {
    Ids ids;
    for (const auto& one : out) {
      ids.push_back(one.late ? -static_cast<std::int64_t>(one.trade.id)
                             : static_cast<std::int64_t>(one.trade.id));
    }
    out.clear();
    return ids;
  }
  void page(const BackfillAsk& ask, std::initializer_list<std::uint64_t> ids,
            std::string next = "") {
    exchange::TradePage reply{.next = std::move(next)};
    for (const auto id : ids) reply.trades.push_back(trade(id, ask.symbol));
    keeper.on_page(now, ask, reply, out);
  }
  std::optional<double> figure(std::string_view name, std::string_view symbol = "BTC-USD") {
    return read(registry, name, {{"symbol", symbol}});
  }
  std::optional<double> by_origin(std::string_view origin, std::string_view symbol = "BTC-USD") {
    return read(registry, "tickwitness_feed_trades_total",
                {{"symbol", symbol}, {"origin", origin}});
  }
};

TEST(TradeKeeper, OvertakenTradesAreNoGapAndDuplicatesAreDropped) {
  World w;
  w.wire({1, 2, 2, 4});
  w.move(400ms);
  w.wire({3, 4, 5});
  w.pass(10s);
  EXPECT_EQ(w.given(), (Ids{1, 2, 3, 4, 5}));
  EXPECT_TRUE(w.ledger.entries().empty());
  EXPECT_EQ(w.figure("tickwitness_feed_trade_duplicates_total"), 2);
  EXPECT_EQ(read(w.registry, "tickwitness_feed_out_of_order_total"), 1);
  EXPECT_EQ(w.by_origin("live"), 5);
  EXPECT_EQ(w.figure("tickwitness_feed_trades_missing_total"), 0);
  EXPECT_FALSE(w.keeper.deadline());
}

TEST(TradeKeeper, AHoleIsAnEntryAndIsFilledOverRestInOrder) {
  World w;
  w.wire({10, 11, 15, 16});
  EXPECT_EQ(w.given(), (Ids{10, 11}));
  EXPECT_FALSE(w.keeper.next_ask(w.now));
  w.move(500ms);
  w.keeper.on_time(w.now, w.out);
  ASSERT_EQ(w.ledger.entries().size(), 1U);
  const Gap& gap = w.ledger.entries().front();
  EXPECT_EQ(gap.from, 12U);
  EXPECT_EQ(gap.to, 14U);
  EXPECT_EQ(gap.missing, 3U);
  EXPECT_EQ(gap.cause, GapCause::missing);
  EXPECT_EQ(gap.state, GapState::open);
  w.keeper.observe();
  EXPECT_DOUBLE_EQ(w.figure("tickwitness_trade_completeness_ratio").value(), 2.0 / 5);
  const auto ask = w.keeper.next_ask(w.now);
  ASSERT_TRUE(ask);
  EXPECT_EQ(ask->symbol, kBtc);
  EXPECT_EQ(ask->cursor.after_id, 11U);
  EXPECT_EQ(ask->to, 14U);
  EXPECT_EQ(gap.state, GapState::filling);
  EXPECT_FALSE(w.keeper.next_ask(w.now)) << "one question at a time";
  w.wire({17});
  w.move(200ms);
  w.page(*ask, {12, 13, 14, 15, 16, 17, 18});
  EXPECT_EQ(w.given(), (Ids{12, 13, 14, 15, 16, 17})) << "18 is for the stream to bring";
  EXPECT_EQ(gap.state, GapState::filled);
  EXPECT_EQ(gap.missing, 0U);
  EXPECT_EQ(gap.closed->mono, w.now.mono);
  EXPECT_EQ(w.ledger.open_count(), 0U);
  EXPECT_EQ(w.by_origin("rest"), 3);
  EXPECT_EQ(w.figure("tickwitness_feed_trades_missing_total"), 3);
  EXPECT_EQ(w.figure("tickwitness_feed_trades_recovered_total"), 3);
  EXPECT_EQ(w.figure("tickwitness_feed_trades_lost_total"), 0);
  w.keeper.observe();
  EXPECT_EQ(w.figure("tickwitness_trade_completeness_ratio"), 1);
  EXPECT_FALSE(w.keeper.deadline());
}

TEST(TradeKeeper, WhatSomebodyElseWasShownFillsHolesAndNothingElse) {
  World w;
  w.wire({10, 11, 15, 16});
  w.move(500ms);
  w.keeper.on_time(w.now, w.out);
  exchange::TradePage shown;
  for (const auto id : {9U, 11U, 12U, 13U, 16U, 17U}) shown.trades.push_back(World::trade(id));
  w.keeper.on_shown(w.now, kBtc, shown, w.out);
  w.keeper.on_shown(w.now, kEth, shown, w.out);
  EXPECT_EQ(w.given(), (Ids{10, 11, 12, 13}));
  EXPECT_EQ(w.ledger.entries().front().missing, 1U);
  EXPECT_EQ(w.by_origin("rest"), 2);
  EXPECT_EQ(w.figure("tickwitness_feed_trade_duplicates_total"), 0);
  EXPECT_EQ(w.keeper.newest(kBtc)->id, 16U);
}

TEST(TradeKeeper, SeveralPagesAreAskedForOneAfterAnother) {
  World w;
  w.wire({10, 20});
  w.pass(500ms);
  w.keeper.on_time(w.now, w.out);
  auto ask = BackfillAsk{.symbol = kBtc, .cursor = {.after_id = 10}, .to = 19};
  w.page(ask, {11, 12, 13}, "cursor");
  ask = w.keeper.next_ask(w.now).value();
  EXPECT_EQ(ask.cursor.page, "cursor");
  EXPECT_EQ(ask.cursor.after_id, 13U);
  w.page(ask, {14, 15, 16, 17, 18, 19, 20}, "more");
  EXPECT_EQ(w.given().size(), 11U);
  EXPECT_EQ(w.ledger.entries().front().state, GapState::filled);
  EXPECT_FALSE(w.keeper.next_ask(w.now));
}

TEST(TradeKeeper, WhatRestPassesOverIsGivenUpOnceRestHadItsTime) {
  World w;
  w.wire({1, 4});
  w.move(500ms);
  w.keeper.on_time(w.now, w.out);
  auto ask = w.keeper.next_ask(w.now);
  w.page(*ask, {2, 4});
  EXPECT_EQ(w.ledger.entries().front().state, GapState::filling);
  EXPECT_FALSE(w.keeper.next_ask(w.now)) << "it may not be there yet";
  EXPECT_EQ(w.keeper.deadline(), base::Instant(1010s));
  w.move(10s);
  ask = w.keeper.next_ask(w.now);
  ASSERT_TRUE(ask);
  w.page(*ask, {4});
  const Gap& gap = w.ledger.entries().front();
  EXPECT_EQ(gap.state, GapState::unrecoverable);
  EXPECT_EQ(gap.lost, 1U);
  EXPECT_EQ(gap.reason, "the exchange's REST interface does not have them");
  EXPECT_EQ(w.given(), (Ids{1, 2, 4}));
  EXPECT_EQ(w.figure("tickwitness_feed_trades_lost_total"), 1);
  EXPECT_EQ(w.figure("tickwitness_feed_trades_recovered_total"), 1);
}

TEST(TradeKeeper, LiveTradesDoNotWaitForEver) {
  World w;
  w.wire({1, 3});
  w.move(500ms);
  w.keeper.on_time(w.now, w.out);
  const auto ask = w.keeper.next_ask(w.now);
  EXPECT_EQ(w.keeper.deadline(), base::Instant(1030s));
  w.move(29'500ms);
  w.keeper.on_time(w.now, w.out);
  EXPECT_EQ(w.given(), (Ids{1, 3}));
  w.page(*ask, {2});
  EXPECT_EQ(w.given(), (Ids{-2}));
  EXPECT_EQ(w.ledger.entries().front().state, GapState::filled);
}

TEST(TradeKeeper, TheBufferOfWaitingTradesIsBounded) {
  World w;
  w.wire({1, 3, 4, 5, 6, 7});
  EXPECT_EQ(w.given(), (Ids{1}));
  w.wire({8});
  EXPECT_EQ(w.given(), (Ids{3, 4, 5, 6, 7, 8}));
  w.wire({10, 12, 14});
  EXPECT_EQ(w.keeper.status().front().missing, 3U) << "the oldest of four holes was given up";
  EXPECT_EQ(w.ledger.totals(market::Venue::kraken).ids_unrecoverable, 1U);
}

TEST(TradeKeeper, FailuresAreRetriedWithPatienceUntilRestRefusesForGood) {
  World w;
  w.wire({1, 3});
  w.move(500ms);
  w.keeper.on_time(w.now, w.out);
  base::Duration waited{};
  for (const auto wait : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    const auto ask = w.keeper.next_ask(w.now);
    ASSERT_TRUE(ask);
    w.keeper.on_failure(w.now, *ask, {.problem = RestProblem::unavailable}, w.out);
    w.move(wait - 1ms);
    EXPECT_FALSE(w.keeper.next_ask(w.now));
    w.move(1ms);
    waited += wait;
  }
  const auto ask = w.keeper.next_ask(w.now);
  w.keeper.on_failure(
      w.now, *ask, {.problem = RestProblem::unknown_symbol, .detail = "Unknown asset pair"}, w.out);
  EXPECT_EQ(w.ledger.entries().front().state, GapState::unrecoverable);
  EXPECT_EQ(w.ledger.entries().front().reason, "Unknown asset pair");
  EXPECT_FALSE(w.keeper.deadline());
}

TEST(TradeKeeper, AfterADayNobodyIsAskedAnyMore) {
  World w;
  w.wire({1, 3});
  w.move(500ms);
  w.keeper.on_time(w.now, w.out);
  const auto ask = w.keeper.next_ask(w.now);
  w.move(24h);
  w.keeper.on_failure(w.now, *ask, {.problem = RestProblem::network, .detail = "no route"}, w.out);
  EXPECT_EQ(w.ledger.entries().front().state, GapState::unrecoverable);
}

TEST(TradeKeeper, WhatWasGivenUpAndComesAfterAllIsHandedOnLate) {
  World w;
  w.wire({1, 2, 6});
  w.move(500ms);
  w.keeper.on_time(w.now, w.out);
  auto ask = w.keeper.next_ask(w.now);
  w.keeper.on_failure(
      w.now, *ask, {.problem = RestProblem::unknown_symbol, .detail = "Unknown asset pair"}, w.out);
  EXPECT_EQ(w.given(), (Ids{1, 2, 6}));
  const Gap& gap = w.ledger.entries().front();
  EXPECT_EQ(gap.lost, 3U);
  w.move(60s);
  w.wire({1, 2, 4, 5, 6}, true);  // what a new subscription repeats
  EXPECT_EQ(w.given(), (Ids{-4, -5}));
  EXPECT_EQ(gap.state, GapState::unrecoverable);
  EXPECT_EQ(gap.lost, 1U);
  EXPECT_EQ(w.by_origin("snapshot"), 2);
  EXPECT_EQ(w.figure("tickwitness_feed_trade_duplicates_total"), 3);
  EXPECT_EQ(read(w.registry, "tickwitness_feed_out_of_order_total"), 2);
  EXPECT_EQ(w.figure("tickwitness_feed_trades_lost_total"), 3) << "a counter does not fall";
  EXPECT_EQ(w.figure("tickwitness_feed_trades_returned_total"), 2);
  EXPECT_EQ(w.figure("tickwitness_feed_trades_recovered_total"), 2);
  w.keeper.observe();
  EXPECT_DOUBLE_EQ(w.figure("tickwitness_trade_completeness_ratio").value(), 5.0 / 6);
  exchange::TradePage shown;
  for (const auto id : {2U, 3U, 4U}) shown.trades.push_back(World::trade(id));
  w.keeper.on_shown(w.now, kBtc, shown, w.out);
  EXPECT_EQ(w.given(), (Ids{-3}));
  EXPECT_EQ(gap.state, GapState::filled);
  EXPECT_EQ(gap.closed->mono, w.now.mono);
  EXPECT_EQ(w.figure("tickwitness_feed_trades_returned_total"), 3);
  w.keeper.observe();
  EXPECT_EQ(w.figure("tickwitness_trade_completeness_ratio"), 1);
}

TEST(TradeKeeper, TheFirstHoleOfANewConnectionIsOfTheDisconnection) {
  World w;
  w.wire({1, 2}, true);
  w.keeper.on_stream_lost(kTrades);
  w.wire({5, 6}, true);
  w.wire({8});
  w.pass(500ms);
  ASSERT_EQ(w.ledger.entries().size(), 2U);
  EXPECT_EQ(w.ledger.entries()[0].cause, GapCause::disconnect);
  EXPECT_EQ(w.ledger.entries()[1].cause, GapCause::missing);
  EXPECT_EQ(w.by_origin("snapshot"), 2);
}

TEST(TradeKeeper, WhereAnotherConnectionGoesOnNothingIsOfTheDisconnection) {
  World w;
  w.stream = 1;
  w.wire({1, 2});
  w.stream = 2;
  w.wire({2});  // nothing new, and it is there
  w.keeper.on_stream_lost(kTrades, 1);
  w.wire({4});
  w.pass(500ms);
  ASSERT_EQ(w.ledger.entries().size(), 1U);
  EXPECT_EQ(w.ledger.entries()[0].cause, GapCause::missing);
  w.keeper.on_stream_joined(kTrades, 3);  // there is no trade to bring
  w.keeper.on_stream_lost(kTrades, 2);
  w.stream = 3;
  w.wire({6});
  w.pass(500ms);
  ASSERT_EQ(w.ledger.entries().size(), 2U);
  EXPECT_EQ(w.ledger.entries()[1].cause, GapCause::missing);
  w.keeper.on_stream_lost(kTrades, 1);  // long gone
  w.wire({8});
  w.keeper.on_stream_lost(kTrades, 3);
  w.stream = 4;
  w.wire({10});
  w.pass(500ms);
  ASSERT_EQ(w.ledger.entries().size(), 4U);
  EXPECT_EQ(w.ledger.entries()[2].cause, GapCause::missing);
  EXPECT_EQ(w.ledger.entries()[3].cause, GapCause::disconnect) << "nobody was left";
}

TEST(TradeKeeper, TradesThatAreNotFollowedAreBroughtByNobody) {
  World w;
  w.stream = 1;
  w.keeper.expect(kTrades);
  w.wire({1});
  w.keeper.forget(kTrades);
  w.wire({2});  // was on its way; then that connection ends, and nobody says of what
  EXPECT_EQ(w.given(), (Ids{1, 2}));
  w.stream = 2;
  w.keeper.expect(kTrades);
  w.wire({3});
  w.keeper.on_stream_lost(kTrades, 2);
  w.stream = 3;
  w.wire({5});
  w.pass(500ms);
  ASSERT_EQ(w.ledger.entries().size(), 1U);
  EXPECT_EQ(w.ledger.entries()[0].cause, GapCause::disconnect);
}

TEST(TradeKeeper, TheEndOfAStreamIsOfItsOwnChannelAlone) {
  World w;
  w.wire({1});
  w.wire({50}, false, kBtc, Channel::agg_trade);
  w.keeper.on_stream_lost({.channel = Channel::agg_trade, .symbol = kBtc});
  w.wire({3});
  w.wire({52}, false, kBtc, Channel::agg_trade);
  w.pass(500ms);
  ASSERT_EQ(w.ledger.entries().size(), 2U);
  EXPECT_EQ(w.ledger.entries()[0].cause, GapCause::missing);
  EXPECT_EQ(w.ledger.entries()[1].cause, GapCause::disconnect);
}

TEST(TradeKeeper, GoesOnWhereAnEarlierProcessEnded) {
  World w;
  const base::WallTime then{1'600'000'000s};
  w.ledger.restore({{.id = 4, .symbol = kBtc, .from = 10, .to = 14, .missing = 2},
                    {.id = 5,
                     .symbol = kBtc,
                     .from = 20,
                     .to = 21,
                     .lost = 2,
                     .state = GapState::unrecoverable,
                     .closed = w.now,
                     .reason = "gone"}},
                   5, w.now);
  w.keeper.restore(w.now, Channel::trade,
                   {.symbol = kBtc,
                    .top = 30,
                    .top_time = World::trade(30).exchange_time,
                    .holes = {{.from = 12, .to = 13, .before = then},
                              {.from = 20, .to = 21, .before = then, .given_up = true},
                              {.from = 25, .to = 25, .before = then}}});
  EXPECT_EQ(w.figure("tickwitness_feed_trades_missing_total"), 2);
  // The snapshot of the new connection overlaps; what came to pass meanwhile is a hole.
  w.wire({29, 30, 33}, true);
  EXPECT_EQ(w.given(), (Ids{})) << "what lies behind the new hole waits";
  w.move(500ms);
  w.keeper.on_time(w.now, w.out);
  ASSERT_EQ(w.ledger.entries().size(), 4U);
  EXPECT_EQ(w.ledger.entries()[2].id, 6U) << "of 25, which nobody had noticed";
  EXPECT_EQ(w.ledger.entries()[3].from, 31U);
  EXPECT_EQ(w.ledger.entries()[3].cause, GapCause::disconnect);
  const auto ask = w.keeper.next_ask(w.now);
  ASSERT_TRUE(ask);
  EXPECT_EQ(ask->cursor.after_id, 11U) << "the oldest first; what was given up is not asked for";
  EXPECT_EQ(ask->cursor.after_time, then);
  w.page(*ask, {12, 13, 14, 20, 25, 30, 31, 32});
  EXPECT_EQ(w.given(), (Ids{-12, -13, -20, -25, 31, 32, 33}));
  EXPECT_EQ(w.ledger.find(4)->state, GapState::filled);
  EXPECT_EQ(w.ledger.find(5)->lost, 1U) << "20 came after all";
  EXPECT_EQ(w.figure("tickwitness_feed_trades_missing_total"), 5);
  EXPECT_EQ(w.figure("tickwitness_feed_trades_recovered_total"), 6);
  w.wire({12, 34});
  EXPECT_EQ(w.given(), (Ids{34}));
}

TEST(TradeKeeper, IdsThatBeginAnewAreNoDuplicates) {
  World w;
  const base::WallTime then{1'600'000'000s};
  w.ledger.restore({{.id = 1, .symbol = kBtc, .from = 12, .to = 13, .missing = 2}}, 1, w.now);
  w.keeper.restore(w.now, Channel::trade,
                   {.symbol = kBtc,
                    .top = 1'000'000,
                    .top_time = then,
                    .holes = {{.from = 12, .to = 13, .before = then}}});
  w.wire({40, 41});  // years later
  EXPECT_EQ(w.given(), (Ids{40, 41}));
  EXPECT_EQ(w.ledger.find(1)->state, GapState::unrecoverable);
  EXPECT_EQ(w.ledger.find(1)->reason, "the exchange's ids began anew");
  w.wire({41, 42});
  EXPECT_EQ(w.given(), (Ids{42}));
}

// Such as those of aggregates, which were followed before.
TEST(TradeKeeper, IdsThatLeapAreOthersToo) {
  World w;
  w.keeper.restore(w.now, Channel::trade,
                   {.symbol = kBtc, .top = 1000, .top_time = w.now.wall, .holes = {}});
  w.wire({2'000'000'000});
  w.pass(1s);
  EXPECT_EQ(w.given(), (Ids{2'000'000'000}));
  EXPECT_TRUE(w.ledger.entries().empty());
  w.wire({2'000'000'002});
  w.pass(1s);
  EXPECT_EQ(w.ledger.entries().size(), 1U);
}

TEST(TradeKeeper, MarketsAndAggregatesHaveIdsOfTheirOwn) {
  World w;
  w.keeper.expect({.channel = Channel::trade, .symbol = kEth});
  EXPECT_EQ(w.by_origin("live", "ETH-USD"), 0);
  w.wire({100}, false, kBtc);
  w.wire({7}, false, kEth);
  w.wire({50, 52}, false, kBtc, Channel::agg_trade);
  w.wire({8}, false, kEth);
  EXPECT_EQ(w.given(), (Ids{100, 7, 0, 8})) << "beside trades aggregates are handed on without";
  w.pass(1s);
  EXPECT_EQ(w.given(), (Ids{0})) << "aggregates are not asked for again";
  ASSERT_EQ(w.ledger.entries().size(), 1U);
  EXPECT_EQ(w.ledger.entries()[0].channel, Channel::agg_trade);
  EXPECT_EQ(w.ledger.entries()[0].state, GapState::unrecoverable);
  EXPECT_EQ(w.keeper.newest(kBtc)->id, 100U);
  EXPECT_FALSE(w.keeper.newest(*market::Symbol::parse("A-B")));
}

TEST(TradeKeeper, TradesWithoutIdsGoThrough) {
  World w;
  w.wire({0, 0});
  EXPECT_EQ(w.given(), (Ids{0, 0}));
}

}  // namespace
}  // namespace tickwitness::feed
