// Trades, quotes, candles and books, through the codec.
#include "exchange/kraken_v1/market_data.h"

#include <gtest/gtest.h>

#include "base/rfc3339.h"
#include "exchange/kraken_v1/codec.h"

namespace tickwitness::exchange::kraken_v1 {
namespace {

Frame decoded(std::string_view text) {
  Codec codec;
  Frame frame;
  codec.decode(text, frame);
  return frame;
}

base::WallTime time_at(std::string_view text) {
  return base::parse_rfc3339(text).value();
}

using Levels = std::vector<std::pair<std::string, std::string>>;

Levels written(std::span<const market::Level> levels) {
  Levels texts;
  for (const auto& level : levels) texts.emplace_back(level.price.str(), level.quantity.str());
  return texts;
}

TEST(KrakenV1Trades, HaveNoIds) {
  const auto frame =
      decoded(R"([13959169,[["2688.04000","0.17453200","1790401260.639729","b","l",""],)"
              R"(["2688.0","0.00005100","1790401260.639730","s","m","x",7],)"
              R"(["1","2","3","b","z",""]],"trade","ETH/XBT"])");
  ASSERT_EQ(frame.kind, FrameKind::trades);
  EXPECT_EQ(frame.wire_channel, "trade");
  EXPECT_FALSE(frame.snapshot);
  ASSERT_EQ(frame.trades.size(), 3u);
  const auto& first = frame.trades[0];
  EXPECT_EQ(first.symbol.str(), "ETH-BTC");
  EXPECT_EQ(first.id, 0u);
  EXPECT_EQ(first.taker_side, market::Side::buy);
  EXPECT_EQ(first.order_type, market::OrderType::limit);
  EXPECT_EQ(first.price.str(), "2688.04000");
  EXPECT_EQ(first.quantity.str(), "0.17453200");
  EXPECT_EQ(first.exchange_time, time_at("2026-09-26T05:41:00.639729Z"));
  EXPECT_EQ(frame.trades[1].taker_side, market::Side::sell);
  EXPECT_EQ(frame.trades[1].order_type, market::OrderType::market);
  EXPECT_EQ(frame.trades[2].order_type, market::OrderType::unknown);
  EXPECT_EQ(decoded(R"([0,[],"trade","ETH/USD"])").kind, FrameKind::trades);
}

TEST(KrakenV1Trades, OneBadOneDoesNotCostTheOthers) {
  const auto frame =
      decoded(R"([0,[["1","2","x","b","l",""],["1","2","3","b","l",""],5],"trade","ETH/USD"])");
  ASSERT_EQ(frame.kind, FrameKind::trades);
  EXPECT_EQ(frame.trades.size(), 1u);
  EXPECT_EQ(frame.skipped, 2u);
  EXPECT_EQ(frame.malformed, Malformed::bad_time);
}

TEST(KrakenV1Quotes, OfSpreadAreBidThenAsk) {
  const auto frame = decoded(
      R"([119930890,["83942.70000","83942.80000","1790401259.939649","0.09390166","0.18763801"],)"
      R"("spread","XBT/USD"])");
  ASSERT_EQ(frame.kind, FrameKind::quotes);
  EXPECT_EQ(frame.channel, Channel::spread);
  EXPECT_EQ(frame.wire_channel, "spread");
  ASSERT_EQ(frame.quotes.size(), 1u);
  const auto& quote = frame.quotes[0];
  EXPECT_EQ(quote.symbol.str(), "BTC-USD");
  EXPECT_EQ(quote.bid->str(), "83942.70000");
  EXPECT_EQ(quote.ask->str(), "83942.80000");
  EXPECT_EQ(quote.bid_quantity->str(), "0.09390166");
  EXPECT_EQ(quote.ask_quantity->str(), "0.18763801");
  EXPECT_EQ(quote.exchange_time, time_at("2026-09-26T05:40:59.939649Z"));
}

TEST(KrakenV1Quotes, OfTickerHaveNoTime) {
  const auto frame =
      decoded(R"([1668,{"a":["13.253900",35,"35.72892241"],"b":["13.232900",185,"185.18432037"],)"
              R"("c":["13.253900","3.71672000"],"t":[640,1353]},"ticker","XDG/EUR"])");
  ASSERT_EQ(frame.kind, FrameKind::quotes);
  EXPECT_EQ(frame.channel, Channel::spread);
  EXPECT_EQ(frame.wire_channel, "ticker");
  const auto& quote = frame.quotes.at(0);
  EXPECT_EQ(quote.symbol.str(), "DOGE-EUR");
  EXPECT_EQ(quote.bid->str(), "13.232900");
  EXPECT_EQ(quote.bid_quantity->str(), "185.18432037");
  EXPECT_EQ(quote.ask->str(), "13.253900");
  EXPECT_EQ(quote.ask_quantity->str(), "35.72892241");
  EXPECT_FALSE(quote.exchange_time);
  const auto one_side = decoded(R"([1,{"a":null,"b":["1",1,"1"]},"ticker","XBT/USD"])");
  ASSERT_EQ(one_side.kind, FrameKind::quotes);
  EXPECT_FALSE(one_side.quotes[0].ask);
  EXPECT_TRUE(one_side.quotes[0].bid);
}

TEST(KrakenV1Candles, BeginTheirIntervalBeforeTheirEnd) {
  const auto frame = decoded(
      R"([42,["1542057314.748456","1542057600.000000","3586.70000","3586.80000","3586.50000",)"
      R"("3586.60000","3586.68894","0.03373000",2],"ohlc-5","XBT/USD"])");
  ASSERT_EQ(frame.kind, FrameKind::candles);
  EXPECT_EQ(frame.wire_channel, "ohlc");
  const auto& candle = frame.candles.at(0);
  EXPECT_EQ(candle.symbol.str(), "BTC-USD");
  EXPECT_EQ(candle.interval_minutes, 5u);
  EXPECT_EQ(candle.begin, time_at("2018-11-12T21:15:00Z"));
  EXPECT_EQ(candle.open.str(), "3586.70000");
  EXPECT_EQ(candle.high.str(), "3586.80000");
  EXPECT_EQ(candle.low.str(), "3586.50000");
  EXPECT_EQ(candle.close.str(), "3586.60000");
  EXPECT_EQ(candle.vwap->str(), "3586.68894");
  EXPECT_EQ(candle.volume.str(), "0.03373000");
  EXPECT_EQ(candle.trades, 2u);
  EXPECT_FALSE(candle.closed);
}

TEST(KrakenV1Books, BeginWithASnapshot) {
  const auto frame =
      decoded(R"([0,{"as":[["5541.30000","2.50700000","1534614248.123678"],)"
              R"(["5541.80000","0.33000000","1534614098.345543"]],)"
              R"("bs":[["5541.20000","1.52900000","1534614248.765567"]]},"book-100","XBT/USD"])");
  ASSERT_EQ(frame.kind, FrameKind::books);
  EXPECT_EQ(frame.channel, Channel::book);
  EXPECT_EQ(frame.wire_channel, "book");
  EXPECT_TRUE(frame.snapshot);
  const auto& book = frame.books.at(0);
  EXPECT_EQ(book.symbol.str(), "BTC-USD");
  EXPECT_FALSE(book.checksum);
  EXPECT_FALSE(book.exchange_time);
  EXPECT_EQ(written(frame.bids(book)), (Levels{{"5541.20000", "1.52900000"}}));
  EXPECT_EQ(written(frame.asks(book)),
            (Levels{{"5541.30000", "2.50700000"}, {"5541.80000", "0.33000000"}}));
}

TEST(KrakenV1Books, ChangeOnOneSideOrBoth) {
  const auto one =
      decoded(R"([1234,{"b":[["5541.30000","0.00000000","1534614335.345903"]],"c":"974942666"},)"
              R"("book-10","XBT/USD"])");
  ASSERT_EQ(one.kind, FrameKind::books);
  EXPECT_FALSE(one.snapshot);
  EXPECT_EQ(one.books.at(0).checksum, 974942666u);
  EXPECT_EQ(one.books[0].exchange_time, time_at("2018-08-18T17:45:35.345903Z"));
  EXPECT_EQ(written(one.bids(one.books[0])), (Levels{{"5541.30000", "0.00000000"}}));
  EXPECT_TRUE(one.asks(one.books[0]).empty());

  const auto both = decoded(
      R"([1234,{"a":[["5541.30000","2.5","1534614335.5"],["5542.50000","0.4","1534614335.25"]]},)"
      R"({"b":[["5541.30000","0.1","1534614330.0"]],"c":"4294967295"},"book-1000","SC/EUR"])");
  ASSERT_EQ(both.kind, FrameKind::books);
  EXPECT_EQ(both.books.at(0).checksum, 4294967295u);
  EXPECT_EQ(both.books[0].exchange_time, time_at("2018-08-18T17:45:35.5Z"));
  EXPECT_EQ(written(both.bids(both.books[0])), (Levels{{"5541.30000", "0.1"}}));
  EXPECT_EQ(written(both.asks(both.books[0])),
            (Levels{{"5541.30000", "2.5"}, {"5542.50000", "0.4"}}));
}

// The time of a level that came back into scope is that of its last change, which may be hours ago.
TEST(KrakenV1Books, RepublishedLevelsSayNothingAboutTheTime) {
  const auto frame =
      decoded(R"([1,{"a":[["2","1","1534614248.5"],["3","1","1534614999.5","r"]],"c":"1"},)"
              R"("book-25","XBT/USD"])");
  ASSERT_EQ(frame.kind, FrameKind::books);
  EXPECT_EQ(frame.books.at(0).asks, 2u);
  EXPECT_EQ(frame.books[0].exchange_time, time_at("2018-08-18T17:44:08.5Z"));
  const auto only = decoded(R"([1,{"a":[["3","1","1534614999.5","r"]]},"book-25","XBT/USD"])");
  ASSERT_EQ(only.kind, FrameKind::books);
  EXPECT_FALSE(only.books.at(0).exchange_time);
}

TEST(KrakenV1MarketData, SaysWhyItCannotBeUsed) {
  const std::pair<std::string_view, Malformed> cases[] = {
      {R"([])", Malformed::missing_field},
      {R"([0,"trade","XBT/USD"])", Malformed::missing_field},
      {R"([0,[],5,"XBT/USD"])", Malformed::wrong_type},
      {R"([0,[],"trade",5])", Malformed::wrong_type},
      {R"([0,[],"trade","XBTUSD"])", Malformed::bad_symbol},
      {R"([0,[],[],"trade","XBT/USD"])", Malformed::wrong_type},
      {R"([0,{},"trade","XBT/USD"])", Malformed::wrong_type},
      {R"([0,[["1","2","3","b"]],"trade","XBT/USD"])", Malformed::missing_field},
      {R"([0,[["1","2","3","x","l",""]],"trade","XBT/USD"])", Malformed::wrong_type},
      {R"([0,[["1","-2","3","b","l",""]],"trade","XBT/USD"])", Malformed::bad_number},
      {R"([0,[["1",2,"3","b","l",""]],"trade","XBT/USD"])", Malformed::wrong_type},
      {R"([0,["1","2","3","4"],"spread","XBT/USD"])", Malformed::missing_field},
      {R"([0,["1","2","3","4","1.2.3"],"spread","XBT/USD"])", Malformed::bad_number},
      {R"([0,[],"ticker","XBT/USD"])", Malformed::wrong_type},
      {R"([0,{"a":["1"]},"ticker","XBT/USD"])", Malformed::missing_field},
      {R"([0,["1","2","3","4","5","6","7","8",9],"ohlc","XBT/USD"])", Malformed::missing_field},
      {R"([0,["1","2","3","4","5","6","7","8",9],"ohlc-0","XBT/USD"])", Malformed::bad_number},
      {R"([0,["1","2","3","4","5","6","7","8",9],"ohlc-5m","XBT/USD"])", Malformed::bad_number},
      {R"([0,["1","2","3","4","5","6","7","8",9],"ohlc-4294967295","XBT/USD"])",
       Malformed::bad_number},
      {R"([0,["1","2","3","4","5","6","7","8",-9],"ohlc-5","XBT/USD"])", Malformed::bad_number},
      {R"([0,{},"book-10","XBT/USD"])", Malformed::missing_field},
      {R"([0,[],"book-10","XBT/USD"])", Malformed::wrong_type},
      {R"([0,{"a":[],"c":7},"book-10","XBT/USD"])", Malformed::wrong_type},
      {R"([0,{"a":[],"c":"4294967296"},"book-10","XBT/USD"])", Malformed::bad_number},
      {R"([0,{"a":[]},{"a":[]},"book-10","XBT/USD"])", Malformed::wrong_type},
      {R"([0,{"as":[]},{"b":[]},"book-10","XBT/USD"])", Malformed::wrong_type},
      {R"([0,{"a":[]},{"b":[]},{"c":"1"},"book-10","XBT/USD"])", Malformed::wrong_type},
      {R"([0,{"a":[["1","2"]]},"book-10","XBT/USD"])", Malformed::missing_field},
      {R"([0,{"a":[["1","2","3"],["1","","3"]]},"book-10","XBT/USD"])", Malformed::bad_number},
  };
  for (const auto& [text, reason] : cases) {
    SCOPED_TRACE(text);
    const auto frame = decoded(text);
    EXPECT_EQ(frame.kind, FrameKind::malformed);
    EXPECT_EQ(to_string(frame.malformed), to_string(reason));
    EXPECT_TRUE(frame.levels.empty());
  }
}

TEST(KrakenV1MarketData, OfOtherChannelsIsUnsupported) {
  for (const std::string_view name : {"ownTrades", "trade-2", "ticker-1"}) {
    const auto frame = decoded(R"([0,{},")" + std::string(name) + R"(","XBT/USD"])");
    EXPECT_EQ(frame.kind, FrameKind::unsupported);
    EXPECT_EQ(frame.detail, name);
  }
}

}  // namespace
}  // namespace tickwitness::exchange::kraken_v1
