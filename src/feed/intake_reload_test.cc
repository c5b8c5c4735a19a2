// What the intake says of a market after a reload has taken something of it away.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "feed/intake.h"
#include "feed/test_world.h"
#include "telemetry/test_read.h"

namespace tickwitness::feed {
namespace {

using namespace std::chrono_literals;
using exchange::Frame;
using exchange::FrameKind;
using telemetry::test::read;
using Shown = std::vector<std::string>;

const market::Symbol kBtc = *market::Symbol::parse("BTC-USD");

struct World {
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  pipeline::Handoff handoff{64, pipeline::OverloadPolicy::backpressure, metrics,
                            telemetry::label::Ring{"ingest"}};
  std::vector<pipeline::Tick> ticks;
  test::Words protocol;
  GapLedger ledger;
  Intake intake{
      {.venue = market::Venue::kraken}, protocol, ledger, metrics, handoff, [this] { drain(); }};
  base::Now now{base::Instant(1000s), base::WallTime(1'700'000'000s)};

  void drain() {
    handoff.drain(64, [this](pipeline::Tick& tick) { ticks.push_back(std::move(tick)); });
  }
  void frame(const Frame& f) { intake.on_frame(now, f, 10); }
};

// A market with a book beside its spread; what is handed on of its best bid.
struct Sources : World {
  const exchange::Subscription spread{.channel = exchange::Channel::spread, .symbol = kBtc};
  const exchange::Subscription book{.channel = exchange::Channel::book, .symbol = kBtc};
  std::vector<std::string> tops;  // as the witness is told them

  Sources() {
    intake.set_on_top([this](const market::Quote& top) { tops.push_back(bid_of(top)); });
    intake.expect(spread);
    intake.expect(book);
  }
  static std::string bid_of(const market::Quote& quote) {
    return quote.bid ? quote.bid->str() : "none";
  }
  void quoted(int bid) {
    Frame f{.kind = FrameKind::quotes};
    f.quotes.push_back({.symbol = kBtc, .bid = base::Decimal(bid, 0)});
    frame(f);
  }
  void booked(int bid, bool snapshot = false) {
    Frame f{.kind = FrameKind::books, .snapshot = snapshot};
    f.levels.push_back({base::Decimal(bid, 0), base::Decimal(1, 0)});
    f.books.push_back({.symbol = kBtc, .bids = 1, .exchange_time = now.wall - 7s});
    frame(f);
  }
  std::vector<std::string> handed_on() {
    drain();
    std::vector<std::string> bids;
    for (const auto& tick : std::exchange(ticks, {})) {
      bids.push_back(bid_of(std::get<market::Quote>(tick.event)));
    }
    return bids;
  }
};

TEST(IntakeReload, ABookTakesThePlaceOfASpreadThatIsNotFollowedAnyMore) {
  Sources s;
  s.quoted(100);
  s.booked(90, true);
  EXPECT_EQ(s.handed_on(), (Shown{"100"}));
  s.intake.forget(s.now, std::array{s.spread});
  s.drain();
  ASSERT_EQ(s.ticks.size(), 1U);
  EXPECT_EQ(s.ticks[0].origin, pipeline::Origin::snapshot) << "it is no news";
  EXPECT_EQ(std::get<market::Quote>(s.ticks[0].event).exchange_time, s.now.wall - 7s);
  EXPECT_EQ(s.handed_on(), (Shown{"90"}));
  s.quoted(101);  // was on its way
  s.booked(91);
  EXPECT_EQ(s.handed_on(), (Shown{"91"}));
  EXPECT_EQ(s.tops, (Shown{"90", "91"}));
  s.intake.expect(s.spread);
  s.quoted(102);
  s.booked(92);
  EXPECT_EQ(s.handed_on(), (Shown{"102"}));
}

TEST(IntakeReload, ABookThatIsNotKnownYetSaysThatNothingIs) {
  Sources s;
  s.quoted(100);
  s.intake.forget(s.now, std::array{s.spread});
  EXPECT_EQ(s.handed_on(), (Shown{"100", "none"}));
  s.booked(90, true);
  EXPECT_EQ(s.handed_on(), (Shown{"90"}));
}

TEST(IntakeReload, WhatIsForgottenTogetherTakesNobodysPlace) {
  Sources s;
  s.booked(90, true);
  s.intake.forget(s.now, std::array{s.spread, s.book});
  EXPECT_EQ(s.handed_on(), Shown{});
}

TEST(IntakeReload, OfABookThatIsForgottenNobodyIsToldAPrice) {
  Sources s;
  s.intake.forget(s.now, std::array{s.spread});
  s.booked(90, true);
  s.intake.forget(s.now, std::array{s.book});
  s.booked(91);
  EXPECT_EQ(s.handed_on(), (Shown{"none", "90"}));
  EXPECT_EQ(s.tops, (Shown{"90", "none"}));
}

TEST(IntakeReload, TheLastPriceGoesWithTheTradesThatItIsOf) {
  World world;
  const exchange::Subscription trades{.channel = exchange::Channel::trade, .symbol = kBtc};
  const exchange::Subscription aggregates{.channel = exchange::Channel::agg_trade, .symbol = kBtc};
  const auto trade = [&](exchange::Channel channel, std::uint64_t id, int price) {
    Frame f{.kind = FrameKind::trades, .channel = channel};
    f.trades.push_back({.symbol = kBtc, .id = id, .price = base::Decimal(price, 0)});
    world.frame(f);
  };
  const auto price = [&] {
    return read(world.registry, "tickwitness_market_last_price", {{"symbol", "BTC-USD"}});
  };
  world.intake.expect(trades);
  world.intake.expect(aggregates);
  trade(exchange::Channel::trade, 7, 10);
  trade(exchange::Channel::agg_trade, 3, 20);
  EXPECT_EQ(price(), 10);
  world.intake.forget(world.now, std::array{trades});
  EXPECT_EQ(price(), std::nullopt);
  trade(exchange::Channel::agg_trade, 4, 21);
  EXPECT_EQ(price(), 21);
  world.intake.forget(world.now, std::array{aggregates});
  EXPECT_EQ(price(), std::nullopt);
  trade(exchange::Channel::agg_trade, 5, 22);
  EXPECT_EQ(price(), std::nullopt);
}

}  // namespace
}  // namespace tickwitness::feed
