#include "sim/checkers/page.h"

#include <gmock/gmock.h>

#include "sim/checkers/trial_for_tests.h"

namespace tickwitness::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What a product that is right would show now; each field as JSON.
struct Shown {
  std::string p50 = "5.25", p95 = "null", p99 = "7e-1";
  std::string trips = "0", reconnects = "0", trades = "null";
  std::string status = "\"connected\"";
  std::string pairs = "{}";
  std::string more;

  std::string text(std::string_view timestamp) const {
    return "{\"latency_p50_ms\":" + p50 + ",\"latency_p95_ms\":" + p95 +
           ",\"latency_p99_ms\":" + p99 + ",\"circuit_breaker_trips\":" + trips +
           ",\"reconnect_count\":" + reconnects + ",\"trades_per_min\":" + trades +
           ",\"ws_status\":" + status + ",\"timestamp\":" + std::string(timestamp) + more +
           ",\"pairs\":" + pairs + "}";
  }
};

class Page : public Trial {
 public:
  std::string stamp(base::Duration ago = {}) const {
    return std::to_string(
        std::chrono::floor<milliseconds>(now().wall - ago).time_since_epoch().count());
  }
  // The next event, `ago` old when it is read.
  void show(const Shown& shown = {}, base::Duration ago = {}) {
    event(checker, std::to_string(++id), "kraken_metrics", shown.text(stamp(ago)));
  }
  void beat() {
    event(checker, std::to_string(++id), "heartbeat", "{\"timestamp\":" + stamp() + "}");
  }
  // Seconds in which the product shows that, with heartbeats.
  void run(int length, const Shown& shown = {}) {
    for (int i = 0; i < length; ++i) {
      wire.pass(seconds(1));
      show(shown);
      if (++seconds_run_ % 5 == 0) beat();
      if (seconds_run_ % 15 == 0) scrape(checker, "");
    }
  }

  PageChecker checker;
  std::uint64_t id = 100;

 private:
  int seconds_run_ = -1;
};

TEST(PageChecker, IsSilentWhileAllIsWell) {
  Page page;
  page.wire.serve_trades();
  const std::string pairs = R"({"BTC-USD":{"last_price":100.2},"ETH-USD":{"last_price":null}})";
  for (int i = 0; i < 4; ++i) {
    page.run(15, {.pairs = pairs});
    page.wire.trades(2);
  }
  page.rest(page.checker);
  EXPECT_THAT(page.faults(), IsEmpty());
}

TEST(PageChecker, IdsAreNumbersThatRise) {
  Page page;
  page.show();
  page.event(page.checker, "101", "heartbeat", "{\"timestamp\":1}");
  EXPECT_THAT(page.faults(), ElementsAre("id 101 after 101"));
  page.event(page.checker, "", "heartbeat", "{\"timestamp\":1}");
  EXPECT_THAT(page.faults(), ElementsAre("no number as id: "));
  page.id = 50;
  page.show();
  EXPECT_THAT(page.faults(), ElementsAre("id 51 after 101"));
  page.checker.on_restart();
  page.show();
  EXPECT_THAT(page.faults(), IsEmpty());
}

TEST(PageChecker, WhoComesBackIsShownNothingTwice) {
  Page page;
  page.show();
  page.show();
  page.checker.stream_ended();
  page.id = 101;
  page.show();
  EXPECT_THAT(page.faults(), ElementsAre("id 102 after 102"));
  page.show();
  EXPECT_THAT(page.faults(), IsEmpty());
}

