#include "cache/signal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickwitness::cache {
namespace {
using testing::HasSubstr;

const StreamFields kLeast{{"symbol", "BTC-USD"}, {"side", "buy"}, {"timestamp", "1700000000123"}};

StreamFields with(std::string name, std::string value) {
  StreamFields fields = kLeast;
  for (auto& field : fields) {
    if (field.first != name) continue;
    field.second = value;
    return fields;
  }
  fields.emplace_back(std::move(name), std::move(value));
  return fields;
}

TEST(Signal, TheLeastAndAll) {
  const auto least = read_signal(kLeast);
  ASSERT_TRUE(least);
  EXPECT_EQ(least->symbol.str(), "BTC-USD");
  EXPECT_EQ(least->side, market::Side::buy);
  EXPECT_EQ(least->made.time_since_epoch(), std::chrono::milliseconds(1700000000123));
  EXPECT_FALSE(least->price || least->confidence);

  const auto all = read_signal({{"id", "a-1"},
                                {"strategy", "momentum"},
                                {"symbol", "ETH/USD"},
                                {"side", "sell"},
                                {"timestamp", "1700000000000"},
                                {"price", "2050.10"},
                                {"quantity", "0.5"},
                                {"stop_loss", "2100"},
                                {"take_profit", "1990"},
                                {"confidence", "0.75"},
                                {"note", ""}});
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->symbol.str(), "ETH-USD");
  EXPECT_EQ(all->side, market::Side::sell);
  EXPECT_EQ(all->price->str(), "2050.10");
  EXPECT_EQ(all->quantity->str(), "0.5");
  EXPECT_EQ(all->stop_loss->str(), "2100");
  EXPECT_EQ(all->take_profit->str(), "1990");
  EXPECT_EQ(all->confidence, 0.75);
  EXPECT_EQ(all->id, "a-1");
  EXPECT_EQ(all->strategy, "momentum");
}

TEST(Signal, WhatIsNoneSaysWhichField) {
  const struct {
    StreamFields fields;
    std::string_view problem;
  } cases[] = {
      {{}, "symbol: "},
      {with("symbol", "bitcoin"), "symbol: "},
      {with("side", "BUY"), "side: "},
      {with("side", ""), "side: "},
      {with("timestamp", "1700000000"), "timestamp: "},
      {with("timestamp", "1700000000000000"), "timestamp: "},
      {with("timestamp", "1700000000123x"), "timestamp: "},
      {with("price", "0"), "price: "},
      {with("price", "-1"), "price: "},
      {with("quantity", "NaN"), "quantity: "},
      {with("stop_loss", "1e400"), "stop_loss: "},
      {with("take_profit", "hunter2"), "take_profit: "},
      {with("confidence", "1.01"), "confidence: "},
      {with("confidence", "-0.1"), "confidence: "},
      {with("", "x"), "a field's name"},
      {with(std::string(65, 'x'), "x"), "a field's name"},
      {with("note", std::string(1025, 'x')), "note: no text"},
      {with("note", "\xff"), "note: no text"},
      {with("note", "a\nb"), "note: no text"},
  };
  for (const auto& c : cases) {
    const auto signal = read_signal(c.fields);
    ASSERT_FALSE(signal) << c.problem;
    EXPECT_THAT(signal.error().message, HasSubstr(c.problem));
    EXPECT_THAT(signal.error().message, testing::Not(HasSubstr("hunter2")));
  }
  StreamFields twice = kLeast;
  twice.emplace_back("side", "sell");
  EXPECT_EQ(read_signal(twice).error().message, "side: stands there twice");
  StreamFields many = kLeast;
  for (int i = 0; i < 62; ++i) many.emplace_back("f" + std::to_string(i), "");
  EXPECT_EQ(read_signal(many).error().message, "more than 64 fields");
}

}  // namespace
}  // namespace tickwitness::cache
