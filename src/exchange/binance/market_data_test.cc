// Trades, quotes, candles and books, through the codec.
#include "exchange/binance/market_data.h"

#include <gtest/gtest.h>

#include "exchange/binance/codec.h"

namespace tickwitness::exchange::binance {
namespace {

Frame decoded(std::string_view text) {
  Codec codec;
  Frame frame;
  codec.decode(text, frame);
  return frame;
}

base::WallTime milliseconds(std::int64_t count) {
  return base::WallTime(std::chrono::milliseconds(count));
}

using Levels = std::vector<std::pair<std::string, std::string>>;

Levels written(std::span<const market::Level> levels) {
  Levels texts;
  for (const auto& level : levels) texts.emplace_back(level.price.str(), level.quantity.str());
  return texts;
}

std::string combined(std::string_view stream, std::string_view data) {
  return R"({"stream":")" + std::string(stream) + R"(","data":)" + std::string(data) + "}";
}

// Both ways of writing a frame mean the same: raw and combined, and keys in any order.
TEST(BinanceTrades, AreSoldWhenTheBuyerWasTheMaker) {
  constexpr std::string_view kTrade =
      R"({"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000",)"
      R"("q":"0.00005100","T":1723161255342,"m":true,"M":true})";
  for (const auto& text :
       {std::string(kTrade), combined("btcusdt@trade", kTrade),
        std::string(R"({ "M":true,"m":true,"q":"0.00005100","new":[{}],"T":1723161255342,)"
                    R"("p":"61837.63000000","t":3735683259,"s":"BTC\u0055SDT","e":"trade",)"
                    R"("E":1723161255343})")}) {
    SCOPED_TRACE(text);
    const auto frame = decoded(text);
    ASSERT_EQ(frame.kind, FrameKind::trades) << to_string(frame.malformed);
    EXPECT_EQ(frame.channel, Channel::trade);
    EXPECT_EQ(frame.wire_channel, "trade");
    EXPECT_EQ(frame.sent, milliseconds(1723161255343));
    ASSERT_EQ(frame.trades.size(), 1u);
    const auto& trade = frame.trades[0];
    EXPECT_EQ(trade.symbol.str(), "BTC-USDT");
    EXPECT_EQ(trade.id, 3735683259u);
    EXPECT_EQ(trade.taker_side, market::Side::sell);
    EXPECT_EQ(trade.order_type, market::OrderType::unknown);
    EXPECT_EQ(trade.price.str(), "61837.63000000");
    EXPECT_EQ(trade.quantity.str(), "0.00005100");
    EXPECT_EQ(trade.exchange_time, milliseconds(1723161255342));
  }
}

// The letters b and a, elsewhere the sides of a book, are numbers of orders at Binance.US.
TEST(BinanceTrades, MayNameTheOrders) {
  const auto frame =
      decoded(R"({"e":"trade","E":1723161255343,"s":"BTCUSD","t":7,"p":"1.5","q":"2","b":88,)"
              R"("a":50,"T":1723161255342,"m":false,"M":false})");
  ASSERT_EQ(frame.kind, FrameKind::trades);
  EXPECT_EQ(frame.trades.at(0).taker_side, market::Side::buy);
  EXPECT_EQ(frame.trades[0].symbol.str(), "BTC-USD");
}

TEST(BinanceTrades, MayBeAggregated) {
  const auto frame =
      decoded(R"({"e":"aggTrade","E":1633998523963,"s":"NKNUSDT","a":15683430,"p":"0.35280000",)"
              R"("q":"58.00000000","f":19862790,"l":19862791,"T":1633998523962,"m":false,)"
              R"("M":true})");
  ASSERT_EQ(frame.kind, FrameKind::trades);
  EXPECT_EQ(frame.channel, Channel::agg_trade);
  EXPECT_EQ(frame.wire_channel, "aggTrade");
  EXPECT_EQ(frame.trades.at(0).id, 15683430u);
  EXPECT_EQ(frame.trades[0].taker_side, market::Side::buy);
  EXPECT_EQ(frame.trades[0].exchange_time, milliseconds(1633998523962));
}

TEST(BinanceQuotes, HaveNumbersButNoTime) {
  constexpr std::string_view kQuote =
      R"({"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000",)"
      R"("a":"61837.64000000","A":"1.54698000"})";
  for (const auto& text :
       {std::string(kQuote), combined("btcusdt@bookTicker", kQuote),
        std::string(
            R"({"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000",)"
            R"("a":"61837.64000000","A":"1.54698000","u":50093239212,"e":"bookTicker"})")}) {
    SCOPED_TRACE(text);
    const auto frame = decoded(text);
    ASSERT_EQ(frame.kind, FrameKind::quotes) << to_string(frame.malformed);
    EXPECT_EQ(frame.channel, Channel::spread);
    EXPECT_EQ(frame.wire_channel, "bookTicker");
    EXPECT_FALSE(frame.sent);
    const auto& quote = frame.quotes.at(0);
    EXPECT_EQ(quote.symbol.str(), "BTC-USDT");
    EXPECT_EQ(quote.update_id, 50093239212u);
    EXPECT_EQ(quote.bid->str(), "61837.63000000");
    EXPECT_EQ(quote.bid_quantity->str(), "3.78826000");
    EXPECT_EQ(quote.ask->str(), "61837.64000000");
    EXPECT_EQ(quote.ask_quantity->str(), "1.54698000");
    EXPECT_FALSE(quote.exchange_time);
  }
}

TEST(BinanceQuotes, AnEmptySideIsUnknown) {
  const auto frame = decoded(R"({"u":1,"s":"BTCUSDT","b":"0.00000000","B":"0.00000000",)"
                             R"("a":"5.00","A":"0.00"})");
  ASSERT_EQ(frame.kind, FrameKind::quotes);
  EXPECT_FALSE(frame.quotes.at(0).bid);
  EXPECT_FALSE(frame.quotes[0].bid_quantity);
  EXPECT_EQ(frame.quotes[0].ask->str(), "5.00");
  EXPECT_EQ(frame.quotes[0].ask_quantity->str(), "0.00");
}

std::string kline(std::string_view interval, std::string_view closed) {
  return R"({"e":"kline","E":1672515782136,"s":"BNBBTC","k":{"t":1672515780000,)"
         R"("T":1672515839999,"s":"BNBBTC","i":")" +
         std::string(interval) + R"(","f":100,"L":200,"o":"0.0010","c":"0.0020",)" +
         R"("h":"0.0025","l":"0.0015","v":"1000","n":101,"x":)" + std::string(closed) +
         R"(,"q":"1.0000","V":"500","Q":"0.500","B":"123456"}})";
}