TEST(PageChecker, EveryFieldIsThereAndOfItsType) {
  struct Case {
    Shown shown;
    std::string_view fault;
  };
  for (const Case& c : std::vector<Case>{{{.p50 = "\"5\""}, "latency_p50_ms is 5"},
                                         {{.p95 = "true"}, "latency_p95_ms is"},
                                         {{.p99 = "{}"}, "latency_p99_ms is"},
                                         {{.trips = "0.5"}, "circuit_breaker_trips is 0.5"},
                                         {{.reconnects = "-1"}, "reconnect_count is -1"},
                                         {{.trades = "[]"}, "trades_per_min is"},
                                         {{.status = "\"up\""}, "ws_status is up"},
                                         {{.status = "1"}, "ws_status is 1"},
                                         {{.p50 = "NaN"}, "not JSON"},
                                         {{.more = ",\"latency_p50_ms\":1"}, "not JSON"},
                                         {{.p50 = "5,\"x\":5}"}, "not JSON"}}) {
    Page page;
    page.show(c.shown);
    EXPECT_THAT(page.faults(), ElementsAre(HasSubstr(c.fault)));
  }
  for (const std::string_view field :
       {"latency_p50_ms", "latency_p95_ms", "latency_p99_ms", "circuit_breaker_trips",
        "reconnect_count", "trades_per_min", "ws_status", "timestamp", "pairs"}) {
    Page page;
    std::string text = Shown{}.text(page.stamp());
    text.replace(text.find(field), 1, "x");
    page.event(page.checker, "1", "kraken_metrics", text);
    EXPECT_THAT(page.faults(),
                ElementsAre(HasSubstr("no " + std::string(field == "timestamp"
                                                              ? "timestamp"
                                                              : "field " + std::string(field)))));
  }
}

TEST(PageChecker, TimestampsFallOnlyWithTheClock) {
  Page page;
  page.run(3);
  page.wall_step = -seconds(60);
  page.run(1);
  EXPECT_THAT(page.faults(), ElementsAre(HasSubstr("timestamp 1767323014000 after 1767323073000")));
  page.wall_step = -seconds(120);
  page.checker.clock_stepped(page.wire.elapsed);
  // Made before the step, read after it.
  page.show({}, -seconds(60));
  page.run(10);
  EXPECT_THAT(page.faults(), IsEmpty());
  page.show({}, milliseconds(1));
  EXPECT_THAT(page.faults(), ElementsAre(HasSubstr("timestamp")));
  page.show({}, -milliseconds(1));
  EXPECT_THAT(page.faults(), ElementsAre(HasSubstr("is to come")));
  for (const std::string_view none : {"null", "-1", "1.5", "\"1\""}) {
    page.event(page.checker, std::to_string(++page.id), "kraken_metrics", Shown{}.text(none));
    EXPECT_THAT(page.faults(), ElementsAre("no timestamp in kraken_metrics")) << none;
  }
  page.event(page.checker, std::to_string(++page.id), "heartbeat",
             R"({"timestamp":18446744073709551615})");
  EXPECT_THAT(page.faults(), ElementsAre(HasSubstr("is to come")));
}

TEST(PageChecker, HeartbeatsComeEveryFiveSeconds) {
  Page page;
  page.run(20);
  for (int i = 0; i < 6; ++i) {
    page.wire.pass(seconds(1));
    page.show();
  }
  EXPECT_THAT(page.faults(), ElementsAre("no heartbeat for 7.0 s")) << "told once";
  page.beat();
  page.wire.pass(seconds(7));
  page.scrape(page.checker, "");
  EXPECT_THAT(page.faults(), ElementsAre("no heartbeat for 7.0 s")) << "without any event";
  page.checker.stream_ended();
  page.wire.pass(seconds(60));
  page.scrape(page.checker, "");
  page.show();
  EXPECT_THAT(page.faults(), IsEmpty());
}

TEST(PageChecker, ReconnectionsAreThoseOfTheRecord) {
  Page page;
  page.wire.open();
  page.run(3);
  page.wire.end();
  page.wire.open();
  page.show({.reconnects = "0"});
  page.show({.reconnects = "1"});
  EXPECT_THAT(page.faults(), IsEmpty()) << "it has just happened";
  page.show({.reconnects = "2"});
  EXPECT_THAT(page.faults(), ElementsAre("reconnect_count is 2, must be 1"));
  page.wire.pass(seconds(1));
  page.show({.reconnects = "0"});
  EXPECT_THAT(page.faults(), ElementsAre("reconnect_count is 0, must be 1"));
  page.show({.reconnects = "null"});
  EXPECT_THAT(page.faults(), ElementsAre("reconnect_count is null, must be 1"));
  page.show({.reconnects = "1"});
  EXPECT_THAT(page.faults(), IsEmpty());
}

