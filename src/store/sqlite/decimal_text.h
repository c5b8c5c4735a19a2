// A decimal's text on the stack: each row has two to six of them.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <string_view>

#include "base/decimal.h"

namespace tickwitness::store::sqlite {

// The same characters as base::Decimal::str().
class DecimalText {
 public:
  explicit DecimalText(base::Decimal value) {
    const auto mantissa = static_cast<std::uint64_t>(value.mantissa());
    const fmt::format_int digits(value.is_negative() ? 0 - mantissa : mantissa);
    const auto scale = static_cast<std::size_t>(value.scale());
    if (value.is_negative()) put("-", 1);
    if (scale == 0) {
      put(digits.data(), digits.size());
    } else if (digits.size() <= scale) {
      put("0.", 2);
      std::memset(text_.data() + length_, '0', scale - digits.size());
      length_ += scale - digits.size();
      put(digits.data(), digits.size());
    } else {
      put(digits.data(), digits.size() - scale);
      put(".", 1);
      put(digits.data() + digits.size() - scale, scale);
    }
  }
  std::string_view view() const { return {text_.data(), length_}; }

 private:
  void put(const char* from, std::size_t count) {
    std::memcpy(text_.data() + length_, from, count);
    length_ += count;
  }
  std::array<char, 260> text_;  // of a scale of 8 bits
  std::size_t length_ = 0;
};

}  // namespace tickwitness::store::sqlite
