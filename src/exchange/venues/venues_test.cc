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
  std::string_view path;
  std::size_t reference_data;
};

constexpr Way kWays[] = {
    {market::Venue::kraken, R"("method":"subscribe")", "/0/public/Trades?", BookSync::checksum, "/",
     1},
    {market::Venue::binance, R"("method":"SUBSCRIBE")", "/api/v3/historicalTrades?",
     BookSync::update_ids, "/stream", 0},
    {market::Venue::binance_us, R"("method":"SUBSCRIBE")", "/api/v3/historicalTrades?",
     BookSync::update_ids, "/stream", 0},
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
    EXPECT_EQ(stream_path(way.venue), way.path);
    EXPECT_EQ(reference_data(way.venue).size(), way.reference_data);
  }
}

// What one of two that speak alike refuses is never told of the other.
TEST(Venues, FailuresNameTheVenue) {
  for (const auto venue : {market::Venue::binance, market::Venue::binance_us}) {
    const auto answer = make_rest(venue)->read_time({.status = 451, .body = ""});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().problem, RestProblem::location);
    EXPECT_EQ(answer.error().detail.find("binance_us") != std::string::npos,
              venue == market::Venue::binance_us)
        << answer.error().detail;
    // The mirrors of market data are Binance's own.
    EXPECT_EQ(answer.error().detail.find("binance.vision") != std::string::npos,
              venue == market::Venue::binance)
        << answer.error().detail;
  }
}

}  // namespace
}  // namespace tickwitness::exchange::venues
