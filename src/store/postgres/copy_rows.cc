#include "store/postgres/copy_rows.h"

#include <algorithm>
#include <cstring>

#include "store/batch/words.h"

namespace tickwitness::store::postgres {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kHead = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"sv;
constexpr std::int16_t kColumns = 11;
constexpr std::size_t kRowBytesMax = 256;

template <class T>
char* put(char* to, T value) {
  const auto bits = static_cast<std::make_unsigned_t<T>>(value);
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    to[i] = static_cast<char>(static_cast<std::uint8_t>(bits >> (8 * (sizeof(T) - 1 - i))));
  }
  return to + sizeof(T);
}

template <class T>
char* put_field(char* to, T value) {
  return put(put(to, static_cast<std::int32_t>(sizeof(T))), value);
}

char* put_text(char* to, std::string_view text) {
  to = put(to, static_cast<std::int32_t>(text.size()));
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

constexpr auto kPowers = [] {
  std::array<std::uint64_t, base::Decimal::kScaleMax + 1> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

// numeric: how many digits to the base of 10000, the weight of the first of them, sign, decimals
// to show, digits. Zeros at its ends are taken off by the server.
char* put_field(char* to, base::Decimal value) {
  constexpr std::uint64_t kBase = 10'000;
  constexpr int kBaseDigits = 4;
  const int scale = value.scale();
  const auto bits = static_cast<std::uint64_t>(value.mantissa());
  const std::uint64_t mantissa = value.is_negative() ? 0 - bits : bits;
  const std::uint64_t power = kPowers[static_cast<std::size_t>(scale)];
  std::array<std::int16_t, 10> digits{};
  std::size_t count = 0;
  for (std::uint64_t whole = mantissa / power; whole > 0; whole /= kBase) {
    digits[count++] = static_cast<std::int16_t>(whole % kBase);
  }
  std::reverse(digits.begin(), digits.begin() + static_cast<std::ptrdiff_t>(count));
  const auto weight = static_cast<std::int16_t>(static_cast<int>(count) - 1);
  std::uint64_t fraction = mantissa % power;
  for (int left = scale; left > 0; left -= kBaseDigits) {
    if (left >= kBaseDigits) {
      const std::uint64_t unit = kPowers[static_cast<std::size_t>(left - kBaseDigits)];
      digits[count++] = static_cast<std::int16_t>(fraction / unit);
      fraction %= unit;
    } else {
      const std::uint64_t padding = kPowers[static_cast<std::size_t>(kBaseDigits - left)];
      digits[count++] = static_cast<std::int16_t>(fraction * padding);
    }
  }
  to = put(to, static_cast<std::int32_t>(8 + 2 * count));
  to = put(to, static_cast<std::int16_t>(count));
  to = put(to, weight);
  to = put(to, static_cast<std::int16_t>(value.is_negative() ? 0x4000 : 0));
  to = put(to, static_cast<std::int16_t>(scale));
  for (std::size_t i = 0; i < count; ++i) to = put(to, digits[i]);
  return to;
}

}  // namespace

void CopyRows::reserve(std::size_t more) {
  if (bytes_.size() - length_ < more) bytes_.resize(2 * bytes_.size() + more);
}

void CopyRows::begin() {
  reserve(kHead.size());
  std::memcpy(bytes_.data() + length_, kHead.data(), kHead.size());
  length_ += kHead.size();
}

void CopyRows::add(const TradeRow& row) {
  reserve(kRowBytesMax);
  const auto& trade = row.trade();
  char* const from = bytes_.data() + length_;
  char* to = put(from, kColumns);
  to = put_field(to, static_cast<std::int64_t>(trade.id));
  to = put_field(to, trade.exchange_time.time_since_epoch().count());
  to = put_field(to, row.tick->received.wall.time_since_epoch().count());
  to = put_field(to, row.market.symbol);
  to = put_field(to, row.market.venue);
  to = put_field(to, static_cast<std::int8_t>(row.tick->late ? 1 : 0));
  to = put_text(to, word(trade.taker_side));
  if (trade.order_type == market::OrderType::unknown) {
    to = put(to, std::int32_t{-1});
  } else {
    to = put_text(to, word(trade.order_type));
  }
  to = put_text(to, word(row.tick->origin));
  to = put_field(to, trade.price);
  to = put_field(to, trade.quantity);
  length_ += static_cast<std::size_t>(to - from);
}

void CopyRows::end() {
  reserve(sizeof(std::int16_t));
  put(bytes_.data() + length_, std::int16_t{-1});
  length_ += sizeof(std::int16_t);
}

}  // namespace tickwitness::store::postgres
