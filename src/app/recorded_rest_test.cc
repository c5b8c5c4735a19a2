// REST replies that real exchanges gave, whose contents were counted by others.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>

#include "base/test_recordings.h"
#include "exchange/binance/rest.h"
#include "exchange/kraken/rest.h"
#include "exchange/rest_json.h"
#include "store/recording_file.h"
#include "store/recording_reader.h"

namespace tickwitness::app {
namespace {

using base::kRecordings;

using namespace std::chrono_literals;
using exchange::RestAnswer;
using exchange::VenueStatus;

market::Symbol symbol(std::string_view text) {
  return *market::Symbol::parse(text);
}

std::string content_of(const std::filesystem::path& path) {
  auto file = store::RecordingFile::open(path.string());
  if (!file) {
    ADD_FAILURE() << file.error().message;
    return {};
  }
  std::string content;
  std::array<char, 65536> chunk{};
  for (;;) {
    const auto bytes = file->read(chunk);
    if (!bytes) ADD_FAILURE() << bytes.error().message;
    if (!bytes || *bytes == 0) return content;
    content.append(chunk.data(), *bytes);
  }
}

RestAnswer ok(std::string_view body) {
  return {.status = 200, .body = body, .retry_after = {}};
}

// Of a result that must be there.
template <class T>
T good(exchange::RestResult<T> result) {
  if (result) return *std::move(result);
  ADD_FAILURE() << result.error().detail;
  return {};
}

void expect_consecutive(const std::vector<market::Trade>& trades) {
  for (std::size_t i = 1; i < trades.size(); ++i) {
    ASSERT_EQ(trades[i].id, trades[i - 1].id + 1);
    ASSERT_GE(trades[i].exchange_time, trades[i - 1].exchange_time);
  }
}

class RecordedKrakenRest : public testing::Test {
 protected:
  void SetUp() override { TW_NEEDS_RECORDINGS(); }
  static std::string reply(const std::string& name) {
    return content_of(kRecordings / "kraken-rest" / ("nautilus_http_" + name));
  }
  exchange::kraken::KrakenRest rest_;
  market::Symbol btc_ = symbol("BTC-USDT");
};

TEST_F(RecordedKrakenRest, AThousandTrades) {
  const std::string body = reply("trades.json.gz");
  const auto page = good(rest_.read_trades(btc_, {}, ok(body)));
  ASSERT_EQ(page.trades.size(), 1000U);
  expect_consecutive(page.trades);
  EXPECT_EQ(page.trades.front().id, 10218208U);
  EXPECT_EQ(page.trades.front().price.str(), "105433.60000");
  EXPECT_EQ(page.trades.front().quantity.str(), "0.00027625");
  EXPECT_EQ(page.trades.front().exchange_time.time_since_epoch(), 1762795433971744500ns);
  EXPECT_EQ(page.trades.front().taker_side, market::Side::buy);
  EXPECT_EQ(page.trades.front().order_type, market::OrderType::limit);
  EXPECT_EQ(page.trades.back().id, 10219207U);
  EXPECT_EQ(page.trades.back().taker_side, market::Side::sell);
  EXPECT_EQ(page.trades.back().order_type, market::OrderType::market);
  EXPECT_EQ(page.trades.back().exchange_time.time_since_epoch(), 1762820035982277900ns);
  EXPECT_EQ(page.next, "1762820035982277753");  // one before the last trade's time
  const exchange::TradeCursor known{.after_id = 10219205, .after_time = {}, .page = ""};
  EXPECT_EQ(good(rest_.read_trades(btc_, known, ok(body))).trades.size(), 2U);
}

TEST_F(RecordedKrakenRest, EverythingElse) {
  const auto quote = good(rest_.read_quote(btc_, ok(reply("ticker.json"))));
  EXPECT_EQ(quote.bid->str(), "105944.20000");
  EXPECT_EQ(quote.ask->str(), "105944.30000");
  EXPECT_EQ(quote.ask_quantity->str(), "1.000");
  const auto book = good(rest_.read_book(btc_, ok(reply("order_book.json"))));
  ASSERT_EQ(book.bids.size(), 5U);
  ASSERT_EQ(book.asks.size(), 5U);
  EXPECT_EQ(book.bids[0].quantity.str(), "0.002");
  EXPECT_EQ(book.asks[0].price.str(), "105944.30000");
  EXPECT_EQ(good(rest_.read_time(ok(reply("server_time.json")))).time.time_since_epoch(),
            1762820224s);
  EXPECT_EQ(good(rest_.read_status(ok(reply("system_status.json")))).status, VenueStatus::online);
  const auto list = good(rest_.read_instruments(ok(reply("asset_pairs.json"))));
  ASSERT_EQ(list.instruments.size(), 1U);
  EXPECT_EQ(list.skipped, 0U);
  EXPECT_EQ(list.instruments[0].symbol, btc_);
  EXPECT_EQ(list.instruments[0].price_precision, 1);
  EXPECT_EQ(list.instruments[0].quantity_precision, 8);
  // One endpoint's reply is not another's.
  EXPECT_FALSE(rest_.read_trades(btc_, {}, ok(reply("ohlc.json.gz"))).has_value());
  EXPECT_FALSE(rest_.read_quote(btc_, ok(reply("order_book.json"))).has_value());
}

class RecordedBinanceRest : public testing::Test {
 protected:
  void SetUp() override {
    TW_NEEDS_RECORDINGS();
    const auto path = kRecordings / "binance-rest" / "gct_binance_public_rest.json.gz";
    const auto root = json_.parse(market::Venue::binance, content_of(path));
    ASSERT_TRUE(root.has_value()) << root.error().detail;
    root_ = *root;
  }
  // The n-th recorded reply of a route.
  std::string reply(const std::string& route, std::size_t n = 0) {
    simdjson::dom::element data;
    if (root_[route]["GET"].at(n)["data"].get(data)) ADD_FAILURE() << route;
    return simdjson::minify(data);
  }
  exchange::RestJson json_;
  simdjson::dom::element root_;
  exchange::binance::BinanceRest rest_;
  market::Symbol btc_ = symbol("BTC-USDT");
};

TEST_F(RecordedBinanceRest, Trades) {
  const auto few = good(rest_.read_trades(btc_, {}, ok(reply("/api/v3/historicalTrades"))));
  ASSERT_EQ(few.trades.size(), 5U);
  expect_consecutive(few.trades);
  EXPECT_EQ(few.trades[0].id, 870281750U);
  EXPECT_EQ(few.trades[0].price.str(), "38172.11000000");
  EXPECT_EQ(few.trades[2].quantity.str(), "0.00447200");
  EXPECT_EQ(few.trades[4].exchange_time.time_since_epoch(), 1621933656023ms);
  EXPECT_EQ(few.trades[0].taker_side, market::Side::sell);
  EXPECT_EQ(few.trades[0].order_type, market::OrderType::unknown);
  EXPECT_EQ(few.next, "");

  const exchange::TradeCursor asked{.after_id = 409018747, .after_time = {}, .page = ""};
  const auto many = good(rest_.read_trades(symbol("ETH-BTC"), asked, ok(reply("/api/v3/trades"))));
  ASSERT_EQ(many.trades.size(), 1000U);
  expect_consecutive(many.trades);
  EXPECT_EQ(many.trades.back().id, 409019747U);
  EXPECT_EQ(std::ranges::count(many.trades, market::Side::sell, &market::Trade::taker_side), 318);
  EXPECT_EQ(many.next, "409019748");
  EXPECT_EQ(good(rest_.read_trades(btc_, {}, ok(reply("/api/v3/trades", 1)))).trades.size(), 6U);
}

TEST_F(RecordedBinanceRest, QuoteBookAndInstruments) {
  const auto quote = good(rest_.read_quote(btc_, ok(reply("/api/v3/ticker/bookTicker"))));
  EXPECT_EQ(quote.bid->str(), "6621.55000000");
  EXPECT_EQ(quote.ask_quantity->str(), "0.18635000");
  const auto book = good(rest_.read_book(btc_, ok(reply("/api/v3/depth"))));
  EXPECT_EQ(book.last_id, 8223158780U);
  ASSERT_EQ(book.bids.size(), 28U);
  ASSERT_EQ(book.asks.size(), 28U);
  EXPECT_EQ(book.bids[0].price.str(), "32085.65000000");
  EXPECT_EQ(book.asks[27].quantity.str(), "1.54800000");
  const auto list = good(rest_.read_instruments(ok(reply("/api/v3/exchangeInfo"))));
  EXPECT_EQ(list.skipped, 0U);
  EXPECT_EQ(list.weight_per_minute, 6000U);
  ASSERT_EQ(list.instruments.size(), 25U);
  EXPECT_EQ(list.instruments[11].symbol, btc_);
  EXPECT_EQ(list.instruments[11].price_precision, 2);
  EXPECT_EQ(list.instruments[11].quantity_precision, 5);
  EXPECT_EQ(list.instruments[6].quantity_precision, 0);  // SNTETH, in whole ones
  EXPECT_EQ(list.instruments[6].status, "BREAK");
  // Candles and 24-hour figures are none of these.
  EXPECT_FALSE(rest_.read_trades(btc_, {}, ok(reply("/api/v3/klines"))).has_value());
  EXPECT_FALSE(rest_.read_book(btc_, ok(reply("/api/v3/ticker/24hr"))).has_value());
}

TEST_F(RecordedBinanceRest, SnapshotsInsideARecording) {
  auto reader = store::RecordingReader::open(
      {(kRecordings / "frames/binance-4pairs-20211012.frames.gz").string()});
  ASSERT_TRUE(reader.has_value()) << reader.error().message;
  std::vector<std::uint64_t> ids;
  for (;;) {
    const auto line = reader->next();
    ASSERT_TRUE(line.has_value()) << line.error().message;
    if (!*line) break;
    if ((*line)->kind != store::RecordedLine::Kind::rest) continue;
    const auto book = good(rest_.read_book(btc_, ok((*line)->text)));
    EXPECT_LT(book.bids.at(0).price, book.asks.at(0).price);
    ids.push_back(book.last_id);
  }
  EXPECT_EQ(ids, (std::vector<std::uint64_t>{499869752, 281916627, 259345543, 15602511}));
}

}  // namespace
}  // namespace tickwitness::app