TEST(PageChecker, WhatIsReadLateSaysWhatWas) {
  Page page;
  page.wire.open();
  page.wire.end();
  page.wire.open();
  page.wire.pass(milliseconds(1900));
  page.show({.reconnects = "0"}, milliseconds(950));
  EXPECT_THAT(page.faults(), IsEmpty());
  page.checker.stream_ended();
  page.wire.pass(seconds(60));
  page.show({.reconnects = "0"}, milliseconds(1100));
  EXPECT_THAT(page.faults(), IsEmpty());
  page.show({.reconnects = "0"}, milliseconds(900));
  EXPECT_THAT(page.faults(), ElementsAre(HasSubstr("reconnect_count")));
}

TEST(PageChecker, TripsAreThoseOfTheRecord) {
  Page page;
  for (int i = 0; i < test_promises().breaker_failures_max; ++i) page.wire.fail();
  ASSERT_EQ(page.wire.link().trips, 1U);
  const Shown down{.trips = "0", .status = "\"disconnected\""};
  page.show(down);
  EXPECT_THAT(page.faults(), IsEmpty()) << "it has just happened";
  page.wire.pass(seconds(1));
  page.show(down);
  EXPECT_THAT(page.faults(), ElementsAre("circuit_breaker_trips is 0, must be 1"));
  page.show({.trips = "1", .status = "\"disconnected\""});
  EXPECT_THAT(page.faults(), IsEmpty());
  page.show({.trips = "2", .status = "\"disconnected\""});
  EXPECT_THAT(page.faults(), ElementsAre("circuit_breaker_trips is 2, must be 1"));
}

TEST(PageChecker, TheStatusIsThatOfTheLinks) {
  enum class Links { up, half, down };
  struct Case {
    Links links;
    std::string_view status;
    bool right;
  };
  for (const Case& c :
       {Case{Links::up, "\"connected\"", true}, Case{Links::up, "\"degraded\"", false},
        Case{Links::up, "\"disconnected\"", false},
        Case{Links::up, "null", true},  // no report from the engine
        Case{Links::half, "\"connected\"", false}, Case{Links::half, "\"degraded\"", true},
        Case{Links::half, "\"disconnected\"", false}, Case{Links::down, "\"connected\"", false},
        Case{Links::down, "\"degraded\"", false}, Case{Links::down, "\"disconnected\"", true}}) {
    Page page;
    page.wire.open(1);
    page.wire.open(2);
    page.wire.open(3);
    page.wire.ledger.on_retired(3, page.now());
    if (c.links != Links::up) page.wire.end(Wire::Reason::remote, 1);
    if (c.links == Links::down) page.wire.end(Wire::Reason::remote, 2);
    page.show({.status = std::string(c.status)});
    EXPECT_THAT(page.faults(), IsEmpty()) << "it has just happened";
    page.wire.pass(seconds(1));
    page.show({.status = std::string(c.status)});
    EXPECT_EQ(page.faults().empty(), c.right) << c.status << static_cast<int>(c.links);
  }
  Page closing;
  closing.wire.open();
  closing.wire.ledger.on_closing(1, closing.now());
  closing.wire.pass(seconds(5));
  closing.show({.status = "\"disconnected\""});
  EXPECT_THAT(closing.faults(), IsEmpty()) << "nothing is promised while it ends";
}

