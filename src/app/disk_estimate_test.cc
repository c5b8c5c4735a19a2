#include "app/disk_estimate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "runtime/temporary_dir.h"
#include "runtime/test_executor.h"
#include "store/sqlite/sqlite_store.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::app {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr base::WallTime kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

class DiskEstimateTest : public testing::Test {
 protected:
  DiskEstimateTest() {
    settings_.data_directory = directory_.path();
    VenueSettings kraken{.feed = {.venue = market::Venue::kraken}};
    for (const char* symbol : {"BTC-USD", "ETH-USD"}) {
      for (const auto channel : {exchange::Channel::trade, exchange::Channel::spread})
        kraken.feed.subscriptions.push_back(
            {.channel = channel, .symbol = *market::Symbol::parse(symbol)});
    }
    engine_.feeds.push_back(kraken);
  }
  void store_trades(base::Duration apart) {
    store::sqlite::SqliteStore store({.path = directory_.path() + "/market.sqlite"});
    ASSERT_TRUE(store.open());
    std::vector<pipeline::Tick> ticks;
    for (const int i : {1, 2}) {
      ticks.push_back({.event = market::Trade{.symbol = *market::Symbol::parse("BTC-USD"),
                                              .id = static_cast<std::uint64_t>(i),
                                              .price = base::Decimal(1, 0),
                                              .quantity = base::Decimal(1, 0),
                                              .exchange_time = kNow + i * apart}});
    }
    ASSERT_TRUE(store.store(ticks, {1, 1}));
  }
  void record(const std::string& name, std::size_t bytes) {
    fs::create_directories(directory_.path() + "/recordings");
    std::ofstream(directory_.path() + "/recordings/" + name) << std::string(bytes, 'x');
  }

  runtime::TemporaryDirectory directory_ = std::move(*runtime::TemporaryDirectory::make());
  config::Settings settings_;
  EngineSettings engine_;
};

TEST_F(DiskEstimateTest, WithoutAPastNothingIsSaid) {
  const auto estimate = estimate_disk(settings_, engine_);
  EXPECT_FALSE(estimate.database || estimate.recordings);
  EXPECT_EQ(estimate.markets, 2U);
  EXPECT_EQ(describe(estimate), "Disk: database not known yet, recordings not known yet.");
  store_trades(5min);
  record("000000000001-20260301T000000Z.twrec", 1000);
  EXPECT_FALSE(estimate_disk(settings_, engine_).database);
  EXPECT_FALSE(estimate_disk(settings_, engine_).recordings);
}

TEST_F(DiskEstimateTest, IsWhatThePastTook) {
  store_trades(48h);
  record("000000000001-20260301T000000Z.twrec", 3000);
  record("000000000002-20260301T060000Z.twrec", 1000);
  record("000000000003-20260301T120000Z.twrec.part", 777);
  record("notes.txt", 5000);
  const auto estimate = estimate_disk(settings_, engine_);
  ASSERT_TRUE(estimate.database && estimate.recordings);
  EXPECT_EQ(estimate.database->bytes, fs::file_size(directory_.path() + "/market.sqlite"));
  EXPECT_EQ(estimate.database->span, base::Duration(48h));
  EXPECT_EQ(estimate.recordings->bytes, 4000U);
  EXPECT_DOUBLE_EQ(estimate.recordings->gb_per_day(), 8000 / 1e9);
  EXPECT_EQ(estimate.markets_without_past, 1U);
  EXPECT_THAT(describe(estimate), HasSubstr("as in the 2 days of its past"));
  EXPECT_THAT(describe(estimate), HasSubstr("1 of 2 markets have no past in it."));
  settings_.store.enabled = settings_.recorder.enabled = false;
  const auto off = estimate_disk(settings_, engine_);
  EXPECT_FALSE(off.database || off.recordings);
}

TEST(DiskMeasurementTest, TellsOnceWhatTheFirstMinutesTook) {
  runtime::test::HandExecutor executor;
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  std::string logged;
  runtime::Log log(executor.clock(), base::LogFormat::logfmt, {},
                   [&](std::string_view line) { logged += line; });
  const DiskMeasurement measurement(executor, registry, log);
  metrics.store_disk_bytes.at().set(5'000'000);
  executor.run_until(2min);
  EXPECT_EQ(logged, "");
  metrics.store_disk_bytes.at().set(15'000'000);
  executor.run_until(1h);
  // 10 MB in ten minutes; recordings were not measured, and nothing is said of them.
  EXPECT_THAT(logged, HasSubstr("of=database gb=1.44"));
  EXPECT_THAT(logged, HasSubstr("seconds=600"));
  EXPECT_THAT(logged, testing::Not(HasSubstr("recordings")));
  EXPECT_TRUE(executor.idle());
}

}  // namespace
}  // namespace tickwitness::app
