#include "store/sqlite/sqlite_store.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <memory>

#include "store/batch/history_contract_for_tests.h"
#include "store/batch/sink_contract_for_tests.h"
#include "store/batch/trade_reader_contract_for_tests.h"
#include "store/sqlite/decimal_text.h"
#include "store/sqlite/history.h"
#include "store/sqlite/rows_for_tests.h"
#include "store/sqlite/trade_reader.h"

namespace tickwitness::store::sqlite {
namespace {

class File final : public test::StoreUnderTest {
 public:
  Sink& sink() override { return store_; }
  std::unique_ptr<Sink> another() override {
    return std::make_unique<SqliteStore>(SqliteSettings{.path = path_});
  }
  std::vector<std::string> query(const std::string& sql) override {
    return test::query(path_, sql);
  }
  SinkResult<std::unique_ptr<store::TradeReader>> read(const TradeQuery& query) override {
    auto reader = TradeReader::open(path_, query);
    if (!reader) return std::unexpected(reader.error());
    return std::make_unique<TradeReader>(std::move(*reader));
  }
  SinkResult<pipeline::History> history(const pipeline::HistoryQuery& query) override {
    return readers_->with([&](Connection& connection) { return read_history(connection, query); });
  }
  std::vector<std::string> trades() override { return query(test::kAllTrades); }

 private:
  runtime::TemporaryDirectory directory_ = test::make_directory();
  std::string path_ = directory_.path() + "/store.db";
  SqliteStore store_{{.path = path_}};
  std::unique_ptr<Connections> readers_ = make_pool({.path = path_});
};

std::unique_ptr<test::StoreUnderTest> make_store() {
  return std::make_unique<File>();
}

using test::HistoryContract;
using test::SinkContract;
using test::TradeReaderContract;
INSTANTIATE_TEST_SUITE_P(Sqlite, HistoryContract, testing::Values(make_store));
INSTANTIATE_TEST_SUITE_P(Sqlite, SinkContract, testing::Values(make_store));
INSTANTIATE_TEST_SUITE_P(Sqlite, TradeReaderContract, testing::Values(make_store));

RC_GTEST_PROP(DecimalText, IsWhatTheDecimalIsWrittenAs, (std::int64_t mantissa)) {
  const int scale = *rc::gen::inRange(0, base::Decimal::kScaleMax + 1);
  const base::Decimal value(mantissa, scale);
  RC_ASSERT(DecimalText(value).view() == value.str());
}

TEST(DecimalText, OfTheLargest) {
  for (const auto mantissa : {std::numeric_limits<std::int64_t>::min(),
                              std::numeric_limits<std::int64_t>::max(), std::int64_t{0}}) {
    for (const int scale : {0, 1, 17, 18}) {
      const base::Decimal value(mantissa, scale);
      EXPECT_EQ(DecimalText(value).view(), value.str());
    }
  }
}

}  // namespace
}  // namespace tickwitness::store::sqlite
