#include "app/demo_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using What = EngineNote::What;

constexpr base::Now kBegan{base::Instant(5h), base::WallTime(1'767'323'070s)};

struct Recorded {
  sim::Settings exchange;
  DemoRecord record{exchange, sim::Promises{.breaker_failures_max = 5}};
  DemoNotes notes;
  sim::Report report;

  void ship(sim::ConnectionId connection, std::string_view text,
            sim::SentKind kind = sim::SentKind::heartbeat) {
    notes.add(ShippedNote{.connection = connection,
                          .at = kBegan.mono,
                          .print = MessagePrint::of(text),
                          .parcel = {.kind = kind}});
  }
  void happens(std::uint64_t link, What what, base::Duration at = 0s) {
    notes.add(EngineNote{
        .what = what, .link = link, .now = {kBegan.mono + at, kBegan.wall + at}, .text = ""});
  }
  void arrive(std::uint64_t link, std::string_view text, base::Duration at = 0s) {
    notes.add(EngineNote{.what = What::delivered,
                         .link = link,
                         .now = {kBegan.mono + at, kBegan.wall + at},
                         .text = "",
                         .print = MessagePrint::of(text)});
  }
  std::vector<std::string> said() {
    report = {};
    record.add(notes.take(), 1s, report);
    std::vector<std::string> all;
    for (const auto& one : report.violations()) all.push_back(one.checker + ": " + one.what);
    return all;
  }
  std::uint64_t came(sim::SentKind kind) const { return record.ledger().traffic().sent(kind); }
};

// The exchange numbers connections as it accepts them, the engine links as it makes them.
TEST(DemoRecord, FindsTheConnectionByItsFirstMessage) {
  Recorded world;
  world.ship(7, "hello 7", sim::SentKind::status);
  world.ship(8, "hello 8", sim::SentKind::status);
  world.ship(8, "trade", sim::SentKind::trade);
  world.ship(7, "beat");
  world.arrive(1, "hello 8");
  world.arrive(2, "hello 7");
  world.arrive(1, "trade");
  world.arrive(2, "beat");
  EXPECT_THAT(world.said(), IsEmpty());
  EXPECT_EQ(world.came(sim::SentKind::status), 2U);
  EXPECT_EQ(world.came(sim::SentKind::trade), 1U);
  EXPECT_EQ(world.came(sim::SentKind::heartbeat), 1U);
  world.record.at_rest(false, world.report);
  EXPECT_THAT(world.report.failed(), IsEmpty());
}

TEST(DemoRecord, ALinkThatComesBackHasAnotherConnection) {
  Recorded world;
  world.ship(7, "hello 7");
  world.arrive(1, "hello 7");
  world.happens(1, What::ended);
  world.ship(8, "hello 8");
  world.ship(7, "nobody hears this");
  world.arrive(1, "hello 8");
  EXPECT_THAT(world.said(), IsEmpty());
  world.record.at_rest(true, world.report);
  EXPECT_THAT(world.report.failed(), IsEmpty());
  world.record.at_rest(false, world.report);
  EXPECT_THAT(world.report.failed(), ElementsAre("wire.delivered"));
}

// Binance's begin with the answer to a request, each with the same one.
TEST(DemoRecord, OfConnectionsThatBeginAlikeTheYoungestIsMeant) {
  Recorded world;
  for (const sim::ConnectionId connection : {7, 8}) {
    world.ship(connection, "hello");
    if (connection == 7) world.arrive(1, "hello");
    EXPECT_THAT(world.said(), IsEmpty());
  }
  world.ship(9, "hello");
  world.ship(9, "of 9");
  world.ship(7, "of 7");
  world.arrive(2, "hello");
  world.arrive(2, "of 9");
  world.arrive(1, "of 7");
  EXPECT_THAT(world.said(), IsEmpty());
}

// Only the engine's own closing excuses what did not come.
TEST(DemoRecord, WhatTheEngineHungUpOnIsNotExpected) {
  for (const bool by_engine : {true, false}) {
    Recorded world;
    world.ship(7, "hello");
    world.ship(7, "on its way");
    world.arrive(1, "hello");
    if (by_engine) world.happens(1, What::closing);
    world.happens(1, What::ended);
    EXPECT_THAT(world.said(), IsEmpty());
    world.ship(7, "the exchange does not know yet");
    EXPECT_THAT(world.said(), IsEmpty());
    EXPECT_EQ(world.record.hung_up_on(), by_engine ? 2U : 0U);
    world.record.at_rest(false, world.report);
    EXPECT_EQ(world.report.failed().empty(), by_engine);
  }
}

// What the stream left out and REST brought is not missing.
TEST(DemoRecord, KnowsWhatRestBrought) {
  Recorded world;
  const auto trade = [&](std::uint64_t id) {
    sim::Parcel parcel = sim::data_parcel(sim::WireChannel::trade, 0, 1, false);
    parcel.id[0] = id;
    const std::string text = "trade " + std::to_string(id);
    world.notes.add(ShippedNote{
        .connection = 7, .at = kBegan.mono, .print = MessagePrint::of(text), .parcel = parcel});
    world.arrive(1, text);
  };
  trade(5);
  trade(8);
  EXPECT_THAT(world.said(), IsEmpty());
  EXPECT_EQ(world.record.ledger().trade_ids()[0].missing(), 2U);
  world.notes.add(RestNote{.pair = 0, .trades = {6, 7}});
  EXPECT_THAT(world.said(), IsEmpty());
  EXPECT_EQ(world.record.ledger().trade_ids()[0].missing(), 0U);
}

TEST(DemoRecord, TellsOfMessagesThatWereNotSentNext) {
  for (const auto* const second : {"hello", "later", "never sent"}) {
    Recorded world;
    world.ship(7, "hello");
    world.ship(7, "next");
    world.ship(7, "later");
    world.arrive(1, "hello");
    world.arrive(1, second);
    EXPECT_THAT(world.said(), ElementsAre(HasSubstr("wire: link 1 got"))) << second;
  }
  Recorded world;
  world.ship(7, "hello");
  world.ship(7, "next");
  world.arrive(1, "next");
  EXPECT_THAT(world.said(),
              ElementsAre("wire: link 1 began with a message that nobody began with"));
}

TEST(DemoRecord, HasConnectionsAsTheEngineSawThem) {
  Recorded world;
  world.happens(1, What::attempt);
  world.happens(1, What::open, 1s);
  world.happens(1, What::closing, 2s);
  world.happens(1, What::ended, 3s);
  world.happens(0, What::finishing, 3s);
  world.happens(2, What::attempt, 3s);
  world.happens(2, What::ended, 4s);
  EXPECT_THAT(world.said(), IsEmpty());
  const auto& links = world.record.ledger().links();
  EXPECT_EQ(links.at(1).attempts, 1U);
  EXPECT_EQ(links.at(1).opens, 1U);
  EXPECT_EQ(links.at(1).changed, kBegan.mono + 3s);
  EXPECT_FALSE(links.at(1).finished);
  EXPECT_TRUE(links.at(2).finished);
}

// Two messages that were read at once bear one time, and an attempt between them a later one.
TEST(DemoRecord, TimeNeverFalls) {
  Recorded world;
  world.ship(7, "hello");
  world.happens(1, What::attempt, 1s);
  world.happens(1, What::open, 2s);
  world.happens(2, What::attempt, 3s);
  world.happens(1, What::ended, 2s);
  world.said();
  EXPECT_EQ(world.record.ledger().links().at(1).changed, kBegan.mono + 3s);
}

TEST(DemoRecord, KnowsWhenAllFaultsAreOver) {
  Recorded world;
  world.said();
  EXPECT_FALSE(world.record.healed());
  world.notes.add_healed();
  world.said();
  world.said();
  EXPECT_TRUE(world.record.healed());
}

}  // namespace
}  // namespace tickwitness::app
