// Order books, through the codec.
#include "exchange/kraken/book_data.h"

#include <gtest/gtest.h>

#include <string>

#include "base/rfc3339.h"
#include "exchange/kraken/checksum.h"
#include "exchange/kraken/codec.h"

namespace tickwitness::exchange::kraken {
namespace {

Frame decoded(std::string_view text) {
  Codec codec;
  Frame frame;
  codec.decode(text, frame);
  return frame;
}

std::string written(std::span<const market::Level> levels) {
  std::string text;
  for (const auto& level : levels) text += level.price.str() + "x" + level.quantity.str() + " ";
  return text;
}

// As Kraken sent them, one after the other; its checksums are the truth.
constexpr std::string_view kSnapshot =
    R"({"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[)"
    R"({"price":63348.4,"qty":0.12158347},{"price":63348.1,"qty":0.78928964},)"
    R"({"price":63347.8,"qty":0.00005100},{"price":63347.2,"qty":0.78930017},)"
    R"({"price":63345.8,"qty":0.01511055},{"price":63345.1,"qty":0.05960180},)"
    R"({"price":63344.7,"qty":0.00005100},{"price":63344.5,"qty":0.78933399},)"
    R"({"price":63343.0,"qty":0.00157871},{"price":63342.8,"qty":0.01000000}],"asks":[)"
    R"({"price":63348.5,"qty":0.03310673},{"price":63350.2,"qty":0.01534274},)"
    R"({"price":63350.7,"qty":0.00126056},{"price":63350.8,"qty":0.05019216},)"
    R"({"price":63350.9,"qty":0.00005100},{"price":63351.6,"qty":0.33270772},)"
    R"({"price":63351.7,"qty":0.60995873},{"price":63352.7,"qty":0.50464000},)"
    R"({"price":63354.1,"qty":0.00005100},{"price":63356.6,"qty":0.23557134}],)"
    R"("checksum":2976216659,"timestamp":"2026-08-02T05:43:31.000562Z"}]})";
constexpr std::string_view kUpdate =
    R"({"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[)"
    R"({"price":63348.4,"qty":0.17658347}],"asks":[],"checksum":3342699774,)"
    R"("timestamp":"2026-08-02T05:43:31.108168Z"}]})";

TEST(KrakenBooks, GiveTheBookThatKrakenSums) {
  Codec codec;
  Frame frame;
  market::OrderBook book(10);
  for (const auto text : {kSnapshot, kUpdate}) {
    codec.decode(text, frame);
    ASSERT_EQ(frame.kind, FrameKind::books);
    EXPECT_EQ(frame.channel, Channel::book);
    EXPECT_EQ(frame.wire_channel, "book");
    EXPECT_EQ(frame.snapshot, text == kSnapshot);
    EXPECT_EQ(frame.skipped, 0u);
    ASSERT_EQ(frame.books.size(), 1u);
    const auto& change = frame.books[0];
    EXPECT_EQ(change.symbol.str(), "BTC-USD");
    book.apply(frame.bids(change), frame.asks(change));
    EXPECT_EQ(book_checksum(book, {.price = 1, .quantity = 8}), change.checksum);
  }
  EXPECT_EQ(frame.books[0].exchange_time, base::parse_rfc3339("2026-08-02T05:43:31.108168Z"));
  EXPECT_EQ(written(frame.bids(frame.books[0])), "63348.4x0.17658347 ");
  EXPECT_TRUE(frame.asks(frame.books[0]).empty());
}

TEST(KrakenBooks, ComeInManySpellings) {
  for (
      const std::string_view text : {
          R"({"channel":"book","type":"update","data":[{"symbol":"A/B","bids":[{"price":1.50,)"
          R"("qty":2}],"asks":[{"price":2,"qty":3.0},{"price":3,"qty":0.000}],"checksum":7}]})",
          // the order of 2023, and any other
          R"({"channel":"book","data":[{"asks":[{"qty":3.0,"price":2},{"new":[{}],"qty":0.000,)"
          R"("price":3}],"checksum":7,"bids":[{"qty":2,"price":1.50,"orders":{"qty":9}}],)"
          R"("symbol":"A/B","x":{"bids":[]}}],"type":"update"})",
          R"({"data":[{"checksum":7,"bids":[{"price":1.50,"qty":2}],"asks":[{"price":2,"qty":3.0},)"
          R"({"price":3,"qty":0.000}],"symbol":"A/B","timestamp":null}],"type":"update",)"
          R"("channel":"book"})",
          " { \"channel\" : \"book\" , \"type\" : \"update\" , \"data\" : [ { \"symbol\" :\n"
          R"("A\/B","bids":[ {"price":1.50 , "qty":2 } ] , "asks" : [{"price":2,"qty":3.0},)"
          R"({"price":3,"qty":0.000}],"checksum":7 } ] } )",
      }) {
    SCOPED_TRACE(text);
    const auto frame = decoded(text);
    ASSERT_EQ(frame.kind, FrameKind::books) << to_string(frame.malformed);
    EXPECT_EQ(frame.skipped, 0u);
    ASSERT_EQ(frame.books.size(), 1u);
    const auto& book = frame.books[0];
    EXPECT_EQ(book.symbol.str(), "A-B");
    EXPECT_EQ(written(frame.bids(book)), "1.50x2 ");
    EXPECT_EQ(written(frame.asks(book)), "2x3.0 3x0.000 ");
    EXPECT_EQ(book.checksum, 7u);
    EXPECT_FALSE(book.exchange_time);
    EXPECT_FALSE(book.first_id);
  }
}

// A good entry, the other, a good entry.
std::string around(std::string_view entry) {
  const std::string good =
      R"({"symbol":"A/B","bids":[{"price":1,"qty":2}],"asks":[{"price":3,"qty":4}],"checksum":7})";
  return R"({"channel":"book","type":"update","data":[)" + good + "," + std::string(entry) + "," +
         good + "]}";
}

struct BadEntry {
  std::string_view entry;
  Malformed reason;
};

const BadEntry kBadEntries[] = {
    {R"({"bids":[],"asks":[],"checksum":7})", Malformed::missing_field},
    {R"({"symbol":"A/B","bids":[],"asks":[]})", Malformed::missing_field},
    {R"({"symbol":"AB","bids":[],"asks":[],"checksum":7})", Malformed::bad_symbol},
    {R"({"symbol":"A/B","bids":{},"asks":[],"checksum":7})", Malformed::wrong_type},
    {R"({"symbol":"A/B","bids":null,"asks":[],"checksum":7})", Malformed::wrong_type},
    {R"({"symbol":"A/B","bids":[],"asks":[5],"checksum":7})", Malformed::wrong_type},
    {R"({"symbol":"A/B","bids":[],"asks":[["1","2"]],"checksum":7})", Malformed::wrong_type},
    {R"({"symbol":"A/B","bids":[],"asks":[],"checksum":"7"})", Malformed::wrong_type},
    {R"({"symbol":"A/B","bids":[],"asks":[],"checksum":-7})", Malformed::bad_number},
    {R"({"symbol":"A/B","bids":[],"asks":[],"checksum":4294967296})", Malformed::bad_number},
    {R"({"symbol":"A/B","bids":[],"asks":[],"checksum":7,"timestamp":"x"})", Malformed::bad_time},
    {R"({"symbol":"A/B","bids":[{"price":1,"qty":2}],"asks":[{"price":1}],"checksum":7})",
     Malformed::missing_field},
    {R"({"symbol":"A/B","bids":[{"price":1,"qty":2},{"price":"1","qty":2}],"checksum":7})",
     Malformed::wrong_type},
    {R"({"symbol":"A/B","bids":[{"price":1,"qty":2},{"price":1,"qty":null}],"checksum":7})",
     Malformed::wrong_type},
    {R"({"symbol":"A/B","bids":[],"asks":[{"price":1,"qty":0.1234567890123456789}],"checksum":7})",
     Malformed::bad_number},
    {R"({"symbol":"A/B","bids":[],"asks":[{"price":1,"qty":-2}],"checksum":7})",
     Malformed::bad_number},
    {R"({"symbol":"A/B","bids":[{"price":-1,"qty":2}],"asks":[],"checksum":7})",
     Malformed::bad_number},
    {"[]", Malformed::wrong_type},
};

TEST(KrakenBooks, LackingALevelAreNoBooks) {
  for (const auto& bad : kBadEntries) {
    SCOPED_TRACE(bad.entry);
    auto frame = decoded(around(bad.entry));
    EXPECT_EQ(frame.kind, FrameKind::books);
    EXPECT_EQ(frame.skipped, 1u);
    EXPECT_EQ(to_string(frame.malformed), to_string(bad.reason));
    ASSERT_EQ(frame.books.size(), 2u);
    EXPECT_EQ(frame.levels.size(), 4u);
    for (const auto& book : frame.books) {
      EXPECT_EQ(written(frame.bids(book)), "1x2 ");
      EXPECT_EQ(written(frame.asks(book)), "3x4 ");
    }
    frame =
        decoded(R"({"channel":"book","type":"update","data":[)" + std::string(bad.entry) + "]}");
    EXPECT_EQ(frame.kind, FrameKind::malformed);
    EXPECT_EQ(to_string(frame.malformed), to_string(bad.reason));
    EXPECT_TRUE(frame.books.empty());
    EXPECT_TRUE(frame.levels.empty());
  }
}

std::string book_of(int bids, int asks) {
  const auto side = [](int count) {
    std::string text;
    for (int i = 1; i <= count; ++i)
      text += std::string(i > 1 ? "," : "") + R"({"price":)" + std::to_string(i) + R"(,"qty":1})";
    return text;
  };
  return R"({"symbol":"A/B","bids":[)" + side(bids) + R"(],"asks":[)" + side(asks) +
         R"(],"checksum":7})";
}

TEST(KrakenBooks, HaveALimit) {
  const auto deepest = decoded(around(book_of(2000, 2000)));
  ASSERT_EQ(deepest.books.size(), 3u);
  EXPECT_EQ(deepest.books[1].bids, 2000u);
  EXPECT_EQ(deepest.books[1].asks, 2000u);
  EXPECT_EQ(deepest.asks(deepest.books[1]).back().price, base::Decimal(2000, 0));
  EXPECT_EQ(written(deepest.asks(deepest.books[2])), "3x4 ");
  for (const auto& entry : {book_of(2001, 0), book_of(1, 2001)}) {
    const auto frame = decoded(around(entry));
    EXPECT_EQ(frame.books.size(), 2u);
    EXPECT_EQ(frame.levels.size(), 4u);
    EXPECT_EQ(frame.malformed, Malformed::too_large);
  }
}

}  // namespace
}  // namespace tickwitness::exchange::kraken
