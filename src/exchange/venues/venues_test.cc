#include "exchange/venues/venues.h"

#include <gtest/gtest.h>

#include "market/venue.h"

namespace tickwitness::exchange::venues {
namespace {

market::Symbol symbol(std::string_view text) {
  return *market::Symbol::parse(text);
}

struct Way {
  market::Venue venue;
  std::string_view subscribes;  // a part of what it sends for the trades of BTC-USD
  std::string_view asks;        // its REST interface, for that market's past trades
  BookSync sync;
};

constexpr Way kWays[] = {
    {market::Venue::kraken, R"("method":"subscribe")", "/0/public/Trades?", BookSync::checksum},
    {market::Venue::binance, R"("method":"SUBSCRIBE")", "/api/v3/historicalTrades?",
     BookSync::update_ids},
};

TEST(Venues, EachSpeaksItsOwnWay) {
  static_assert(std::size(kWays) == market::kVenues);
  for (const auto& way : kWays) {
    const auto protocol = make_protocol(way.venue, 25);
    const auto rest = make_rest(way.venue);
    ASSERT_TRUE(protocol && rest) << to_string(way.venue);
    const Subscription trades{.channel = Channel::trade, .symbol = symbol("BTC-USD")};
    const auto requests = protocol->subscribe(std::span(&trades, 1), 1);
    ASSERT_EQ(requests.size(), 1U) << to_string(way.venue);
    EXPECT_NE(requests.front().text.find(way.subscribes), std::string::npos)
        << to_string(way.venue);
    EXPECT_EQ(protocol->book_sync(), way.sync) << to_string(way.venue);
    EXPECT_EQ(protocol->book_depth(), 25U) << to_string(way.venue);
    EXPECT_EQ(rest->venue(), way.venue);
    EXPECT_TRUE(rest->request_trades(symbol("BTC-USD"), {}).target.starts_with(way.asks))
        << to_string(way.venue);
  }
}

}  // namespace
}  // namespace tickwitness::exchange::venues
