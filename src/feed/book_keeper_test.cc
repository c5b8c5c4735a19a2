#include "feed/book_keeper.h"

#include <gtest/gtest.h>

#include "feed/test_world.h"
#include "telemetry/test_read.h"

namespace tickwitness::feed {
namespace {

using namespace std::chrono_literals;
using exchange::BookSync;
using exchange::FrameKind;
using telemetry::test::read;

const market::Symbol kBtc = *market::Symbol::parse("BTC-USD");
const market::Symbol kEth = *market::Symbol::parse("ETH-USD");

// A checksum that a test can compute in its head: all quantities, in the last decimal.
class SumProtocol final : public exchange::Protocol {
 public:
  explicit SumProtocol(BookSync sync) : sync_(sync) {}
  void decode(std::string_view, exchange::Frame&) override {}
  std::vector<exchange::Request> subscribe(std::span<const exchange::Subscription>,
                                           std::uint64_t) override {
    return {};
  }
  std::vector<exchange::Request> unsubscribe(std::span<const exchange::Subscription>,
                                             std::uint64_t) override {
    return {};
  }
  std::string ping(std::uint64_t) override { return {}; }
  std::vector<std::size_t> assign_connections(
      std::span<const exchange::Subscription>) const override {
    return {};
  }
  BookSync book_sync() const override { return sync_; }
  std::size_t book_depth() const override { return 3; }
  std::optional<std::uint32_t> checksum_of(const market::OrderBook& book,
                                           market::Precision precision) const override {
    std::int64_t sum = 0;
    const auto add = [&](const market::Level& level) {
      std::int64_t units = level.quantity.mantissa();
      for (int i = level.quantity.scale(); i < precision.quantity; ++i) units *= 10;
      sum += units;
    };
    for (std::size_t i = 0; i < book.bid_count(); ++i) add(book.bid(i));
    for (std::size_t i = 0; i < book.ask_count(); ++i) add(book.ask(i));
    return static_cast<std::uint32_t>(sum);
  }

