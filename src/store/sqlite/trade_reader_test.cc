#include "store/sqlite/trade_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sqlite/rows_for_tests.h"

namespace tickwitness::store::sqlite {
namespace {

using testing::HasSubstr;

TEST(SqliteTradeReader, SaysThatThereIsNoFile) {
  const auto directory = test::make_directory();
  const auto missing = TradeReader::open(directory.path() + "/none.db", {});
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("none.db: cannot be opened"));
}

}  // namespace
}  // namespace tickwitness::store::sqlite
