#include "sim/checkers/once.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/checkers/shown_for_tests.h"
#include "sim/exchange/kraken.h"

namespace tickwitness::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Settings settings() {
  Settings all;
  all.keep_fills = true;
  all.trades_kept_max = 5;  // what was made before these must be known all the same
  all.history = std::chrono::minutes(5);
  return all;
}

// Of BTC-USD the exchange's first eight trades were delivered, accepted and stored.
struct Stored {
  static constexpr std::uint64_t kTrades = 8;
  Wire wire;
  Kraken exchange{settings(), wire.now()};
  Database database{base::Prng(1), [](base::Duration) {}};
  MarketKey market{market::Venue::kraken, *market::Symbol::parse("BTC-USD")};
  std::uint64_t first = exchange.trades(0).back().fill.id - exchange.trades(0).size() -
                        exchange.trades_forgotten(0) + 1;

  Stored() {
    wire.next_id[0] = first - 1;
    wire.open();
    wire.ask(R"("trade")");
    wire.answer(SentKind::subscribed);
    wire.trades(kTrades, true);
  }
  TradeRow row(std::uint64_t id) const {
    const Fill& made = *exchange.fill(0, id);
    const auto& pair = exchange.settings().pairs[0];
    return {.id = id,
            .taker_side = made.taker_side,
            .price = base::Decimal(made.price, pair.price_precision),
            .quantity = base::Decimal(made.quantity, pair.quantity_precision),
            .exchange_time = std::chrono::floor<std::chrono::microseconds>(made.time)};
  }
  std::vector<TradeRow> rows() const {
    std::vector<TradeRow> all;
    for (std::uint64_t i = 0; i < kTrades; ++i) all.push_back(row(first + i));
    return all;
  }
  void store(const std::vector<TradeRow>& rows) {
    ASSERT_TRUE(database.connect());
    ASSERT_TRUE(database.begin());
    for (const auto& row : rows) ASSERT_TRUE(database.add_trade(market, row));
    ASSERT_TRUE(database.commit({7, 1}));
  }
  Shown shown(double accepted = kTrades) const {
    Shown all(wire);
    all.series["tickwitness_spool_ticks_total"] = accepted;
    all.series["tickwitness_spool_ticks_lost_total"] = 0;
    all.series["tickwitness_store_ticks_total{result=conflict}"] = 0;
    all.series["tickwitness_store_ticks_total{result=refused}"] = 0;
    all.series["tickwitness_spool_disk_bytes"] = 1 << 21;
    all.series["tickwitness_store_lag_seconds"] = 0;
    all.series["tickwitness_store_connected"] = 1;
    return all;
  }
};

struct Verdict {
  std::vector<std::string> wrong, said;
};

Verdict judge(const Stored& world, const Shown& shown, bool exact = true) {
  Once checker(world.database, world.exchange, market::Venue::kraken, exact);
  Watch watch(checker, world.wire);
  watch.at(shown, [&](const Observation& seen) { checker.settle(seen, watch.report); });
  watch.rest(shown);
  return {watch.wrong(), watch.said()};
}

TEST(Once, TheTruthIsSilent) {
  Stored world;
  world.store(world.rows());
  const auto verdict = judge(world, world.shown());
  EXPECT_THAT(verdict.wrong, IsEmpty());
  EXPECT_THAT(verdict.said, IsEmpty());
}