TEST(BinanceCandles, SayWhetherTheyAreClosed) {
  const auto frame = decoded(kline("1m", "false"));
  ASSERT_EQ(frame.kind, FrameKind::candles) << to_string(frame.malformed);
  EXPECT_EQ(frame.wire_channel, "kline");
  EXPECT_EQ(frame.sent, milliseconds(1672515782136));
  const auto& candle = frame.candles.at(0);
  EXPECT_EQ(candle.symbol.str(), "BNB-BTC");
  EXPECT_EQ(candle.interval_minutes, 1u);
  EXPECT_EQ(candle.begin, milliseconds(1672515780000));
  EXPECT_EQ(candle.open.str(), "0.0010");
  EXPECT_EQ(candle.high.str(), "0.0025");
  EXPECT_EQ(candle.low.str(), "0.0015");
  EXPECT_EQ(candle.close.str(), "0.0020");
  EXPECT_EQ(candle.volume.str(), "1000");
  EXPECT_EQ(candle.trades, 101u);
  EXPECT_FALSE(candle.vwap);
  EXPECT_EQ(candle.closed, false);
  EXPECT_EQ(decoded(kline("1d", "true")).candles.at(0).closed, true);
  EXPECT_EQ(decoded(kline("1d", "true")).candles.at(0).interval_minutes, 1440u);
  for (const std::string interval : {"1s", "1M", ""}) {
    EXPECT_EQ(decoded(kline(interval, "true")).kind, FrameKind::unsupported);
    EXPECT_EQ(decoded(kline(interval, "true")).detail, "kline " + interval);
  }
}

