#include "config/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickwitness::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Diff, OfTheSameIsEmpty) {
  const Diff d = diff(Settings{}, Settings{});
  EXPECT_TRUE(d.empty());
  EXPECT_FALSE(d.needs_restart());
  EXPECT_EQ(d.str(), "nothing changed\n");
  EXPECT_EQ(d.effective, Settings{});
}

TEST(Diff, AddingAPairSubscribesThatPairOnly) {
  Settings wanted;
  wanted.kraken.streams[0].pairs.push_back("SOL-USD");
  wanted.kraken.streams[2].pairs = {"BTC-USD", "SOL-USD"};
  wanted.kraken.streams[2].intervals = {1, 5, 15};
  const Diff d = diff(Settings{}, wanted);
  const auto at_kraken = [](Stream stream, std::string pair, std::uint32_t minutes) {
    return FollowChange{"kraken", {stream, std::move(pair), minutes}};
  };
  EXPECT_THAT(
      d.subscribe,
      ElementsAre(at_kraken(Stream::trade, "SOL-USD", 0), at_kraken(Stream::ohlc, "SOL-USD", 1),
                  at_kraken(Stream::ohlc, "SOL-USD", 5), at_kraken(Stream::ohlc, "SOL-USD", 15)));
  EXPECT_THAT(
      d.unsubscribe,
      ElementsAre(at_kraken(Stream::ohlc, "BTC-USD", 60), at_kraken(Stream::ohlc, "ETH-USD", 1),
                  at_kraken(Stream::ohlc, "ETH-USD", 5), at_kraken(Stream::ohlc, "ETH-USD", 15),
                  at_kraken(Stream::ohlc, "ETH-USD", 60)));
  EXPECT_FALSE(d.needs_restart());
  EXPECT_EQ(d.effective, wanted);
}

TEST(Diff, AnotherOrderOfPairsSubscribesNothing) {
  Settings wanted;
  wanted.kraken.streams[0].pairs = {"ETH-USD", "BTC-USD"};
  const Diff d = diff(Settings{}, wanted);
  EXPECT_EQ(d.changes.size(), 1U);
  EXPECT_THAT(d.subscribe, IsEmpty());
  EXPECT_THAT(d.unsubscribe, IsEmpty());
}

TEST(Diff, AnExchangeThatIsNotFollowedSubscribesNothing) {
  Settings running, wanted;
  wanted.binance.streams[0].pairs = {"BTC-USDT"};
  EXPECT_THAT(diff(running, wanted).unsubscribe, IsEmpty());
  wanted.binance.enabled = true;  // waits for a restart
  EXPECT_THAT(diff(running, wanted).unsubscribe, IsEmpty());
  running.binance.enabled = true;
  const Diff d = diff(running, wanted);
  EXPECT_THAT(d.unsubscribe, ElementsAre(FollowChange{"binance", {Stream::trade, "ETH-USDT", 0}}));
  EXPECT_TRUE(d.str().ends_with("\nunsubscribe binance trade ETH-USDT\n")) << d.str();
  EXPECT_EQ(d.effective, wanted);
}

TEST(Diff, WhatNeedsARestartStaysAsItRuns) {
  Settings wanted;
  wanted.listen = {{"127.0.0.1", 9090}};
  wanted.data_directory = "/elsewhere";
  wanted.kraken.stale_after.trade = std::chrono::milliseconds(1500);
  wanted.log.levels.rooms["feed"] = base::LogLevel::debug;
  const Diff d = diff(Settings{}, wanted);
  EXPECT_TRUE(d.needs_restart());
  EXPECT_EQ(d.effective.listen, Settings{}.listen);
  EXPECT_EQ(d.effective.data_directory, Settings{}.data_directory);
  EXPECT_EQ(d.effective.kraken.stale_after.trade, std::chrono::milliseconds(1500));
  EXPECT_EQ(d.effective.log.levels, wanted.log.levels);
  EXPECT_EQ(d.str(),
            "listen: [\"127.0.0.1:8000\"] → [\"127.0.0.1:9090\"] (waits for a restart)\n"
            "data_directory: \"../data\" → \"/elsewhere\" (waits for a restart)\n"
            "exchanges.kraken.stale_after_seconds.trade: 120 → 1.5\n"
            "log.levels: {} → {feed: debug}\n");
}

TEST(Diff, SeesThatASecretChangedAndDoesNotTellIt) {
  Settings before, after;
  before.auth_token = base::Secret("hunter2-hunter2-a");
  after.auth_token = base::Secret("hunter2-hunter2-b");
  EXPECT_EQ(diff(before, after).str(),
            "auth.token: \"[redacted]\" → \"[redacted]\" (waits for a restart)\n");
}

}  // namespace
}  // namespace tickwitness::config
