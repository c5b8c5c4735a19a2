#include "exchange/binance/session.h"

#include <gtest/gtest.h>

#include "exchange/binance/wire.h"

namespace tickwitness::exchange::binance {
namespace {

market::Symbol symbol(std::string_view text) {
  return *market::Symbol::parse(text);
}

const Subscription kTrade{Channel::trade, symbol("BTC-USDT")};
const Subscription kAggregate{Channel::agg_trade, symbol("BTC-USDT")};
const Subscription kSpread{Channel::spread, symbol("ETH-BTC")};
const Subscription kBook{Channel::book, symbol("BTC-USDT")};
const Subscription kInstrument{Channel::instrument, {}};

Subscription ohlc(std::uint32_t minutes) {
  return {Channel::ohlc, symbol("BTC-USDT"), minutes};
}

TEST(BinanceSession, AsksForStreamsAllAtOnce) {
  BinanceSpot binance;
  const std::vector<Subscription> wanted{kTrade,   kInstrument, kAggregate, kSpread, ohlc(1),
                                         ohlc(90), kTrade,      ohlc(1440), kBook};
  const auto requests = binance.subscribe(wanted, 17);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].text,
            R"({"method":"SUBSCRIBE","params":["btcusdt@trade","btcusdt@aggTrade",)"
            R"("ethbtc@bookTicker","btcusdt@kline_1m","btcusdt@kline_1d","btcusdt@depth@100ms"],)"
            R"("id":17})");
  EXPECT_EQ(requests[0].id, 17u);
  EXPECT_EQ(requests[0].subscriptions,
            (std::vector{kTrade, kAggregate, kSpread, ohlc(1), ohlc(1440), kBook}));
  const auto back = binance.unsubscribe(std::vector{kBook}, 18);
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].text, R"({"method":"UNSUBSCRIBE","params":["btcusdt@depth@100ms"],"id":18})");
  EXPECT_TRUE(binance.subscribe(std::vector{kInstrument}, 1).empty());
  EXPECT_EQ(binance.ping(3), R"({"method":"LIST_SUBSCRIPTIONS","id":3})");
}

// The name alone would be split as X-USDT.
TEST(BinanceSession, KnowsTheMarketsThatItAskedFor) {
  BinanceSpot binance;
  binance.subscribe(std::vector{Subscription{Channel::spread, symbol("XUSD-T")}}, 1);
  Frame frame;
  binance.decode(R"({"u":1,"s":"XUSDT","b":"1","B":"1","a":"2","A":"1"})", frame);
  EXPECT_EQ(frame.quotes.at(0).symbol.str(), "XUSD-T");
}

TEST(BinanceSession, KeepsToTheLimitsOfRequestsAndConnections) {
  std::vector<Subscription> wanted;
  for (int i = 0; i < 1030; ++i)
    wanted.push_back({Channel::trade, symbol("A" + std::to_string(i) + "-USDT")});
  wanted.push_back(wanted[3]);
  BinanceSpot binance;
  const auto connections = binance.assign_connections(wanted);
  ASSERT_EQ(connections.size(), 1031u);
  EXPECT_EQ(connections[0], 0u);
  EXPECT_EQ(connections[1023], 0u);
  EXPECT_EQ(connections[1024], 1u);
  EXPECT_EQ(connections[1029], 1u);
  EXPECT_EQ(connections[1030], 0u);
  const auto requests = binance.subscribe(wanted, 1);
  ASSERT_EQ(requests.size(), 11u);
  EXPECT_EQ(requests[0].subscriptions.size(), 100u);
  EXPECT_EQ(requests[10].subscriptions.size(), 30u);
  EXPECT_EQ(requests[10].id, 11u);
}

TEST(BinanceSession, BooksAreHeldTogetherByTheirNumbers) {
  const BinanceSpot binance(500);
  EXPECT_EQ(binance.book_sync(), BookSync::update_ids);
  EXPECT_EQ(binance.book_depth(), 500u);
  EXPECT_FALSE(binance.checksum_of(market::OrderBook(10), {}));
}

TEST(BinanceWire, TellsMicrosecondsByTheirMagnitude) {
  EXPECT_EQ(time_of(1723161255343), base::WallTime(base::Duration(1723161255343000000)));
  EXPECT_EQ(time_of(1723161255343123), base::WallTime(base::Duration(1723161255343123000)));
  EXPECT_EQ(time_of(0), base::WallTime());
  EXPECT_EQ(time_of(9223372036854), base::WallTime(base::Duration(9223372036854000000)));
  EXPECT_EQ(time_of(100000000000000), base::WallTime(base::Duration(100000000000000000)));
  EXPECT_EQ(time_of(9223372036854775), base::WallTime(base::Duration(9223372036854775000)));
  for (const std::uint64_t number :
       {std::uint64_t{9223372036855}, std::uint64_t{99999999999999},
        std::uint64_t{9223372036854776}, std::uint64_t{18446744073709551615u}})
    EXPECT_FALSE(time_of(number)) << number;
}

TEST(BinanceWire, IntervalsAreWordsOfWholeMinutes) {
  const std::pair<std::string_view, std::uint32_t> cases[] = {
      {"1m", 1},    {"3m", 3},    {"5m", 5},    {"15m", 15},  {"30m", 30},
      {"1h", 60},   {"2h", 120},  {"4h", 240},  {"6h", 360},  {"8h", 480},
      {"12h", 720}, {"1d", 1440}, {"3d", 4320}, {"1w", 10080}};
  for (const auto& [word, minutes] : cases) {
    EXPECT_EQ(minutes_of(word), minutes);
    EXPECT_EQ(interval_of(minutes), word);
  }
  for (const std::string_view word : {"", "1s", "1M", "60m"}) EXPECT_EQ(minutes_of(word), 0u);
  EXPECT_EQ(interval_of(0), "");
  EXPECT_EQ(interval_of(90), "");
}

}  // namespace
}  // namespace tickwitness::exchange::binance
