#include "exchange/kraken_v1/session.h"

#include <gtest/gtest.h>

namespace tickwitness::exchange::kraken_v1 {
namespace {

market::Symbol symbol(std::string_view text) {
  return *market::Symbol::parse(text);
}

const Subscription kBtcTrade{Channel::trade, symbol("BTC-USD")};
const Subscription kDogeTrade{Channel::trade, symbol("DOGE-USD")};
const Subscription kSpread{Channel::spread, symbol("ETH-BTC")};
const Subscription kBook{Channel::book, symbol("BTC-USD")};
const Subscription kInstrument{Channel::instrument, {}};

Subscription ohlc(std::uint32_t minutes) {
  return {Channel::ohlc, symbol("BTC-USD"), minutes};
}

TEST(KrakenV1Session, AsksOncePerChannelByTheOldNames) {
  KrakenV1 kraken(25);
  const std::vector<Subscription> wanted{kBtcTrade,  kInstrument, kSpread,  ohlc(5),
                                         kDogeTrade, kBtcTrade,   ohlc(15), kBook};
  const auto requests = kraken.subscribe(wanted, 10);
  const std::vector<std::string> expected{
      R"({"event":"subscribe","pair":["XBT/USD","XDG/USD"],"subscription":{"name":"trade"},)"
      R"("reqid":10})",
      R"({"event":"subscribe","pair":["ETH/XBT"],"subscription":{"name":"spread"},"reqid":11})",
      R"({"event":"subscribe","pair":["XBT/USD"],"subscription":{"name":"ohlc","interval":5},)"
      R"("reqid":12})",
      R"({"event":"subscribe","pair":["XBT/USD"],"subscription":{"name":"ohlc","interval":15},)"
      R"("reqid":13})",
      R"({"event":"subscribe","pair":["XBT/USD"],"subscription":{"name":"book","depth":25},)"
      R"("reqid":14})",
  };
  ASSERT_EQ(requests.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(requests[i].text, expected[i]);
    EXPECT_EQ(requests[i].id, 10 + i);
  }
  EXPECT_EQ(requests[0].subscriptions, (std::vector{kBtcTrade, kDogeTrade}));
  EXPECT_EQ(kraken.assign_connections(wanted), std::vector<std::size_t>(wanted.size(), 0));
}

TEST(KrakenV1Session, UnsubscribesAndPings) {
  KrakenV1 kraken;
  const auto requests = kraken.unsubscribe(std::vector{kSpread}, 3);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(
      requests[0].text,
      R"({"event":"unsubscribe","pair":["ETH/XBT"],"subscription":{"name":"spread"},"reqid":3})");
  EXPECT_EQ(kraken.ping(101), R"({"event":"ping","reqid":101})");
}

TEST(KrakenV1Session, ChecksBooksAsV2Does) {
  KrakenV1 kraken(1000);
  EXPECT_EQ(kraken.book_sync(), BookSync::checksum);
  EXPECT_EQ(kraken.book_depth(), 1000u);
  market::OrderBook book(10);
  const market::Level ask[] = {{base::Decimal(12345, 4), base::Decimal(6789, 1)}};
  book.apply({}, ask);
  EXPECT_EQ(kraken.checksum_of(book, {.price = 4, .quantity = 1}), 0xCBF43926U);
}

}  // namespace
}  // namespace tickwitness::exchange::kraken_v1
