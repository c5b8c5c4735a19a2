// The name of a market in tickwitness's own spelling: BASE-QUOTE ("BTC-USD"). Exchanges translate
// at their edge.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tickwitness::market {

// A value of 24 bytes without heap memory; cheap to copy, compare and put into rings.
class Symbol {
 public:
  static constexpr std::size_t kLengthMax = 23;

  Symbol() = default;
  // "BTC-USD", or "BTC/USD" as exchanges write it: two parts of 1 or more of [A-Za-z0-9.], at most
  // kLengthMax in all.
  static base::Result<Symbol> parse(std::string_view text);

  std::string_view str() const { return {text_.data(), length_}; }
  std::string_view base() const;
  std::string_view quote() const;
  // Joined by another separator: with('/') is "BTC/USD".
  std::string with(char separator) const;
  bool empty() const { return length_ == 0; }

  friend bool operator==(const Symbol& a, const Symbol& b) { return a.str() == b.str(); }
  struct Hash {
    std::size_t operator()(const Symbol& symbol) const {
      return std::hash<std::string_view>()(symbol.str());
    }
  };
  friend std::strong_ordering operator<=>(const Symbol& a, const Symbol& b) {
    return a.str() <=> b.str();
  }

 private:
  std::array<char, kLengthMax> text_{};
  std::uint8_t length_ = 0;
};

}  // namespace tickwitness::market
