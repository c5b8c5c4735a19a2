#include "exchange/binance/symbols.h"

#include <gtest/gtest.h>

#include <map>

#include "base/prng.h"

namespace tickwitness::exchange::binance {
namespace {

market::Symbol symbol(std::string_view text) {
  return *market::Symbol::parse(text);
}

std::string found(const SymbolTable& table, std::string_view text) {
  const auto result = table.find(text);
  return result ? std::string(result->str()) : "nothing";
}

TEST(BinanceSymbols, AreWrittenWithoutSeparator) {
  EXPECT_EQ(to_binance(symbol("BTC-USDT")), "BTCUSDT");
  EXPECT_EQ(stream_symbol(symbol("BTC-USDT")), "btcusdt");
  EXPECT_EQ(to_binance(symbol("1000SATS-FDUSD")), "1000SATSFDUSD");
  EXPECT_EQ(to_binance(symbol("doge-usdt")), "DOGEUSDT");
}

TEST(BinanceSymbols, UnknownOnesAreSplitBeforeTheLongestQuote) {
  const SymbolTable table;
  const std::pair<std::string, std::string> cases[] = {
      {"BTCUSDT", "BTC-USDT"},
      {"ETHBTC", "ETH-BTC"},
      {"BNBETH", "BNB-ETH"},
      {"BTCFDUSD", "BTC-FDUSD"},
      {"BTCTUSD", "BTC-TUSD"},
      {"ETHBUSD", "ETH-BUSD"},
      {"BTCEUR", "BTC-EUR"},
      {"BTCTRY", "BTC-TRY"},
      {"BTCGBP", "BTC-GBP"},
      {"USDCUSDT", "USDC-USDT"},
      {"BLZETH", "BLZ-ETH"},
      {"RUNEEUR", "RUNE-EUR"},
      {"1000SATSUSDT", "1000SATS-USDT"},
      {"BTCUSD", "BTC-USD"},
      {"USDT", "nothing"},
      {"", "nothing"},
      {"XYZ", "nothing"},
      {"btcusdt", "nothing"},
      {"A B/USDT", "nothing"},
      {"-USDT", "nothing"},
      {"ABCDEFGHIJKLMNOPQRUSDT", "ABCDEFGHIJKLMNOPQR-USDT"},  // 23 with the separator
      {"ABCDEFGHIJKLMNOPQRSUSDT", "nothing"},
      {"ABCDEFGHIJKLMNOPQRSTUVWXYZUSDT", "nothing"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(found(table, text), expected) << text;
}

TEST(BinanceSymbols, WhatWasLearntGoesBeforeTheGuess) {
  SymbolTable table;
  EXPECT_EQ(found(table, "XUSDT"), "X-USDT");
  table.learn("XUSDT", symbol("XUSD-T"));
  EXPECT_EQ(found(table, "XUSDT"), "XUSD-T");
  table.learn("XUSDT", symbol("XU-SDT"));
  EXPECT_EQ(found(table, "XUSDT"), "XU-SDT");
  EXPECT_EQ(table.size(), 1U);
  table.learn(symbol("BTC-USDT"));
  EXPECT_EQ(found(table, "BTCUSDT"), "BTC-USDT");
  table.learn("", symbol("BTC-USDT"));
  table.learn("ABCDEFGHIJKLMNOPQRSTUVWXYZ", symbol("BTC-USDT"));  // no such market can be
  table.learn("NOTHING", market::Symbol());
  EXPECT_EQ(table.size(), 2U);
}

// Against a map, with texts that share beginnings and ends.
TEST(BinanceSymbols, AFullTableFindsEach) {
  base::Prng random(7);
  SymbolTable table;
  std::map<std::string, std::string> truth;
  for (int i = 0; i < 5000; ++i) {
    std::string base;
    const std::uint64_t length = 1 + random.below(17);
    for (std::uint64_t c = 0; c < length; ++c) {
      base += "ABC"[random.below(3)];
    }
    const std::string quote(1, "XYZ"[random.below(3)]);
    table.learn(base + quote, symbol(base + "-" + quote));
    truth[base + quote] = base + "-" + quote;
  }
  EXPECT_GT(truth.size(), 3000U);
  EXPECT_EQ(table.size(), truth.size());
  for (const auto& [text, name] : truth) {
    EXPECT_EQ(found(table, text), name);
    EXPECT_EQ(found(table, text + "Q"), "nothing");
  }
}

}  // namespace
}  // namespace tickwitness::exchange::binance
