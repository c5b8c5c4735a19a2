#include "sim/checkers/books.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/checkers/shown_for_tests.h"

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The book of BTC-USD at 99 / 100 for two seconds, told by a snapshot and two updates.
struct World {
  Wire wire;
  std::string feeds =
      told("valid", R"({"price":99,"quantity":1})", R"({"price":100,"quantity":1})");

  World() {
    wire.open();
    wire.ask(R"("book","depth":10)");
    wire.answer(SentKind::subscribed, WireChannel::book);
    book(98, 100, true);
    book(98, 101);
    book(99, 100);
    wire.pass(2s);
  }
  void book(std::int64_t bid, std::int64_t ask, bool snapshot = false, bool falsified = false) {
    Parcel parcel = data_parcel(WireChannel::book, 0, 1, snapshot);
    parcel.top = BookTop{.bid = base::Decimal(bid, 0), .ask = base::Decimal(ask, 0)};
    parcel.falsified = falsified;
    wire.deliver(parcel);
  }
  static std::string told(std::string_view state, std::string_view bid, std::string_view ask) {
    return R"({"feeds":[],"books":[{"symbol":"BTC-USD","state":")" + std::string(state) +
           R"(","bid":)" + std::string(bid) + R"(,"ask":)" + std::string(ask) + "}]}";
  }
  Shown shown(std::string_view state = "valid") const {
    Shown all(wire);
    for (const std::string one : {"waiting", "valid", "quarantined"}) {
      all.series["tickwitness_book_state{symbol=BTC-USD,state=" + one + "}"] = one == state ? 1 : 0;
    }
    const std::string checksums = "tickwitness_book_checksums_total{symbol=BTC-USD,result=";
    all.series[checksums + "success}"] = static_cast<double>(wire.ledger.books()[0].right());
    all.series[checksums + "failure}"] = static_cast<double>(wire.ledger.books()[0].wrong());
    return all;
  }
  // What the checker says of a scrape and of the end.
  std::vector<std::string> judge(const Shown& all) {
    BookChecker checker;
    Watch watch(checker, wire);
    watch.at(all, [&](const Observation& seen) {
      Observation with = seen;
      with.feeds = feeds;
      checker.on_scrape(with, watch.report);
      checker.at_rest(with, watch.report);
    });
    std::vector<std::string> said = watch.said();
    for (const auto& wrong : watch.wrong()) said.push_back(wrong);
    return said;
  }
};

TEST(BookChecker, TheTruthIsSilent) {
  World world;
  EXPECT_THAT(world.judge(world.shown()), IsEmpty());
  world.wire.end();
  world.wire.open();
  world.wire.ask(R"("book","depth":10)");
  world.wire.pass(2s);
  world.feeds = World::told("waiting", "null", "null");
  EXPECT_THAT(world.judge(world.shown("waiting")), IsEmpty());
}

TEST(BookChecker, PricesThatTheBookHadAMomentAgoAreRight) {
  World world;
  world.book(97, 100);
  EXPECT_THAT(world.judge(world.shown()), IsEmpty());
  world.wire.pass(2s);
  EXPECT_THAT(world.judge(world.shown()), ElementsAre(HasSubstr("which it was not lately")));
}

TEST(BookChecker, PricesThatItNeverHadAreALie) {
  World world;
  world.feeds = World::told("valid", R"({"price":99,"quantity":1})", "null");
  EXPECT_THAT(world.judge(world.shown()), ElementsAre(HasSubstr("which it was not lately")));
}

TEST(BookChecker, AWrongBookMayNotBeShownValid) {
  World world;
  world.book(99, 100, false, true);
  EXPECT_THAT(world.judge(world.shown()), IsEmpty()) << "a second to notice";
  world.wire.pass(1s);
  EXPECT_THAT(world.judge(world.shown()),
              Contains(HasSubstr("BTC-USD: shown valid, and told wrongly or not at all")));
  EXPECT_THAT(world.judge(world.shown("quarantined")), IsEmpty()) << "in the answer it still may";
  world.feeds = World::told("quarantined", R"({"price":99,"quantity":1})", "null");
  EXPECT_THAT(world.judge(world.shown("quarantined")),
              ElementsAre(HasSubstr("though it is not known to be right")));
}

TEST(BookChecker, ARightBookMayNotBeKeptInQuarantine) {
  World world;
  EXPECT_THAT(world.judge(world.shown("quarantined")),
              Contains(HasSubstr("shown quarantined, and told rightly")));
}

TEST(BookChecker, EachChecksumIsCompared) {
  World world;
  Shown shown = world.shown();
  shown.series["tickwitness_book_checksums_total{symbol=BTC-USD,result=success}"] -= 1;
  EXPECT_THAT(world.judge(shown), ElementsAre(HasSubstr("success")));
}

TEST(BookChecker, WhatIsNoLongerFollowedIsNotTold) {
  World world;
  world.wire.ask(R"("book","depth":10)", R"("BTC/USD")", 1, "unsubscribe");
  world.wire.pass(2s);
  EXPECT_THAT(world.judge(world.shown("waiting")), Contains(HasSubstr("and nobody follows it")));
}

TEST(BookChecker, AnAnswerWithoutBooksIsNone) {
  World world;
  world.feeds = "{}";
  EXPECT_THAT(world.judge(world.shown()), Contains("no books in the answer"));
}

}  // namespace
}  // namespace tickwitness::sim
