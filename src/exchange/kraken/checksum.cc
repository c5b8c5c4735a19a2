#include "exchange/kraken/checksum.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <iterator>

namespace tickwitness::exchange::kraken {
namespace {

constexpr std::size_t kLevels = 10;
using Text = fmt::basic_memory_buffer<char, 1024>;  // 40 numbers of at most 19 + 18 digits fit

void append_digits(Text& text, base::Decimal number, int precision) {
  fmt::format_to(std::back_inserter(text), FMT_STRING("{}"), number.mantissa());
  if (number.is_zero()) return;
  for (int zeros = precision - number.scale(); zeros > 0; --zeros) text.push_back('0');
}

void append_level(Text& text, const market::Level& level, market::Precision precision) {
  append_digits(text, level.price, precision.price);
  append_digits(text, level.quantity, precision.quantity);
}

}  // namespace

std::uint32_t book_checksum(const market::OrderBook& book, market::Precision precision) {
  Text text;
  for (std::size_t i = 0; i < std::min(kLevels, book.ask_count()); ++i) {
    append_level(text, book.ask(i), precision);
  }
  for (std::size_t i = 0; i < std::min(kLevels, book.bid_count()); ++i) {
    append_level(text, book.bid(i), precision);
  }
  const auto* const bytes = reinterpret_cast<const Bytef*>(text.data());
  return static_cast<std::uint32_t>(crc32(0, bytes, static_cast<uInt>(text.size())));
}

}  // namespace tickwitness::exchange::kraken