TEST(Once, EachWrongIsNamed) {
  using Rows = std::vector<TradeRow>;
  const struct {
    std::string what;
    std::function<void(Rows&)> change;
    std::string wrong, said;
  } cases[] = {
      {"one is gone", [](Rows& rows) { rows.erase(rows.begin() + 3); }, "BTC-USD known and stored",
       ""},
      {"the last is gone", [](Rows& rows) { rows.pop_back(); }, "BTC-USD known and stored", ""},
      {"another price", [](Rows& rows) { rows[2].price = base::Decimal(1, 1); }, "BTC-USD altered",
       "made another"},
      {"another quantity", [](Rows& rows) { rows[2].quantity = base::Decimal(1, 8); },
       "BTC-USD altered", "made another"},
      {"another side",
       [](Rows& rows) {
         const bool bought = rows[2].taker_side == market::Side::buy;
         rows[2].taker_side = bought ? market::Side::sell : market::Side::buy;
       },
       "BTC-USD altered", "made another"},
      {"another time", [](Rows& rows) { rows[2].exchange_time -= std::chrono::milliseconds(1); },
       "BTC-USD altered", "made another"},
      {"one that was never made",
       [](Rows& rows) {
         rows.push_back(rows.back());
         rows.back().id += 1'000'000;
       },
       "BTC-USD altered", "none with this id"},
  };
  for (const auto& [what, change, wrong, said] : cases) {
    Stored world;
    auto rows = world.rows();
    change(rows);
    world.store(rows);
    const auto verdict = judge(world, world.shown(static_cast<double>(rows.size())));
    EXPECT_THAT(verdict.wrong, Contains(wrong)) << what;
    if (said.empty()) {
      EXPECT_THAT(verdict.said, IsEmpty()) << what;
    } else {
      EXPECT_THAT(verdict.said, ElementsAre(HasSubstr(said))) << what;
    }
  }
}

TEST(Once, WhatWasAcceptedMustBeStored) {
  Stored world;
  world.store(world.rows());
  EXPECT_THAT(judge(world, world.shown(9)).wrong,
              ElementsAre("accepted, of all lives", "accepted and not stored"));
  // A record whose sync has failed may survive all the same.
  EXPECT_THAT(judge(world, world.shown(7)).wrong, ElementsAre("accepted, of all lives"));
  EXPECT_THAT(judge(world, world.shown(7), false).wrong, IsEmpty());
}

TEST(Once, WhatWasAcceptedInAnEarlierLifeCounts) {
  Stored world;
  world.store(world.rows());
  Once checker(world.database, world.exchange, market::Venue::kraken, true);
  Watch watch(checker, world.wire);
  const auto settle = [&](double accepted) {
    watch.at(world.shown(accepted),
             [&](const Observation& seen) { checker.settle(seen, watch.report); });
  };
  watch.scrape(world.shown(4));
  watch.at(world.shown(6), [&](const Observation& seen) { checker.on_death(seen, watch.report); });
  checker.on_restart();
  Shown blind = world.shown(0);  // the spool cannot be read yet
  blind.series.erase("tickwitness_spool_disk_bytes");
  watch.scrape(blind);
  watch.scrape(world.shown(6));
  settle(8);
  watch.rest(world.shown(8));
  watch.rest(world.shown(9));  // of which one came since
  EXPECT_THAT(watch.wrong(), IsEmpty());
  EXPECT_THAT(watch.said(), IsEmpty());
  settle(9);
  watch.rest(world.shown(9));
  EXPECT_THAT(watch.wrong(), ElementsAre("accepted, of all lives", "accepted and not stored"));
  checker.on_restart();
  watch.scrape(world.shown(7));
  EXPECT_THAT(watch.said(), ElementsAre("9 ticks were accepted, and now only 7"));
}

// The first five were of an earlier life, which lacked the third and said so.
TEST(Once, AllFromTheFirstThatIsStoredOnMustBeThereButWhatIsKnownToBeMissing) {
  const auto wrong = [](std::size_t absent) {
    Stored world;
    Ledger ledger{Settings{}, test_promises()};
    const std::uint64_t first = world.first;
    ledger.on_known(0, first + 4, {{.from = first + 2, .to = first + 2}});
    auto rows = world.rows();
    rows.erase(rows.begin() + 2);
    if (absent != 2) std::erase_if(rows, [&](const auto& row) { return row.id == first + absent; });
    world.store(rows);
    Once checker(world.database, world.exchange, market::Venue::kraken, false);
    const auto scrape = Exposition::parse(world.shown(5).text());
    const Observation seen{.at = {}, .now = world.wire.now(), .scrape = *scrape, .ledger = ledger};
    Report report;
    checker.settle(seen, report);
    checker.at_rest(seen, report);
    return report.failed();
  };
  EXPECT_THAT(wrong(2), IsEmpty());
  EXPECT_THAT(wrong(3), ElementsAre("once.BTC-USD known and stored"));
  EXPECT_THAT(wrong(1), ElementsAre("once.BTC-USD known and stored"));
}

