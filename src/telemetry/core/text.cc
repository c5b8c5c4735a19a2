#include "telemetry/core/text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace tickwitness::telemetry::core {
namespace {

constexpr double kExact = 9007199254740992.0;  // 2^53

template <class T>
char* write_chars(char* at, T value) {
  return std::to_chars(at, at + kNumberMax, value).ptr;
}

// "00", "01", … "99".
constexpr std::array<char, 200> kPairs = [] {
  std::array<char, 200> out{};
  for (std::size_t i = 0; i < 100; ++i) {
    out[2 * i] = static_cast<char>('0' + i / 10);
    out[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return out;
}();

constexpr std::array<std::uint64_t, 20> kPowers = [] {
  std::array<std::uint64_t, 20> out{};
  std::uint64_t power = 1;
  for (std::uint64_t& one : out) {
    one = power;
    power *= 10;
  }
  return out;
}();

// value > 0. log10(2) is 1233 / 4096, nearly.
int digits_of(std::uint64_t value) {
  const int below = static_cast<int>(std::bit_width(value)) * 1233 >> 12;
  return below + (value >= kPowers[static_cast<std::size_t>(below)] ? 1 : 0);
}

char* write_text(char* at, std::string_view text) {
  return std::ranges::copy(text, at).out;
}

// Prices and durations mostly have few decimals: m / 10^4 for a whole m of at most 15 digits. The
// division is correctly rounded, as reading the decimal is, so these digits give the value back; no
// other decimal of so few digits does. Four times faster than the general way. Nothing is written
// when `value` is not of this kind.
char* write_four_decimals(char* at, double value) {
  const double scaled = std::abs(value) * 1e4;
  if (!(scaled < 1e15)) return at;
  const auto whole = static_cast<std::uint64_t>(std::llround(scaled));
  if (static_cast<double>(whole) / 1e4 != std::abs(value)) return at;
  if (std::signbit(value)) *at++ = '-';
  at = write_chars(at, whole / 10'000);
  auto decimals = static_cast<unsigned>(whole % 10'000);
  *at++ = '.';
  for (unsigned unit = 1000; decimals != 0; unit /= 10) {
    *at++ = static_cast<char>('0' + decimals / unit);
    decimals %= unit;
  }
  return at;
}

void append_escaped(std::string& out, std::string_view text, bool quotes) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quotes) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

// Length of the well-formed UTF-8 sequence at the start of `text` (Unicode, table 3-7); 0: none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  unsigned low = 0x80;
  unsigned high = 0xBF;
  if (first == 0xE0) low = 0xA0;
  if (first == 0xED) high = 0x9F;
  if (first == 0xF0) low = 0x90;
  if (first == 0xF4) high = 0x8F;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

// Four digits at a time, from the end; twice as fast as std::to_chars.
char* write_large(char* at, std::uint64_t value) {
  const auto pair = [](char* to, std::uint64_t below_hundred) {
    std::memcpy(to, kPairs.data() + 2 * below_hundred, 2);
  };
  char* const end = at + digits_of(value);
  char* last = end;
  for (; value >= 10'000; value /= 10'000) {
    const std::uint64_t four = value % 10'000;
    last -= 4;
    pair(last, four / 100);
    pair(last + 2, four % 100);
  }
  if (value >= 100) {
    last -= 2;
    pair(last, value % 100);
    value /= 100;
  }
  if (value >= 10) {
    pair(last - 2, value);
  } else {
    last[-1] = static_cast<char>('0' + value);
  }
  return end;
}

char* write_number(char* at, double value) {
  if (std::isnan(value)) return write_text(at, "NaN");
  if (std::isinf(value)) return write_text(at, value > 0 ? "+Inf" : "-Inf");
  if (std::trunc(value) == value && std::abs(value) < kExact &&
      !(value == 0 && std::signbit(value))) {
    return write_chars(at, static_cast<std::int64_t>(value));
  }
  char* const end = value == 0 ? at : write_four_decimals(at, value);
  return end == at ? write_chars(at, value) : end;
}

void append_number(std::string& out, std::uint64_t value) {
  char buffer[kNumberMax];
  out.append(buffer, write_number(buffer, value));
}

void append_number(std::string& out, double value) {
  char buffer[kNumberMax];
  out.append(buffer, write_number(buffer, value));
}

void append_bound(std::string& out, double value) {
  if (!std::isfinite(value)) return append_number(out, value);
  const double size = std::abs(value);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e6);
  char buffer[kNumberMax];
  const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  out.append(buffer, std::to_chars(buffer, buffer + kNumberMax, value, format).ptr);
  if (plain && std::trunc(value) == value) out += ".0";
}

void append_time(std::string& out, std::chrono::nanoseconds since_epoch) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  const auto count = since_epoch.count();
  if (count < 0) out += '-';
  const std::uint64_t size =
      count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  append_number(out, size / kSecond);
  std::uint64_t decimals = size % kSecond;
  if (decimals != 0) out += '.';
  for (std::uint64_t unit = kSecond / 10; decimals != 0; unit /= 10) {
    out += static_cast<char>('0' + decimals / unit);
    decimals %= unit;
  }
}

void append_label(std::string& out, std::string_view name, std::string_view value) {
  if (!out.empty()) out += ',';
  out += name;
  out += "=\"";
  append_escaped(out, value, true);
  out += '"';
}

void append_help(std::string& out, std::string_view help, bool quotes) {
  append_escaped(out, help, quotes);
}

bool LabelReader::next() {
  if (rest_.empty()) return false;
  const std::size_t equals = rest_.find('=');
  name_ = rest_.substr(0, equals);
  rest_.remove_prefix(equals + 2);  // the quote as well
  std::size_t end = 0;
  while (rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
  value_ = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 2, rest_.size()));  // the quote, and the comma if there is one
  return true;
}

std::string LabelReader::value() const {
  std::string out;
  out.reserve(value_.size());
  for (std::size_t i = 0; i < value_.size(); ++i) {
    if (value_[i] != '\\') {
      out += value_[i];
    } else {
      ++i;
      out += value_[i] == 'n' ? '\n' : value_[i];
    }
  }
  return out;
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return out;
}

}  // namespace tickwitness::telemetry::core
