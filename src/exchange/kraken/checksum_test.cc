#include "exchange/kraken/checksum.h"

#include <gtest/gtest.h>

namespace tickwitness::exchange::kraken {
namespace {

market::Level level(std::string_view price, std::string_view quantity) {
  return {base::Decimal::parse(price).value(), base::Decimal::parse(quantity).value()};
}

// BTC/USD of depth 10 at 2026-08-02T05:43:31.000562Z, and the checksum that Kraken sent with it.
const market::Level kAsks[] = {level("63348.5", "0.03310673"), level("63350.2", "0.01534274"),
                               level("63350.7", "0.00126056"), level("63350.8", "0.05019216"),
                               level("63350.9", "0.00005100"), level("63351.6", "0.33270772"),
                               level("63351.7", "0.60995873"), level("63352.7", "0.50464000"),
                               level("63354.1", "0.00005100"), level("63356.6", "0.23557134")};
const market::Level kBids[] = {level("63348.4", "0.12158347"), level("63348.1", "0.78928964"),
                               level("63347.8", "0.00005100"), level("63347.2", "0.78930017"),
                               level("63345.8", "0.01511055"), level("63345.1", "0.05960180"),
                               level("63344.7", "0.00005100"), level("63344.5", "0.78933399"),
                               level("63343.0", "0.00157871"), level("63342.8", "0.01000000")};

TEST(KrakenChecksum, IsWhatKrakenSent) {
  market::OrderBook book(10);
  book.apply(kBids, kAsks);
  EXPECT_EQ(book_checksum(book, {.price = 1, .quantity = 8}), 2976216659U);
  const market::Level update[] = {level("63348.4", "0.17658347")};
  book.apply(update, {});
  EXPECT_EQ(book_checksum(book, {.price = 1, .quantity = 8}), 3342699774U);
}

TEST(KrakenChecksum, PadsWhatWasWrittenWithoutItsZeros) {
  market::OrderBook book(10);
  book.apply(kBids, kAsks);
  const market::Level shorter[] = {level("63343", "0.00157871"), level("63342.8", "0.01"),
                                   level("63347.8", "5.1e-05")};
  book.apply(shorter, {});
  EXPECT_EQ(book_checksum(book, {.price = 1, .quantity = 8}), 2976216659U);
  EXPECT_NE(book_checksum(book, {.price = 0, .quantity = 0}), 2976216659U);
}

TEST(KrakenChecksum, TakesWhatThereIs) {
  market::OrderBook book(10);
  EXPECT_EQ(book_checksum(book, {}), 0U);
  const market::Level ask[] = {level("12.34", "5678.9")};
  book.apply({}, ask);
  EXPECT_NE(book_checksum(book, {.price = 2, .quantity = 1}), 0U);
  market::OrderBook digits(10);
  const market::Level check[] = {level("1.2345", "678.9")};
  digits.apply({}, check);
  EXPECT_EQ(book_checksum(digits, {.price = 4, .quantity = 1}), 0xCBF43926U);
}

}  // namespace
}  // namespace tickwitness::exchange::kraken