TEST(BinanceBooks, ChangeByNumber) {
  constexpr std::string_view kDepth =
      R"({"e":"depthUpdate","E":1633998512068,"s":"NKNUSDT","U":499869750,"u":499869752,)"
      R"("b":[["0.35130000","6195.00000000"],["12345678901.00000000","0.00000000"]],)"
      R"("a":[["0.36","1"]]})";
  for (const auto& text :
       {std::string(kDepth), combined("nknusdt@depth@100ms", kDepth), std::string(kDepth) + " "}) {
    SCOPED_TRACE(text);
    const auto frame = decoded(text);
    ASSERT_EQ(frame.kind, FrameKind::books) << to_string(frame.malformed);
    EXPECT_EQ(frame.channel, Channel::book);
    EXPECT_EQ(frame.wire_channel, "depth");
    EXPECT_FALSE(frame.snapshot);
    EXPECT_EQ(frame.sent, milliseconds(1633998512068));
    const auto& book = frame.books.at(0);
    EXPECT_EQ(book.symbol.str(), "NKN-USDT");
    EXPECT_EQ(book.first_id, 499869750u);
    EXPECT_EQ(book.last_id, 499869752u);
    EXPECT_EQ(book.exchange_time, frame.sent);
    EXPECT_FALSE(book.checksum);
    EXPECT_EQ(written(frame.bids(book)),
              (Levels{{"0.35130000", "6195.00000000"}, {"12345678901.00000000", "0.00000000"}}));
    EXPECT_EQ(written(frame.asks(book)), (Levels{{"0.36", "1"}}));
  }
  const auto empty =
      decoded(R"({"e":"depthUpdate","E":1,"s":"NKNUSDT","U":1,"u":2,"b":[],"a":[]})");
  ASSERT_EQ(empty.kind, FrameKind::books);
  EXPECT_TRUE(empty.levels.empty());
}

TEST(BinanceBooks, MayBeWholeForAMarketThatOnlyTheStreamNames) {
  constexpr std::string_view kBook =
      R"({"lastUpdateId":160,"bids":[["0.0024","10"]],"asks":[["0.0026","100"],["0.0027","1"]]})";
  const auto partial = decoded(combined("bnbbtc@depth5@100ms", kBook));
  ASSERT_EQ(partial.kind, FrameKind::books) << to_string(partial.malformed);
  EXPECT_TRUE(partial.snapshot);
  EXPECT_EQ(partial.wire_channel, "depth");
  EXPECT_EQ(partial.books.at(0).symbol.str(), "BNB-BTC");
  EXPECT_EQ(partial.books[0].last_id, 160u);
  EXPECT_FALSE(partial.books[0].first_id);
  EXPECT_EQ(written(partial.asks(partial.books[0])), (Levels{{"0.0026", "100"}, {"0.0027", "1"}}));
  const auto bare = decoded(kBook);
  ASSERT_EQ(bare.kind, FrameKind::books);
  EXPECT_TRUE(bare.snapshot);
  EXPECT_TRUE(bare.books.at(0).symbol.empty());
  EXPECT_EQ(bare.books[0].bids, 1u);
}

TEST(BinanceSymbols, AreThoseThatWereLearnt) {
  Codec codec;
  codec.symbols().learn("XUSDT", *market::Symbol::parse("XUSD-T"));
  Frame frame;
  constexpr std::string_view kQuote = R"({"u":1,"s":"XUSDT","b":"1","B":"1","a":"2","A":"1"})";
  codec.decode(kQuote, frame);
  EXPECT_EQ(frame.quotes.at(0).symbol.str(), "XUSD-T");
  codec.decode_generally(kQuote, frame);
  EXPECT_EQ(frame.quotes.at(0).symbol.str(), "XUSD-T");
}

TEST(BinanceFrames, OfOtherKindsAreUnsupported) {
  const std::pair<std::string, std::string_view> cases[] = {
      {R"({"e":"24hrTicker","E":1,"s":"BTCUSDT"})", "24hrTicker"},
      {combined("btcusdt@avgPrice", R"({"e":"avgPrice"})"), "avgPrice"},
      {combined("!miniTicker@arr", "[{}]"), "!miniTicker@arr"},
  };
  for (const auto& [text, detail] : cases) {
    const auto frame = decoded(text);
    EXPECT_EQ(frame.kind, FrameKind::unsupported) << text;
    EXPECT_EQ(frame.detail, detail);
  }
}

}  // namespace
}  // namespace tickwitness::exchange::binance
