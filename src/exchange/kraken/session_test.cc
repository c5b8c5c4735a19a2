#include "exchange/kraken/session.h"

#include <gtest/gtest.h>

#include <string>

#include "exchange/kraken/symbols.h"

namespace tickwitness::exchange::kraken {
namespace {

market::Symbol symbol(std::string_view text) {
  return *market::Symbol::parse(text);
}

const Subscription kBtcTrade{Channel::trade, symbol("BTC-USD")};
const Subscription kEthTrade{Channel::trade, symbol("ETH-USD")};
const Subscription kBtcSpread{Channel::spread, symbol("BTC-USD")};
const Subscription kInstrument{Channel::instrument, {}};

Subscription ohlc(std::uint32_t minutes) {
  return {Channel::ohlc, symbol("BTC-USD"), minutes};
}

TEST(KrakenSession, AsksOncePerChannelAndAlwaysSaysSnapshot) {
  KrakenV2 kraken;
  const std::vector<Subscription> wanted{kBtcTrade,   kBtcSpread, ohlc(5), kEthTrade,
                                         kInstrument, kBtcTrade,  ohlc(15)};
  const auto requests = kraken.subscribe(wanted, 10);
  const std::vector<std::string> expected{
      R"({"method":"subscribe","params":{"channel":"trade","symbol":["BTC/USD","ETH/USD"],)"
      R"("snapshot":true},"req_id":10})",
      R"({"method":"subscribe","params":{"channel":"ticker","event_trigger":"bbo",)"
      R"("symbol":["BTC/USD"],"snapshot":true},"req_id":11})",
      R"({"method":"subscribe","params":{"channel":"ohlc","interval":5,"symbol":["BTC/USD"],)"
      R"("snapshot":true},"req_id":12})",
      R"({"method":"subscribe","params":{"channel":"instrument","snapshot":true},"req_id":13})",
      R"({"method":"subscribe","params":{"channel":"ohlc","interval":15,"symbol":["BTC/USD"],)"
      R"("snapshot":true},"req_id":14})",
  };
  ASSERT_EQ(requests.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(requests[i].text, expected[i]);
    EXPECT_EQ(requests[i].id, 10 + i);
  }
  EXPECT_EQ(requests[0].subscriptions, (std::vector{kBtcTrade, kEthTrade}));
}

TEST(KrakenSession, NamesTheDepthOfBooks) {
  KrakenV2 kraken(25);
  EXPECT_EQ(kraken.book_depth(), 25u);
  const std::vector<Subscription> wanted{{Channel::book, symbol("BTC-USD")}};
  EXPECT_EQ(kraken.subscribe(wanted, 5).at(0).text,
            R"({"method":"subscribe","params":{"channel":"book","depth":25,"symbol":["BTC/USD"],)"
            R"("snapshot":true},"req_id":5})");
  EXPECT_EQ(kraken.unsubscribe(wanted, 6).at(0).text,
            R"({"method":"unsubscribe","params":{"channel":"book","depth":25,)"
            R"("symbol":["BTC/USD"]},"req_id":6})");
}

TEST(KrakenSession, UnsubscribesWithTheSameParams) {
  KrakenV2 kraken;
  const std::vector<Subscription> wanted{ohlc(60), kBtcSpread};
  const auto requests = kraken.unsubscribe(wanted, 1);
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(
      requests[0].text,
      R"({"method":"unsubscribe","params":{"channel":"ohlc","interval":60,"symbol":["BTC/USD"]},)"
      R"("req_id":1})");
  EXPECT_EQ(requests[1].text,
            R"({"method":"unsubscribe","params":{"channel":"ticker","event_trigger":"bbo",)"
            R"("symbol":["BTC/USD"]},"req_id":2})");
}

TEST(KrakenSession, SplitsLongListsIntoHundreds) {
  std::vector<Subscription> wanted;
  for (int i = 0; i < 250; ++i)
    wanted.push_back({Channel::trade, symbol("A" + std::to_string(i) + "-USD")});
  KrakenV2 kraken;
  const auto requests = kraken.subscribe(wanted, 1);
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].subscriptions.size(), 100u);
  EXPECT_EQ(requests[1].subscriptions.size(), 100u);
  EXPECT_EQ(requests[2].subscriptions.size(), 50u);
  EXPECT_EQ(requests[2].id, 3u);
  EXPECT_EQ(requests[2].subscriptions.front(), wanted[200]);
}

TEST(KrakenSession, NothingWantedNothingAsked) {
  KrakenV2 kraken;
  EXPECT_TRUE(kraken.subscribe({}, 1).empty());
  EXPECT_TRUE(kraken.assign_connections({}).empty());
}

TEST(KrakenSession, Pings) {
  EXPECT_EQ(KrakenV2{}.ping(101), R"({"method":"ping","req_id":101})");
}

TEST(KrakenSession, GivesEachFurtherCandleIntervalAConnection) {
  const std::vector<Subscription> wanted{ohlc(60),
                                         kBtcTrade,
                                         ohlc(5),
                                         {Channel::ohlc, symbol("ETH-USD"), 15},
                                         kInstrument,
                                         ohlc(1),
                                         {Channel::ohlc, symbol("ETH-USD"), 1},
                                         kBtcSpread};
  EXPECT_EQ(KrakenV2{}.assign_connections(wanted),
            (std::vector<std::size_t>{3, 0, 1, 2, 0, 0, 0, 0}));
  const std::vector<Subscription> one{ohlc(15), kBtcTrade};
  EXPECT_EQ(KrakenV2{}.assign_connections(one), (std::vector<std::size_t>{0, 0}));
}

TEST(KrakenSymbols, DifferOnlyInTheSeparator) {
  EXPECT_EQ(to_kraken(symbol("BTC-USD")), "BTC/USD");
  EXPECT_EQ(from_kraken("BTC/USD").value(), symbol("BTC-USD"));
  EXPECT_FALSE(from_kraken("BTC-USD"));
  EXPECT_FALSE(from_kraken("XBTUSD"));
}

}  // namespace
}  // namespace tickwitness::exchange::kraken