// Every link is open in all of these.
TEST(PageChecker, AStreamThatIsStaleOrRefusedDegrades) {
  const struct {
    std::string_view what;
    void (*happens)(Wire&);
    base::Duration later;
    std::string_view right, wrong;  // empty: whatever is shown
  } cases[] = {
      {"live", [](Wire&) {}, seconds(19), "connected", "degraded"},
      {"silent just now", [](Wire&) {}, milliseconds(20'990), "", ""},
      {"silent", [](Wire&) {}, seconds(21), "degraded", "connected"},
      {"live again", [](Wire& w) { w.pass(seconds(30)), w.trades(); }, milliseconds(990), "", ""},
      {"live for a second", [](Wire& w) { w.pass(seconds(30)), w.trades(); }, seconds(1),
       "connected", "degraded"},
      {"refused",
       [](Wire& w) { w.ask(R"("ticker")"), w.answer(SentKind::refused, WireChannel::ticker); },
       seconds(1), "degraded", "connected"},
      {"asked for, no answer yet", [](Wire& w) { w.ask(R"("ticker")"); }, seconds(2), "connected",
       "degraded"},
      {"silent and taken back",
       [](Wire& w) {
         w.pass(seconds(30));
         w.ask(R"("trade")", R"("BTC/USD")", 1, "unsubscribe");
       },
       seconds(1), "connected", "degraded"},
  };
  for (const auto& c : cases) {
    for (const std::string_view status : {"connected", "degraded", "disconnected"}) {
      Page page;
      page.wire.serve_trades();
      c.happens(page.wire);
      page.wire.pass(c.later);
      page.show({.status = "\"" + std::string(status) + "\""});
      const bool right = status == c.right || (c.right.empty() && status != "disconnected");
      EXPECT_EQ(page.faults().empty(), right) << c.what << ": " << status;
    }
  }
}

TEST(PageChecker, PricesAreThoseOfTheRecord) {
  const auto priced = [](std::string_view price) {
    return Shown{.pairs = R"({"BTC-USD":{"last_price":)" + std::string(price) + "}}"};
  };
  Page page;
  page.wire.open();
  page.wire.ask(R"("trade")");
  page.run(2, priced("null"));
  EXPECT_THAT(page.faults(), IsEmpty());
  page.show(priced("100.1"));
  EXPECT_THAT(page.faults(), ElementsAre("last price of BTC-USD is 100.1, must be null"));
  page.wire.trades(1);
  page.show(priced("null"));
  EXPECT_THAT(page.faults(), IsEmpty()) << "it has just begun";
  page.wire.pass(milliseconds(900));
  page.show(priced("7"));
  EXPECT_THAT(page.faults(), ElementsAre("last price of BTC-USD is 7, must be 100.1"));
  page.wire.pass(milliseconds(100));
  page.show(priced("100.1"));
  page.show(priced("1001e-1"));
  EXPECT_THAT(page.faults(), IsEmpty());
  page.show(priced("100.10001"));
  EXPECT_THAT(page.faults(), ElementsAre("last price of BTC-USD is 100.10001, must be 100.1"));
  page.show(priced("null"));
  EXPECT_THAT(page.faults(), ElementsAre("last price of BTC-USD is null, must be 100.1"));
  page.show({.pairs = R"({"BTC-USD":{}})"});
  EXPECT_THAT(page.faults(), ElementsAre("last price of BTC-USD is absent, must be 100.1"));
}

TEST(PageChecker, SilenceOfOneThatSawNothingIsNone) {
  Page page;
  for (int i = 0; i < 3; ++i) page.scrape(page.checker, "");
  page.rest(page.checker);
  EXPECT_THAT(page.faults(), ElementsAre("looked at nothing: no events in 3 scrapes",
                                         "looked at nothing: no states of links in 3 scrapes",
                                         "looked at nothing: no prices in 3 scrapes"));
}

// What threads show late is not what was so when it is read.
TEST(PageChecker, HasSlackForARecordOfOtherThreads) {
  for (const auto late : {milliseconds(1240), milliseconds(1250)}) {
    for (const bool stalled : {false, true}) {
      Trial trial;
      PageChecker checker(PageChecker::Record::of_other_threads);
      trial.wire.serve_trades();
      trial.wire.pass(late);
      if (stalled) trial.wire.ledger.on_stall(trial.now().mono, trial.now().mono);
      const std::string stamp = std::to_string(
          std::chrono::floor<milliseconds>(trial.now().wall.time_since_epoch()).count());
      const std::string text =
          Shown{.status = "\"disconnected\"", .pairs = R"({"BTC-USD":{"last_price":1}})"}.text(
              stamp);
      const PageEvent event{
          .id = "1", .event = "kraken_metrics", .data = text, .json = parse_json(text)};
      checker.on_event(
          {trial.wire.elapsed, trial.now(), event, trial.wire.ledger, milliseconds(250)},
          trial.report);
      for (int i = 0; i < 3; ++i) trial.scrape(checker, "");
      trial.rest(checker);
      const bool told = !trial.faults().empty();
      EXPECT_EQ(told, late == milliseconds(1250) && !stalled) << late.count() << stalled;
    }
  }
}

}  // namespace
}  // namespace tickwitness::sim
