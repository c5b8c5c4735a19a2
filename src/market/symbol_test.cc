#include "market/symbol.h"

#include <gtest/gtest.h>

namespace tickwitness::market {
namespace {

TEST(Symbol, ReadsBothSpellings) {
  for (const char* text : {"BTC-USD", "BTC/USD"}) {
    const auto symbol = Symbol::parse(text);
    ASSERT_TRUE(symbol);
    EXPECT_EQ(symbol->str(), "BTC-USD");
    EXPECT_EQ(symbol->base(), "BTC");
    EXPECT_EQ(symbol->quote(), "USD");
    EXPECT_EQ(symbol->with('/'), "BTC/USD");
  }
}

TEST(Symbol, AcceptsUpToItsLength) {
  EXPECT_TRUE(Symbol::parse("1INCH-EUR"));
  EXPECT_TRUE(Symbol::parse("ETH2.S-USD"));
  EXPECT_TRUE(Symbol::parse("AAPLx-USD"));
  EXPECT_TRUE(Symbol::parse("ABCDEFGHIJKLMNOPQR-USDT"));  // 23
  EXPECT_FALSE(Symbol::parse("ABCDEFGHIJKLMNOPQRS-USDT"));
}

TEST(Symbol, RefusesOtherTexts) {
  for (const char* text : {"", "-", "BTC", "BTC-", "-USD", "BTC-USD-EUR", "BTC//USD", "BTC-USD/EUR",
                           "BTC USD", "BTC_USD", "B\"C-USD", "BTC-U\nD", "\xC3\x84-USD"}) {
    const auto symbol = Symbol::parse(text);
    ASSERT_FALSE(symbol) << text;
    EXPECT_NE(symbol.error().message.find("BTC-USD"), std::string::npos);
  }
  EXPECT_FALSE(Symbol::parse(std::string_view("BTC-\0", 5)));
}

TEST(Symbol, EmptyIsAValue) {
  const Symbol none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.base(), "");
  EXPECT_EQ(none.quote(), "");
}

TEST(Symbol, OrdersByText) {
  EXPECT_LT(*Symbol::parse("BTC-USD"), *Symbol::parse("ETH-USD"));
  EXPECT_LT(*Symbol::parse("BTC-EUR"), *Symbol::parse("BTC-USD"));
  EXPECT_EQ(*Symbol::parse("BTC-USD"), *Symbol::parse("BTC/USD"));
  EXPECT_LE(sizeof(Symbol), 24u);
}

}  // namespace
}  // namespace tickwitness::market
