#include "app/demo_stored.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/demo_binance_engine_for_tests.h"
#include "runtime/temporary_dir.h"
#include "store/sqlite/sqlite_store.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

// Half a minute of the simulated Binance, whose trades all reached somebody.
struct World {
  World() {
    executor.run_until(30s);
    for (const auto& made : network.exchange.trades(0)) ids.push_back(made.fill.id);
    delivered(ids.front());
    delivered(ids.back());
    sent.on_rest(0, ids);
  }
  void delivered(std::uint64_t id) {
    sim::Parcel parcel = sim::data_parcel(sim::WireChannel::trade, 0, 1, false);
    parcel.id[0] = id;
    sent.on_delivered(1, executor.now(), parcel, 100);
  }
  pipeline::Tick tick(std::uint64_t id) const {
    const sim::Fill& made = network.exchange.trade(0, id)->fill;
    const auto& pair = network.exchange.settings().pairs[0];
    return {
        .event = market::Trade{.symbol = *market::Symbol::parse(sent.symbols()[0]),
                               .id = id,
                               .taker_side = made.taker_side,
                               .price = base::Decimal(made.price, pair.price_precision),
                               .quantity = base::Decimal(made.quantity, pair.quantity_precision),
                               .exchange_time =
                                   std::chrono::floor<std::chrono::milliseconds>(made.time)},
        .venue = market::Venue::binance};
  }
  // What is wrong with a database of these.
  std::vector<std::string> judge(const std::vector<pipeline::Tick>& ticks) const {
    const auto directory = *runtime::TemporaryDirectory::make();
    const std::string path = directory.path() + "/market.sqlite";
    store::sqlite::SqliteStore database({.path = path});
    if (!database.open() || !database.store(ticks, {.spool = 1, .lsn = 1}))
      throw std::runtime_error("nothing can be stored");
    sim::Report report;
    const DemoVenue venue{
        .venue = market::Venue::binance, .exchange = network.exchange, .sent = sent};
    judge_stored(path, {venue}, *sim::Exposition::parse(scrape), report);
    return report.failed();
  }

  feed::test::HandExecutor executor;
  sim::Settings settings = [] {
    sim::Settings all = sim::binance_settings();
    all.pairs.resize(1);
    return all;
  }();
  BinanceNetwork network{executor, settings};
  sim::Ledger sent{settings, sim::Promises(), market::Venue::binance};
  std::vector<std::uint64_t> ids;
  std::string scrape;
};

TEST(DemoStored, EachTradeOnceAsItWasMade) {
  World world;
  ASSERT_GT(world.ids.size(), 20U);
  std::vector<pipeline::Tick> all;
  for (const auto id : world.ids) all.push_back(world.tick(id));
  EXPECT_THAT(world.judge(all), IsEmpty());

  auto fewer = all;
  fewer.erase(fewer.begin() + 5);
  EXPECT_THAT(world.judge(fewer), Contains(HasSubstr("trades ")));

  auto altered = all;
  auto& trade = std::get<market::Trade>(altered[5].event);
  trade.price = *trade.price.add(base::Decimal(1, 2));
  EXPECT_THAT(world.judge(altered), Contains(HasSubstr("altered ")));

  auto invented = all;
  invented.push_back(all.back());
  std::get<market::Trade>(invented.back().event).id += 1;
  EXPECT_EQ(world.judge(invented).size(), 2U);
}

TEST(DemoStored, WhatIsStillHeldBackIsNotDue) {
  World world;
  std::vector<pipeline::Tick> all;
  for (const auto id : world.ids) all.push_back(world.tick(id));
  all.resize(all.size() - 2);
  EXPECT_EQ(world.judge(all).size(), 1U);
  world.scrape =
      "# TYPE tickwitness_feed_trades_held "
      "gauge\ntickwitness_feed_trades_held{exchange=\"binance\",symbol=\"" +
      world.sent.symbols()[0] + "\"} 2\n";
  EXPECT_THAT(world.judge(all), IsEmpty());
}

TEST(DemoStored, ADatabaseThatIsNotThereIsSaid) {
  World world;
  sim::Report report;
  const DemoVenue venue{
      .venue = market::Venue::binance, .exchange = world.network.exchange, .sent = world.sent};
  judge_stored("/nowhere/market.sqlite", {venue}, *sim::Exposition::parse(""), report);
  EXPECT_FALSE(report.failed().empty());
}

}  // namespace
}  // namespace tickwitness::app