 private:
  BookSync sync_;
};

using Levels = std::vector<std::pair<int, int>>;  // price, quantity in tenths

struct World {
  explicit World(BookSync sync = BookSync::checksum) : protocol(sync) {}
  SumProtocol protocol;
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  GapLedger ledger;
  BookKeeper keeper{market::Venue::kraken, {}, protocol, ledger, metrics};
  base::Now now{base::Instant(1000s), base::WallTime(1'700'000'000s)};
  std::vector<market::Quote> quotes;

  static std::vector<market::Level> levels(const Levels& of) {
    std::vector<market::Level> all;
    for (const auto& [price, quantity] : of) {
      all.push_back({base::Decimal(price, 0), base::Decimal(quantity, 1)});
    }
    return all;
  }
  StreamNumber stream = 0;  // of what comes
  void frame(bool snapshot, const Levels& bids, const Levels& asks,
             std::optional<std::uint32_t> checksum, std::uint64_t first = 0, std::uint64_t last = 0,
             const market::Symbol& symbol = kBtc) {
    exchange::Frame f{.kind = FrameKind::books, .snapshot = snapshot};
    f.levels = levels(bids);
    for (const auto& level : levels(asks)) f.levels.push_back(level);
    exchange::BookChange change{.symbol = symbol,
                                .bids = static_cast<std::uint32_t>(bids.size()),
                                .asks = static_cast<std::uint32_t>(asks.size()),
                                .checksum = checksum};
    if (last != 0) change.first_id = first, change.last_id = last;
    f.books.push_back(change);
    keeper.on_books(now, f, quotes, stream);
  }
  void on(StreamNumber from, std::uint64_t first, std::uint64_t last, const Levels& bids) {
    stream = from;
    update(first, last, bids);
  }
  void update(std::uint64_t first, std::uint64_t last, const Levels& bids) {
    frame(false, bids, {}, std::nullopt, first, last);
  }
  void rest(std::uint64_t last_id, const Levels& bids, const Levels& asks) {
    keeper.on_snapshot(
        now, {.symbol = kBtc, .last_id = last_id, .bids = levels(bids), .asks = levels(asks)},
        quotes);
  }
  void move(base::Duration time) {
    now.mono += time;
    now.wall += time;
  }
  BookKeeper::Status status(const market::Symbol& symbol = kBtc) {
    for (auto& one : keeper.status()) {
      if (one.symbol == symbol) return one;
    }
    return {};
  }
  std::string best() {  // bid/ask as said last; - where nothing is
    if (quotes.empty()) return "nothing said";
    const auto& q = quotes.back();
    return (q.bid ? q.bid->str() : "-") + "/" + (q.ask ? q.ask->str() : "-");
  }
};

TEST(BookKeeper, ABookThatAgreesWithItsChecksumsIsValid) {
  World w;
  w.keeper.expect(kBtc);
  EXPECT_EQ(w.status().state, BookState::waiting);
  w.frame(true, {{100, 10}, {99, 20}}, {{101, 5}}, 35);
  EXPECT_EQ(w.status().state, BookState::valid);
  EXPECT_EQ(w.best(), "100/101");
  w.frame(false, {{100, 0}}, {{101, 6}}, 26);
  EXPECT_EQ(w.best(), "99/101");
  EXPECT_EQ(w.quotes.size(), 2U);
  w.frame(false, {{98, 1}}, {}, 27);
  EXPECT_EQ(w.quotes.size(), 2U) << "the best is as it was";
  EXPECT_EQ(w.keeper.totals().checksums_ok, 3U);
  EXPECT_EQ(read(w.registry, "tickwitness_book_checksums_total", {{"result", "success"}}), 3);
  EXPECT_FALSE(w.keeper.next_resync(w.now));
  EXPECT_FALSE(w.keeper.deadline());
  w.keeper.observe();
  EXPECT_EQ(read(w.registry, "tickwitness_book_state", {{"state", "valid"}}), 1);
}

TEST(BookKeeper, AWrongBookIsQuarantinedAndBroughtBackAlone) {
  World w;
  w.frame(true, {{100, 10}}, {{101, 5}}, 15);
  w.frame(true, {{50, 1}}, {{51, 1}}, 2, 0, 0, kEth);
  w.move(1s);
  w.frame(false, {{100, 11}}, {}, 99);
  EXPECT_EQ(w.status().state, BookState::quarantined);
  EXPECT_EQ(w.best(), "-/-") << "nothing is said of a book that is wrong";
  EXPECT_EQ(w.status(kEth).state, BookState::valid);
  EXPECT_EQ(w.keeper.totals().checksums_failed, 1U);
  ASSERT_EQ(w.ledger.entries().size(), 1U);
  EXPECT_EQ(w.ledger.entries()[0].cause, GapCause::checksum);
  EXPECT_EQ(w.keeper.deadline(), w.now.mono);
  EXPECT_EQ(w.keeper.next_resync(w.now), kBtc);
  EXPECT_FALSE(w.keeper.next_resync(w.now));
  w.frame(false, {{100, 12}}, {}, 17);
  EXPECT_EQ(w.keeper.totals().checksums_failed, 1U) << "updates of a wrong book prove nothing";
  EXPECT_EQ(w.ledger.entries()[0].state, GapState::filling);
  w.frame(true, {{100, 12}}, {{101, 5}}, 17);
  EXPECT_EQ(w.status().state, BookState::valid);
  EXPECT_EQ(w.best(), "100/101");
  EXPECT_EQ(w.ledger.entries()[0].state, GapState::filled);
}

TEST(BookKeeper, ABookThatGoesBadAgainAndAgainIsAskedForLessAndLessOften) {
  World w;
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 9; ++i) {
    w.frame(true, {{100, 10}}, {}, 10);
    w.frame(false, {{100, 11}}, {}, 0);
    const base::Duration wait = *w.keeper.deadline() - w.now.mono;
    waits.push_back(wait / 1s);
    w.move(wait);
    EXPECT_TRUE(w.keeper.next_resync(w.now));
  }
  EXPECT_EQ(waits, (std::vector<std::int64_t>{0, 1, 2, 4, 8, 16, 32, 60, 60}));
  w.frame(true, {{100, 10}}, {}, 10);
  w.move(60s);
  w.frame(false, {{100, 11}}, {}, 0);
  EXPECT_EQ(w.keeper.deadline(), w.now.mono) << "a minute without fault is forgiven";
}

TEST(BookKeeper, ASnapshotThatNeverComesIsAskedForAgain) {
  World w;
  w.frame(true, {{100, 10}}, {}, 11);
  EXPECT_TRUE(w.keeper.next_resync(w.now));
  w.move(11s);
  EXPECT_FALSE(w.keeper.next_resync(w.now));
  w.move(1s);
  EXPECT_TRUE(w.keeper.next_resync(w.now));
  EXPECT_EQ(w.status().resyncs, 2U);
}

TEST(BookKeeper, ACrossedBookIsNotBelieved) {
  World w;
  w.frame(true, {{100, 10}}, {{101, 5}}, 15);
  w.frame(false, {{101, 1}}, {}, 16);
  EXPECT_EQ(w.status().state, BookState::quarantined);
  EXPECT_EQ(w.keeper.totals().crossed, 1U);
  EXPECT_EQ(w.ledger.entries()[0].cause, GapCause::crossed);
  EXPECT_EQ(read(w.registry, "tickwitness_book_crossed_total"), 1);
}

TEST(BookKeeper, PrecisionIsTheVenuesElseTheOperatorsElseInferred) {
  World w;
  w.frame(true, {{100, 10}}, {}, 10);
  EXPECT_EQ(w.status().source, PrecisionSource::inferred);
  EXPECT_EQ(w.status().precision, (market::Precision{.price = 0, .quantity = 1}));
  w.keeper.set_precision(kBtc, {.price = 2, .quantity = 3}, PrecisionSource::file);
  w.frame(false, {{100, 11}}, {}, 1100);
  EXPECT_EQ(w.keeper.totals().checksums_ok, 2U);
  w.keeper.set_precision(kBtc, {.price = 2, .quantity = 2}, PrecisionSource::instrument);
  w.keeper.set_precision(kBtc, {.price = 9, .quantity = 9}, PrecisionSource::file);
  w.frame(false, {{100, 12}}, {}, 120);
  EXPECT_EQ(w.keeper.totals().checksums_ok, 3U);
  w.keeper.set_precision(kBtc, {.price = 2, .quantity = 4}, PrecisionSource::instrument);
  w.frame(false, {{100, 13}}, {}, 13000);
  EXPECT_EQ(w.keeper.totals().checksums_ok, 4U) << "the venue may change it while it runs";
}

TEST(BookKeeper, NumberedUpdatesJoinTheirSnapshot) {
  World w(BookSync::update_ids);
  w.update(5, 9, {{100, 1}});
  EXPECT_EQ(w.keeper.next_resync(w.now), kBtc);
  w.update(10, 12, {{99, 2}});
  w.update(13, 15, {{98, 3}});
  w.rest(11, {{100, 5}, {97, 1}}, {{101, 4}});
  EXPECT_EQ(w.status().state, BookState::valid);
  EXPECT_EQ(w.best(), "100/101");
  w.update(16, 16, {{100, 0}});
  EXPECT_EQ(w.best(), "99/101");
  w.update(14, 16, {{100, 7}});
  EXPECT_EQ(w.best(), "99/101") << "old news";
  EXPECT_TRUE(w.ledger.entries().empty());
}

TEST(BookKeeper, ASnapshotOlderThanTheStreamIsAskedForAgain) {
  World w(BookSync::update_ids);
  w.update(20, 22, {{100, 1}});
  EXPECT_TRUE(w.keeper.next_resync(w.now));
  w.rest(18, {{100, 5}}, {});
  EXPECT_EQ(w.status().state, BookState::waiting);
  EXPECT_FALSE(w.keeper.next_resync(w.now));
  w.move(1s);
  EXPECT_TRUE(w.keeper.next_resync(w.now));
  w.rest(19, {{100, 5}}, {});
  EXPECT_EQ(w.status().state, BookState::valid);
}

TEST(BookKeeper, AHoleInTheNumbersIsAGap) {
  World w(BookSync::update_ids);
  w.update(5, 9, {{100, 1}});
  w.rest(9, {{100, 5}}, {{101, 1}});
  w.update(10, 10, {{100, 6}});
  w.update(13, 14, {{100, 7}});
  EXPECT_EQ(w.status().state, BookState::quarantined);
  ASSERT_EQ(w.ledger.entries().size(), 1U);
  EXPECT_EQ(w.ledger.entries()[0].cause, GapCause::sequence);
  EXPECT_EQ(w.ledger.entries()[0].from, 11U);
  EXPECT_EQ(w.ledger.entries()[0].to, 12U);
  EXPECT_EQ(read(w.registry, "tickwitness_feed_sequence_gaps_total"), 1);
  EXPECT_TRUE(w.keeper.next_resync(w.now));
  w.rest(13, {{100, 7}}, {{101, 1}});
  EXPECT_EQ(w.status().state, BookState::valid) << "the update that showed the hole is not lost";
  EXPECT_EQ(w.ledger.entries()[0].state, GapState::filled);
}

TEST(BookKeeper, AfterADisconnectionNothingIsSaidUntilASnapshotCame) {
  World w;
  w.frame(true, {{100, 10}}, {}, 10);
  w.keeper.on_stream_lost(w.now, kBtc);
  EXPECT_EQ(w.status().state, BookState::waiting);
  EXPECT_FALSE(w.status().bid);
  w.frame(false, {{100, 11}}, {}, 11);
  EXPECT_EQ(w.keeper.totals().checksums_ok, 1U);
  EXPECT_EQ(w.quotes.size(), 1U);
  w.frame(true, {{100, 10}}, {}, 10);
  EXPECT_EQ(w.quotes.size(), 2U);
}

// Valid as of 10, from connection 1.
struct Numbered : World {
  Numbered() : World(BookSync::update_ids) {
    on(1, 5, 10, {{100, 1}});
    rest(10, {{100, 5}}, {{105, 1}});
  }
  void expect_whole(const std::string& says) {
    EXPECT_EQ(status().state, BookState::valid);
    EXPECT_EQ(best(), says);
    EXPECT_TRUE(ledger.entries().empty());
    EXPECT_FALSE(keeper.next_resync(now));
  }
};

TEST(BookKeeper, TwoConnectionsMayBringTheSameNumbers) {
  Numbered w;
  w.on(1, 11, 12, {{101, 1}});
  w.on(2, 11, 12, {{101, 1}});
  w.on(2, 13, 14, {{102, 1}});
  w.on(1, 13, 14, {{102, 1}});
  w.on(1, 15, 18, {{103, 1}});
  w.on(2, 15, 16, {{100, 0}});  // each shares the changes out as it likes
  w.on(2, 17, 20, {{103, 1}, {104, 1}});
  w.expect_whole("104/105");
}

TEST(BookKeeper, AYoungConnectionMayBeAheadOfTheOld) {
  Numbered w;
  w.on(2, 14, 16, {{104, 1}});
  w.on(2, 17, 17, {{104, 0}});
  w.expect_whole("100/105");
  w.on(1, 11, 12, {{101, 1}});
  w.expect_whole("101/105");
  w.on(1, 13, 14, {{103, 1}});
  w.expect_whole("103/105");
  EXPECT_EQ(w.status().bid->price, base::Decimal(103, 0)) << "and 104 is gone again";
  w.on(1, 15, 18, {{102, 1}});
  w.on(2, 18, 19, {{104, 2}});
  w.expect_whole("104/105");
}

TEST(BookKeeper, ABookOutlivesTheConnectionThatBegan) {
  Numbered w;
  w.on(2, 11, 12, {{101, 1}});
  w.on(1, 11, 13, {{101, 1}});
  w.keeper.on_stream_lost(w.now, kBtc, 1);
  w.expect_whole("101/105");
  w.on(2, 13, 14, {{102, 1}});
  w.on(2, 15, 15, {{103, 1}});
  w.expect_whole("103/105");
  w.on(2, 17, 17, {{104, 1}});
  EXPECT_EQ(w.status().state, BookState::quarantined) << "16 is missing: nobody else brings it";
}

TEST(BookKeeper, WhatOneOfTwoConnectionsLeavesOutTheOtherBrings) {
  Numbered w;
  w.on(2, 11, 11, {{101, 1}});
  w.on(1, 11, 11, {{101, 1}});
  w.on(1, 13, 13, {{103, 1}});
  w.expect_whole("101/105");
  w.on(2, 12, 12, {{102, 1}});
  w.expect_whole("103/105");
}

TEST(BookKeeper, WhatBothConnectionsLeaveOutIsAGap) {
  Numbered w;
  w.on(2, 11, 11, {{101, 1}});
  w.on(1, 13, 13, {{103, 1}});
  EXPECT_EQ(w.status().state, BookState::valid);
  w.on(2, 13, 13, {{103, 1}});
  EXPECT_EQ(w.status().state, BookState::quarantined);
  ASSERT_EQ(w.ledger.entries().size(), 1U);
  EXPECT_EQ(w.ledger.entries()[0].from, 12U);
  w.rest(12, {{102, 1}}, {{105, 1}});
  EXPECT_EQ(w.status().state, BookState::valid);
  EXPECT_EQ(w.best(), "103/105");
}

TEST(BookKeeper, AnOldConnectionThatEndsBehindTheYoungOneLeavesABookToBeFetched) {
  Numbered w;
  w.on(2, 14, 16, {{104, 1}});
  w.keeper.on_stream_lost(w.now, kBtc, 1);
  EXPECT_EQ(w.status().state, BookState::waiting);
  EXPECT_EQ(w.keeper.next_resync(w.now), kBtc);
  w.rest(13, {{103, 1}}, {{105, 1}});
  EXPECT_EQ(w.best(), "104/105");
  w.on(2, 17, 17, {{104, 0}});
  w.expect_whole("103/105");
}

TEST(BookKeeper, AYoungConnectionThatEndsAheadOfTheOldTakesNothingWithIt) {
  Numbered w;
  w.on(2, 14, 16, {{104, 1}});
  w.keeper.on_stream_lost(w.now, kBtc, 2);
  w.expect_whole("100/105");
  w.on(1, 11, 12, {{101, 1}});
  w.on(1, 13, 15, {{102, 1}});
  w.expect_whole("102/105");
  w.on(1, 16, 18, {{103, 1}});
  w.expect_whole("103/105");
  w.on(1, 20, 20, {{104, 1}});
  EXPECT_EQ(w.status().state, BookState::quarantined) << "19 is missing: nobody else brings it";
}

TEST(BookKeeper, TheEndOfAConnectionThatBroughtNothingChangesNothing) {
  Numbered w;
  w.on(2, 14, 16, {{104, 1}});
  w.keeper.on_stream_lost(w.now, kBtc, 3);
  w.on(1, 11, 13, {{101, 1}});
  w.expect_whole("104/105");
}

TEST(BookKeeper, AQuarantineDoesNotEndWithOneOfTwoConnections) {
  Numbered w;
  w.on(2, 11, 11, {{101, 1}});
  w.on(1, 13, 13, {{103, 1}});
  w.on(2, 13, 13, {{103, 1}});
  EXPECT_EQ(w.keeper.next_resync(w.now), kBtc);
  w.keeper.on_stream_lost(w.now, kBtc, 2);
  EXPECT_EQ(w.status().state, BookState::quarantined);
  ASSERT_EQ(w.ledger.entries().size(), 1U);
  EXPECT_EQ(w.ledger.entries()[0].state, GapState::filling);
  EXPECT_FALSE(w.keeper.next_resync(w.now)) << "a snapshot is on its way";
  w.rest(12, {{102, 1}}, {{105, 1}});
  EXPECT_EQ(w.status().state, BookState::valid);
  EXPECT_EQ(w.best(), "103/105") << "what the other brought has waited for it";
  EXPECT_EQ(w.ledger.entries()[0].state, GapState::filled);
}

TEST(BookKeeper, ACheckedBookGoesOnFromTheSnapshotOfTheYoungConnection) {
  World w;
  w.stream = 1;
  w.frame(true, {{100, 10}}, {{105, 5}}, 15);
  w.stream = 2;
  w.frame(true, {{101, 10}}, {{105, 5}}, 15);
  w.stream = 1;  // late
  w.frame(false, {{101, 10}}, {}, 25);
  EXPECT_EQ(w.keeper.totals().checksums_failed, 0U);
  w.keeper.on_stream_lost(w.now, kBtc, 1);
  EXPECT_EQ(w.status().state, BookState::valid);
  w.stream = 2;
  w.frame(false, {{102, 1}}, {}, 16);
  EXPECT_EQ(w.best(), "102/105");
  EXPECT_EQ(w.status().state, BookState::valid);
}

TEST(BookKeeper, ACheckedBookWhoseYoungConnectionEndsIsAskedForOnTheOld) {
  World w;
  for (const StreamNumber stream : {1U, 2U}) {
    w.stream = stream;
    w.frame(true, {{100, 10}}, {{105, 5}}, 15);
  }
  EXPECT_FALSE(w.keeper.next_resync(w.now));
  w.keeper.on_stream_lost(w.now, kBtc, 2);
  EXPECT_EQ(w.status().state, BookState::waiting);
  EXPECT_EQ(w.keeper.next_resync(w.now), kBtc);
  w.stream = 1;
  w.frame(true, {{101, 10}}, {{105, 5}}, 15);
  EXPECT_EQ(w.best(), "101/105");
  EXPECT_FALSE(w.keeper.deadline());
}

TEST(BookKeeper, OfABookThatIsNotFollowedNothingIsSaid) {
  World w;
  w.keeper.expect(kBtc);
  w.frame(true, {{100, 10}}, {}, 10);
  w.keeper.forget(w.now, kBtc);
  EXPECT_TRUE(w.keeper.status().empty());
  w.frame(false, {{100, 11}}, {}, 11);  // was on its way
  EXPECT_EQ(w.keeper.totals().checksums_ok, 1U);
  w.keeper.expect(kBtc);
  EXPECT_EQ(w.status().state, BookState::waiting) << "what it missed meanwhile nobody knows";
  w.keeper.forget(w.now, kEth);
  EXPECT_EQ(w.keeper.status().size(), 1U) << "it never had a book";
}

}  // namespace
}  // namespace tickwitness::feed
