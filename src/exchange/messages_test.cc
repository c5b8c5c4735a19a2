#include "exchange/messages.h"

#include <gtest/gtest.h>

#include <set>

namespace tickwitness::exchange {
namespace {

template <class Enum>
void expect_distinct_names(Enum last) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(last); ++i) names.insert(to_string(static_cast<Enum>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(last) + 1);
  EXPECT_EQ(names.count("?"), 0u);
}

TEST(Messages, EveryWordHasAName) {
  expect_distinct_names(Channel::agg_trade);
  expect_distinct_names(VenueStatus::unknown);
  expect_distinct_names(FrameKind::malformed);
  expect_distinct_names(Malformed::bad_symbol);
}

TEST(Messages, StatesOfTheVenueAreReadByTheirNames) {
  for (int i = 0; i <= static_cast<int>(VenueStatus::unknown); ++i) {
    const auto status = static_cast<VenueStatus>(i);
    EXPECT_EQ(parse_venue_status(to_string(status)), status);
  }
  EXPECT_EQ(parse_venue_status("Online"), VenueStatus::unknown);
}

TEST(Messages, ClearForgetsEverythingButKeepsTheMemory) {
  Frame frame;
  frame.kind = FrameKind::trades;
  frame.malformed = Malformed::json;
  frame.snapshot = true;
  frame.trades.resize(50);
  frame.quotes.resize(3);
  frame.candles.resize(3);
  frame.instruments.resize(3);
  frame.skipped = 1;
  frame.request_id = 1;
  frame.subscription.emplace();
  frame.symbol.emplace();
  frame.whole_request = true;
  frame.venue_status = VenueStatus::online;
  frame.connection_id = 1;
  frame.time_in.emplace();
  frame.time_out.emplace();
  frame.detail = "text";
  frame.clear();
  EXPECT_EQ(frame.kind, FrameKind::malformed);
  EXPECT_EQ(frame.malformed, Malformed::none);
  EXPECT_FALSE(frame.snapshot);
  EXPECT_TRUE(frame.trades.empty() && frame.quotes.empty() && frame.candles.empty() &&
              frame.instruments.empty());
  EXPECT_GE(frame.trades.capacity(), 50u);
  EXPECT_EQ(frame.skipped, 0u);
  EXPECT_FALSE(frame.request_id || frame.subscription || frame.symbol || frame.connection_id ||
               frame.time_in || frame.time_out || frame.whole_request);
  EXPECT_EQ(frame.venue_status, VenueStatus::unknown);
  EXPECT_TRUE(frame.detail.empty());
}

}  // namespace
}  // namespace tickwitness::exchange
