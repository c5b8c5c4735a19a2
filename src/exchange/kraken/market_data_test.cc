// Trades, tickers and candles, through the codec.
#include "exchange/kraken/market_data.h"

#include <gtest/gtest.h>

#include "base/rfc3339.h"
#include "exchange/kraken/codec.h"

namespace tickwitness::exchange::kraken {
namespace {

using base::Decimal;

Frame decoded(std::string_view text) {
  Codec codec;
  Frame frame;
  codec.decode(text, frame);
  return frame;
}

market::Symbol symbol(std::string_view text) {
  return *market::Symbol::parse(text);
}
base::WallTime time_at(std::string_view text) {
  return *base::parse_rfc3339(text);
}

// Equal in value and in the digits that were written.
void expect_decimal(const Decimal& actual, std::string_view text) {
  EXPECT_EQ(actual.str(), text);
}

constexpr std::string_view kTrades =
    R"({"channel":"trade","type":"update","data":[)"
    R"({"symbol":"BTC/USD","side":"sell","price":70123.4,"qty":0.00005100,"ord_type":"market",)"
    R"("trade_id":71000001,"timestamp":"2024-06-03T10:20:30.000001Z"},)"
    R"({"symbol":"BTC/USD","side":"buy","price":70123.0,"qty":1.5,"ord_type":"limit",)"
    R"("trade_id":71000002,"timestamp":"2024-06-03T10:20:30.000001Z"}]})";

TEST(KrakenTrades, OneFrameMayHoldSeveral) {
  const auto frame = decoded(kTrades);
  ASSERT_EQ(frame.kind, FrameKind::trades);
  EXPECT_FALSE(frame.snapshot);
  EXPECT_EQ(frame.skipped, 0u);
  ASSERT_EQ(frame.trades.size(), 2u);
  const auto& first = frame.trades[0];
  EXPECT_EQ(first.symbol, symbol("BTC-USD"));
  EXPECT_EQ(first.id, 71000001u);
  EXPECT_EQ(first.taker_side, market::Side::sell);
  EXPECT_EQ(first.order_type, market::OrderType::market);
  expect_decimal(first.price, "70123.4");
  expect_decimal(first.quantity, "0.00005100");
  EXPECT_EQ(first.exchange_time, time_at("2024-06-03T10:20:30.000001Z"));
  const auto& second = frame.trades[1];
  EXPECT_EQ(second.taker_side, market::Side::buy);
  EXPECT_EQ(second.order_type, market::OrderType::limit);
  expect_decimal(second.price, "70123.0");
}

TEST(KrakenTrades, KeysMayComeInAnyOrderAndWithOthersBetween) {
  for (
      const std::string_view text : {
          R"({"channel":"trade","data":[{"trade_id":9,"timestamp":"2024-06-03T10:20:30Z",)"
          R"("price":2,)"
          R"("x":{"price":[1,{"qty":3}]},"ord_type":"limit","qty":3,"side":"buy","symbol":"A/B"}],)"
          R"("type":"update"})",
          R"({"data":[{"symbol":"A/B","side":"buy","price":2,"qty":3,"ord_type":"limit",)"
          R"("new":null,)"
          R"("trade_id":9,"timestamp":"2024-06-03T10:20:30Z"}],"type":"update","channel":"trade"})",
          R"( { "new" : [ ] , "type" : "update" , "data" : [ { "symbol" : "A/B" , "side" : "buy" ,)"
          "\n\t\r"
          R"( "price" : 2 , "qty" : 3 , "ord_type" : "limit" , "trade_id" : 9 ,)"
          R"( "timestamp" : "2024-06-03T10:20:30Z" } ] , "channel" : "trade" } )",
          R"({"channel":"trade","type":"update","data":[{"symbol":"A\/B","side":"b\u0075y",)"
          R"("price":2,)"
          R"("qty":3,"ord_type":"limit","trade_id":9,"timestamp":"2024-06-03T10:20:30Z"}]})",
          R"({"channel":"trade","channel":"trade","type":"update","type":"update","data":[{)"
          R"("symbol":"A/B","symbol":"A/B","side":"buy","price":2,"price":2,"qty":3,)"
          R"("ord_type":"limit","trade_id":9,"timestamp":"2024-06-03T10:20:30Z"}],"data":[]})",
      }) {
    SCOPED_TRACE(text);
    const auto frame = decoded(text);
    ASSERT_EQ(frame.kind, FrameKind::trades);
    ASSERT_EQ(frame.trades.size(), 1u);
    EXPECT_EQ(frame.skipped, 0u);
    EXPECT_EQ(frame.trades[0].id, 9u);
    EXPECT_EQ(frame.trades[0].symbol, symbol("A-B"));
    expect_decimal(frame.trades[0].price, "2");
    expect_decimal(frame.trades[0].quantity, "3");
  }
}

TEST(KrakenTrades, AnEmptySnapshotIsASnapshot) {
  const auto frame = decoded(R"({"channel":"trade","type":"snapshot","data":[]})");
  EXPECT_EQ(frame.kind, FrameKind::trades);
  EXPECT_TRUE(frame.snapshot);
  EXPECT_TRUE(frame.trades.empty());
}

std::string trade_with(std::string_view field, std::string_view value) {
  std::string entry = "{";
  const std::pair<std::string_view, std::string_view> fields[] = {
      {"symbol", R"("BTC/USD")"},
      {"side", R"("buy")"},
      {"price", "1.5"},
      {"qty", "2"},
      {"ord_type", R"("limit")"},
      {"trade_id", "7"},
      {"timestamp", R"("2024-06-03T10:20:30.000001Z")"},
  };
  for (const auto& [name, usual] : fields) {
    if (name == field && value.empty()) continue;
    entry += (entry.size() > 1 ? ",\"" : "\"") + std::string(name) +
             "\":" + std::string(name == field ? value : usual);
  }
  return entry + "}";
}

struct BadEntry {
  std::string_view field, value;  // empty: left out
  Malformed reason;
};

const BadEntry kBadEntries[] = {
    {"symbol", "", Malformed::missing_field},
    {"side", "", Malformed::missing_field},
    {"price", "", Malformed::missing_field},
    {"ord_type", "", Malformed::missing_field},
    {"timestamp", "", Malformed::missing_field},
    {"symbol", "5", Malformed::wrong_type},
    {"symbol", R"("BTCUSD")", Malformed::bad_symbol},
    {"symbol", R"("BTC-USD")", Malformed::bad_symbol},
    {"symbol", R"("")", Malformed::bad_symbol},
    {"side", R"("BUY")", Malformed::wrong_type},
    {"side", "null", Malformed::wrong_type},
    {"price", R"("1.5")", Malformed::wrong_type},
    {"price", "null", Malformed::wrong_type},
    {"price", "{}", Malformed::wrong_type},
    {"price", "[1]", Malformed::wrong_type},
    {"price", "true", Malformed::wrong_type},
    {"price", "1e400", Malformed::bad_number},
    {"price", "0.1234567890123456789", Malformed::bad_number},
    {"price", "99999999999999999999", Malformed::bad_number},
    {"price", "1.5.5", Malformed::bad_number},
    {"price", "01", Malformed::bad_number},
    {"trade_id", "7.0", Malformed::bad_number},
    {"trade_id", "-7", Malformed::bad_number},
    {"trade_id", "18446744073709551616", Malformed::bad_number},
    {"trade_id", R"("7")", Malformed::wrong_type},
    {"timestamp", "1717410030", Malformed::wrong_type},
    {"timestamp", R"("yesterday")", Malformed::bad_time},
    {"timestamp", R"("2024-06-31T10:20:30Z")", Malformed::bad_time},
};

TEST(KrakenTrades, ABadEntryAloneMakesTheFrameMalformed) {
  for (const auto& bad : kBadEntries) {
    const auto text =
        R"({"channel":"trade","type":"update","data":[)" + trade_with(bad.field, bad.value) + "]}";
    SCOPED_TRACE(text);
    const auto frame = decoded(text);
    EXPECT_EQ(frame.kind, FrameKind::malformed);
    EXPECT_EQ(to_string(frame.malformed), to_string(bad.reason));
    EXPECT_TRUE(frame.trades.empty());
  }
}

TEST(KrakenTrades, ABadEntryCostsOnlyItself) {
  for (const auto& bad : kBadEntries) {
    const auto good = trade_with("", "");
    const auto text = R"({"channel":"trade","type":"update","data":[)" + good + "," +
                      trade_with(bad.field, bad.value) + ",5," + good + "]}";
    SCOPED_TRACE(text);
    const auto frame = decoded(text);
    EXPECT_EQ(frame.kind, FrameKind::trades);
    EXPECT_EQ(frame.trades.size(), 2u);
    EXPECT_EQ(frame.skipped, 2u);
    EXPECT_EQ(to_string(frame.malformed), to_string(bad.reason));
  }
}

TEST(KrakenTickers, AreQuotes) {
  const auto frame =
      decoded(R"({"channel":"ticker","type":"snapshot","data":[{"symbol":"ETH/USD","bid":3000.10,)"
              R"("bid_qty":12.50000000,"ask":3000.20,"ask_qty":5e-05,"last":3000.10,"volume":1.0,)"
              R"("vwap":3001.0,"low":2900.0,"high":3100.0,"change":-5.5,"change_pct":-0.18,)"
              R"("timestamp":"2026-07-08T05:24:41.204829Z"}]})");
  ASSERT_EQ(frame.kind, FrameKind::quotes);
  EXPECT_TRUE(frame.snapshot);
  ASSERT_EQ(frame.quotes.size(), 1u);
  const auto& quote = frame.quotes[0];
  EXPECT_EQ(quote.symbol, symbol("ETH-USD"));
  expect_decimal(quote.bid.value(), "3000.10");
  expect_decimal(quote.bid_quantity.value(), "12.50000000");
  expect_decimal(quote.ask.value(), "3000.20");
  expect_decimal(quote.ask_quantity.value(), "0.00005");
  EXPECT_EQ(quote.exchange_time, time_at("2026-07-08T05:24:41.204829Z"));
}

TEST(KrakenTickers, UnknownSidesAndTimesStayUnknown) {
  const auto frame = decoded(
      R"({"channel":"ticker","type":"update","data":[{"symbol":"A/B","bid":null,"ask":0.5,)"
      R"("ask_qty":0.0},{"symbol":"C/D","ask":null,"ask_qty":null,"bid":2,"timestamp":null}]})");
  ASSERT_EQ(frame.kind, FrameKind::quotes);
  ASSERT_EQ(frame.quotes.size(), 2u);
  EXPECT_FALSE(frame.quotes[0].bid);
  EXPECT_FALSE(frame.quotes[0].bid_quantity);
  expect_decimal(frame.quotes[0].ask.value(), "0.5");
  expect_decimal(frame.quotes[0].ask_quantity.value(), "0.0");
  EXPECT_FALSE(frame.quotes[0].exchange_time);
  EXPECT_FALSE(frame.quotes[1].ask);
  EXPECT_FALSE(frame.quotes[1].exchange_time);
  expect_decimal(frame.quotes[1].bid.value(), "2");
}

TEST(KrakenTickers, ASideOfTheWrongTypeIsNotUnknown) {
  const auto frame =
      decoded(R"({"channel":"ticker","type":"update","data":[{"symbol":"A/B","bid":"1.5"}]})");
  EXPECT_EQ(frame.kind, FrameKind::malformed);
  EXPECT_EQ(frame.malformed, Malformed::wrong_type);
}

TEST(KrakenCandles, HaveNineDigitsOfTime) {
  const auto frame = decoded(
      R"({"channel":"ohlc","type":"snapshot","timestamp":"2024-05-17T11:21:16.318303322Z","data":[)"
      R"({"symbol":"ETH/USD","open":3027.80,"high":3029.00,"low":3026.13,"close":3026.13,)"
      R"("trades":9,"volume":13.31603062,"vwap":3027.01,)"
      R"("interval_begin":"2024-05-17T11:12:00.000000001Z","interval":15,)"
      R"("timestamp":"2024-05-17T11:27:00.000000Z"}]})");
  ASSERT_EQ(frame.kind, FrameKind::candles);
  ASSERT_EQ(frame.candles.size(), 1u);
  const auto& candle = frame.candles[0];
  EXPECT_EQ(candle.interval_minutes, 15u);
  EXPECT_EQ(candle.begin, time_at("2024-05-17T11:12:00.000000001Z"));
  EXPECT_EQ(candle.trades, 9u);
  expect_decimal(candle.open, "3027.80");
  expect_decimal(candle.high, "3029.00");
  expect_decimal(candle.low, "3026.13");
  expect_decimal(candle.close, "3026.13");
  expect_decimal(candle.volume, "13.31603062");
  expect_decimal(candle.vwap.value(), "3027.01");
}

}  // namespace
}  // namespace tickwitness::exchange::kraken
