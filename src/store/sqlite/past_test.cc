#include "store/sqlite/past.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "store/sqlite/rows_for_tests.h"
#include "store/sqlite/sqlite_store.h"

namespace tickwitness::store::sqlite {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;

TEST(Past, IsWhatTheRowsSay) {
  const auto directory = test::make_directory();
  const std::string path = directory.path() + "/market.sqlite";
  EXPECT_FALSE(read_past(path));
  {
    SqliteStore store({.path = path});
    ASSERT_TRUE(store.open());
    EXPECT_EQ(*read_past(path), std::nullopt);
    auto first = test::tick(test::trade(7));
    auto last = test::tick(test::trade(2));
    auto& trade = std::get<market::Trade>(last.event);
    trade.symbol = test::symbol("ETH-USD");
    trade.exchange_time = test::kNow + std::chrono::hours(30);
    last.venue = market::Venue::binance;
    ASSERT_TRUE(store.store(std::vector{first, last}, {1, 1}));
  }
  const auto past = read_past(path);
  ASSERT_TRUE(past && *past);
  EXPECT_EQ((*past)->bytes, std::filesystem::file_size(path));
  EXPECT_EQ((*past)->first, test::kNow + std::chrono::milliseconds(7));
  EXPECT_EQ((*past)->last, test::kNow + std::chrono::hours(30));
  EXPECT_THAT((*past)->markets,
              UnorderedElementsAre(Pair(market::Venue::kraken, test::symbol("BTC-USD")),
                                   Pair(market::Venue::binance, test::symbol("ETH-USD"))));
}

}  // namespace
}  // namespace tickwitness::store::sqlite
