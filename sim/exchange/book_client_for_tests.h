// For tests: a client of the book channel that knows nothing but the frames. It keeps the digits
// as they came and computes the checksum over them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "sim/exchange/crc32.h"
#include "sim/exchange/json_reader.h"
#include "sim/exchange/order_book.h"

namespace tickwitness::sim {

class BookClient {
 public:
  explicit BookClient(std::size_t depth) : depth_(depth) {}

  // One item of a book frame's data.
  void apply(const Json& item, bool snapshot) {
    if (snapshot) {
      bids_.clear();
      asks_.clear();
    }
    for (const Json& level : item.find("bids")->items) apply(bids_, level);
    for (const Json& level : item.find("asks")->items) apply(asks_, level);
    while (bids_.size() > depth_) bids_.erase(std::prev(bids_.end()));
    while (asks_.size() > depth_) asks_.erase(std::prev(asks_.end()));
  }

  std::uint32_t checksum() const {
    std::string text;
    append(asks_, text);
    append(bids_, text);
    return crc32(text);
  }

  // As many levels as subscribed, all as in the exchange's own book.
  bool equals(const OrderBook& book) const {
    return equals(asks_, book.top(BookSide::ask, depth_)) &&
           equals(bids_, book.top(BookSide::bid, depth_));
  }

  // Of a precision that was raised: what is held is shown with more digits, too.
  void show_price_digits(std::size_t zeros) { zeros_ = zeros; }

  std::size_t size() const { return bids_.size() + asks_.size(); }
  // Units.
  std::int64_t best_bid() const { return bids_.begin()->first; }
  std::int64_t best_ask() const { return asks_.begin()->first; }

 private:
  static std::int64_t units(const Json& number) {
    std::string digits = number.text;
    std::erase(digits, '.');
    return std::stoll(digits);
  }

  // Prices in units of the first precision: later digits are 0.
  template <typename Side>
  void apply(Side& side, const Json& level) const {
    std::int64_t price = units(*level.find("price"));
    for (std::size_t i = 0; i < zeros_; ++i) price /= 10;
    const std::int64_t quantity = units(*level.find("qty"));
    if (quantity == 0) {
      side.erase(price);
    } else {
      side[price] = quantity;
    }
  }

  template <typename Side>
  void append(const Side& side, std::string& text) const {
    std::size_t count = 0;
    for (const auto& [price, quantity] : side) {
      if (count++ == 10) return;
      text += std::to_string(price) + std::string(zeros_, '0') + std::to_string(quantity);
    }
  }

  template <typename Side>
  static bool equals(const Side& side, const std::vector<Level>& levels) {
    return std::ranges::equal(side, levels, [](const auto& held, const Level& level) {
      return held.first == level.price && held.second == level.quantity;
    });
  }

  std::size_t depth_;
  std::size_t zeros_ = 0;
  std::map<std::int64_t, std::int64_t, std::greater<>> bids_;
  std::map<std::int64_t, std::int64_t> asks_;
};

}  // namespace tickwitness::sim