TEST(Once, WhatLiesBeforeThisLifeIsThereToo) {
  const auto wrong = [](bool blind) {
    Stored world;
    Ledger ledger{Settings{}, test_promises()};
    ledger.on_known(0, world.first + 6, {});
    auto rows = world.rows();
    rows.erase(rows.begin() + 2);
    world.store(rows);
    Once checker(world.database, world.exchange, market::Venue::kraken, false);
    if (blind) checker.on_blind_start();
    const auto scrape = Exposition::parse(world.shown(5).text());
    const Observation seen{.at = {}, .now = world.wire.now(), .scrape = *scrape, .ledger = ledger};
    Report report;
    checker.settle(seen, report);
    checker.at_rest(seen, report);
    return report.failed();
  };
  EXPECT_THAT(wrong(false), ElementsAre("once.BTC-USD stored before"));
  EXPECT_THAT(wrong(true), IsEmpty()) << "who knows of no earlier life can fill nothing";
}

TEST(Once, WhatTheProductShowsOfItIsJudged) {
  const std::pair<std::string, double> lies[] = {
      {"tickwitness_spool_ticks_lost_total", 1},
      {"tickwitness_store_ticks_total{result=conflict}", 1},
      {"tickwitness_store_ticks_total{result=refused}", 1},
      {"tickwitness_store_lag_seconds", 9},
  };
  for (const auto& [series, value] : lies) {
    Stored world;
    world.store(world.rows());
    Shown shown = world.shown();
    shown.series[series] = value;
    EXPECT_EQ(judge(world, shown).wrong.size(), 1U) << series;
  }
  for (const auto* absent : {"tickwitness_spool_disk_bytes", "tickwitness_store_lag_seconds"}) {
    Stored world;
    world.store(world.rows());
    Shown shown = world.shown();
    shown.series.erase(absent);
    EXPECT_THAT(judge(world, shown).said, Contains(std::string(absent) + " is not shown"));
  }
}

TEST(Once, IsCaughtUpWhenNothingOldWaits) {
  Stored world;
  Once checker(world.database, world.exchange, market::Venue::kraken, true);
  Watch watch(checker, world.wire);
  const auto caught_up = [&](const Shown& shown) {
    bool yes = false;
    watch.at(shown, [&](const Observation& seen) { yes = checker.caught_up(seen); });
    return yes;
  };
  EXPECT_TRUE(caught_up(world.shown()));
  Shown away = world.shown();
  away.series["tickwitness_store_connected"] = 0;
  EXPECT_FALSE(caught_up(away));
  Shown behind = world.shown();
  behind.series["tickwitness_store_lag_seconds"] = 60;
  EXPECT_FALSE(caught_up(behind));
  behind.series.erase("tickwitness_store_lag_seconds");
  EXPECT_FALSE(caught_up(behind)) << "nobody knows where the database stands";
}

TEST(Once, SilenceOfOneThatSawNothingIsNone) {
  const Stored world;
  Once checker(world.database, world.exchange, market::Venue::kraken, true);
  Watch watch(checker, world.wire);
  for (int i = 0; i < 3; ++i) watch.scrape(world.shown(0));
  watch.rest(world.shown(0));
  EXPECT_THAT(watch.said(), ElementsAre("looked at nothing: no rows in 3 scrapes"));
}

}  // namespace
}  // namespace tickwitness::sim
