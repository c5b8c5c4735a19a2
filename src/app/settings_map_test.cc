#include "app/settings_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/exchanges.h"

namespace tickwitness::app {
namespace {

using market::Venue;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Venue> venues_of(const EngineSettings& engine) {
  std::vector<Venue> venues;
  for (const auto& one : engine.feeds) venues.push_back(one.feed.venue);
  return venues;
}

std::size_t reference_data(const VenueSettings& venue) {
  return static_cast<std::size_t>(std::ranges::count(
      venue.feed.subscriptions, exchange::Channel::instrument, &exchange::Subscription::channel));
}

TEST(SettingsMap, OnlyWhatIsEnabledIsFollowed) {
  config::Settings settings;
  EXPECT_THAT(venues_of(*engine_settings(settings, 1)), ElementsAre(Venue::kraken));
  settings.binance_us.enabled = true;
  EXPECT_THAT(venues_of(*engine_settings(settings, 1)),
              ElementsAre(Venue::kraken, Venue::binance_us));
  settings.kraken.enabled = false;
  settings.binance.enabled = true;
  EXPECT_THAT(venues_of(*engine_settings(settings, 1)),
              ElementsAre(Venue::binance, Venue::binance_us));
}

// Whoever can be configured can be followed.
TEST(SettingsMap, EveryExchangeIsAVenue) {
  config::Settings settings;
  for (const auto& kind : config::exchange_kinds()) kind.at(settings).enabled = true;
  const auto engine = engine_settings(settings, 7);
  ASSERT_TRUE(engine) << engine.error().message;
  ASSERT_EQ(engine->feeds.size(), market::kVenues);
  for (std::size_t i = 0; i < market::kVenues; ++i) {
    EXPECT_EQ(to_string(engine->feeds[i].feed.venue), config::exchange_kinds()[i].key);
    EXPECT_TRUE(engine->feeds[i].feed.trades.backfill);
    EXPECT_EQ(reference_data(engine->feeds[i]), i == 0 ? 1U : 0U);  // Kraken streams its list
  }
  EXPECT_EQ(engine->feeds[0].feed.max_age, std::nullopt);
  EXPECT_LT(*engine->feeds[1].feed.max_age, std::chrono::hours(24));  // then it is ended
  EXPECT_EQ(engine->feeds[0].feed.seed, 7U);
  EXPECT_NE(engine->feeds[1].feed.seed, engine->feeds[2].feed.seed);
  EXPECT_EQ(engine->feeds[1].feed.endpoint.host, "stream.binance.com");
  EXPECT_EQ(engine->feeds[1].feed.endpoint.port, 9443);
  EXPECT_EQ(engine->feeds[2].feed.endpoint.host, "stream.binance.us");
  EXPECT_EQ(engine->feeds[2].feed.rest->host, "api.binance.us");
}

TEST(SettingsMap, APathThatIsLeftOutIsTheVenues) {
  const std::pair<std::string, std::string> cases[] = {
      {"wss://data-stream.binance.vision", "/stream"},
      {"wss://data-stream.binance.vision/", "/stream"},
      {"wss://mirror.example/binance/stream", "/binance/stream"},
  };
  for (const auto& [url, path] : cases) {
    config::Settings settings;
    settings.kraken.url = "wss://kraken.example";
    settings.binance.enabled = true;
    settings.binance.url = url;
    const auto engine = engine_settings(settings, 1);
    ASSERT_TRUE(engine) << url;
    EXPECT_EQ(engine->feeds[0].feed.endpoint.path, "/");
    EXPECT_EQ(engine->feeds[1].feed.endpoint.path, path) << url;
  }
}

TEST(SettingsMap, WhatAVenueCannotBeAskedForIsSaidWithItsName) {
  config::Settings settings;
  settings.binance.enabled = true;
  settings.binance.rest_url = "nonsense";
  const auto engine = engine_settings(settings, 1);
  ASSERT_FALSE(engine);
  EXPECT_TRUE(engine.error().message.starts_with("exchanges.binance.rest_url: "));
  settings.binance.rest_url = "";
  const auto without = engine_settings(settings, 1);
  ASSERT_TRUE(without);
  EXPECT_FALSE(without->feeds[1].feed.rest || without->feeds[1].feed.trades.backfill);
}

TEST(SettingsMap, EachStreamIsASubscriptionOfItsChannel) {
  using config::Stream;
  using exchange::Channel;
  config::Settings settings;
  settings.kraken.enabled = false;
  settings.binance.enabled = true;
  settings.binance.streams = {{Stream::trade, {"A-B"}, {}},
                              {Stream::spread, {"A-B"}, {}},
                              {Stream::ohlc, {"A-B"}, {3, 5}},
                              {Stream::book, {"A-B"}, {}},
                              {Stream::agg_trade, {"C-D"}, {}}};
  const auto engine = engine_settings(settings, 1);
  ASSERT_TRUE(engine);
  std::vector<std::pair<Channel, std::uint32_t>> channels;
  for (const auto& one : engine->feeds[0].feed.subscriptions) {
    channels.emplace_back(one.channel, one.interval_minutes);
  }
  EXPECT_THAT(channels,
              ElementsAre(std::pair(Channel::trade, 0U), std::pair(Channel::spread, 0U),
                          std::pair(Channel::ohlc, 3U), std::pair(Channel::ohlc, 5U),
                          std::pair(Channel::book, 0U), std::pair(Channel::agg_trade, 0U)));
}

}  // namespace
}  // namespace tickwitness::app
