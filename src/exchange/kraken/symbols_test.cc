#include "exchange/kraken/symbols.h"

#include <gtest/gtest.h>

namespace tickwitness::exchange::kraken {
namespace {

struct Names {
  std::string own, v2, v1, rest;
};

TEST(KrakenSymbols, EachInterfaceHasItsSpelling) {
  const Names cases[] = {
      {"BTC-USD", "BTC/USD", "XBT/USD", "XBTUSD"},
      {"DOGE-USD", "DOGE/USD", "XDG/USD", "XDGUSD"},
      {"ETH-BTC", "ETH/BTC", "ETH/XBT", "ETHXBT"},
      {"DOGE-BTC", "DOGE/BTC", "XDG/XBT", "XDGXBT"},
      {"BTC-USDT", "BTC/USDT", "XBT/USDT", "XBTUSDT"},
      {"WBTC-USD", "WBTC/USD", "WBTC/USD", "WBTCUSD"},  // only the whole name is another
      {"OCEAN-EUR", "OCEAN/EUR", "OCEAN/EUR", "OCEANEUR"},
  };
  for (const Names& names : cases) {
    const auto symbol = *market::Symbol::parse(names.own);
    EXPECT_EQ(to_kraken(symbol), names.v2);
    EXPECT_EQ(to_kraken_v1(symbol), names.v1);
    EXPECT_EQ(to_rest(symbol), names.rest);
    EXPECT_EQ(from_kraken(names.v2)->str(), names.own);
    EXPECT_EQ(from_kraken_v1(names.v1)->str(), names.own);
  }
  // The documentation's own examples of v1 say BTC.
  EXPECT_EQ(from_kraken_v1("BTC/USD")->str(), "BTC-USD");
}

TEST(KrakenSymbols, OtherTextsAreRefused) {
  for (const std::string text : {"", "/", "XBTUSD", "XBT-USD", "XBT/", "/USD", "A/B/C", "XBT/US D",
                                 "ABCDEFGHIJKLMNOPQRS/ABCDE"}) {
    EXPECT_FALSE(from_kraken_v1(text).has_value()) << text;
  }
  // 22 characters that become 23, which is the most there is.
  EXPECT_EQ(from_kraken_v1("XDG/ABCDEFGHIJKLMNOPQR")->str(), "DOGE-ABCDEFGHIJKLMNOPQR");
  EXPECT_FALSE(from_kraken_v1("XDG/ABCDEFGHIJKLMNOPQRS").has_value());
}

}  // namespace
}  // namespace tickwitness::exchange::kraken
