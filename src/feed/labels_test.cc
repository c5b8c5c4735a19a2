#include "feed/labels.h"

#include <gtest/gtest.h>

#include "feed/status.h"

namespace tickwitness::feed {
namespace {

// Every value from `first` to `last` is cast to the label that is written the same, and the label
// has no further word: a value added on one side only fails here.
template <class Value>
void same_words(Value first, Value last) {
  using Label = decltype(label_of(first));
  const auto words = telemetry::LabelWords<Label>::words();
  const int count = static_cast<int>(last) - static_cast<int>(first) + 1;
  EXPECT_EQ(words.size(), static_cast<std::size_t>(count));
  for (int i = static_cast<int>(first); i <= static_cast<int>(last); ++i) {
    const auto value = static_cast<Value>(i);
    EXPECT_EQ(telemetry::label_text(label_of(value)), to_string(value)) << i;
  }
}

TEST(Labels, TheWordsOfTheCatalogueAreTheWordsOfTheRooms) {
  same_words(market::Venue::kraken, market::Venue::binance_us);
  same_words(exchange::FrameKind::status, exchange::FrameKind::malformed);
  same_words(exchange::Malformed::json, exchange::Malformed::bad_symbol);
  same_words(runtime::CloseReason::local, runtime::CloseReason::protocol);
  same_words(SubscriptionState::pending, SubscriptionState::refused);
  same_words(BookState::waiting, BookState::quarantined);
  same_words(Verdict::active, Verdict::unknown);
  same_words(HealResult::healed, HealResult::lost);
  same_words(BreakerState::closed, BreakerState::half_open);
  same_words(exchange::RestEndpoint::trades, exchange::RestEndpoint::instruments);
  same_words(exchange::VenueStatus::online, exchange::VenueStatus::unknown);
}

// The intake picks these labels by name.
TEST(Labels, ChannelsAreTheCataloguesChannels) {
  const auto words = telemetry::LabelWords<telemetry::label::Channel>::words();
  for (std::size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(words[i], to_string(static_cast<exchange::Channel>(i)));
  }
  EXPECT_EQ(words.size(), static_cast<std::size_t>(exchange::Channel::agg_trade) + 1);
}

}  // namespace
}  // namespace tickwitness::feed
