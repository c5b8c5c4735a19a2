#include "sim/exchange/binance_text.h"

#include <chrono>

#include "sim/exchange/text.h"

namespace tickwitness::sim {
namespace {
constexpr int kDecimals = 8;
}

void append_notional(std::string& out, Wide units, int scale) {
  for (; scale < kDecimals; ++scale) units *= 10;
  for (; scale > kDecimals; --scale) units /= 10;
  out += '"';
  append_decimal(out, static_cast<std::int64_t>(units), kDecimals);
  out += '"';
}

void append_eight(std::string& out, std::int64_t units, int scale) {
  append_notional(out, units, scale);
}

void append_millis(std::string& out, base::WallTime time) {
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch();
  append_number(out, static_cast<std::uint64_t>(millis.count()));
}

}  // namespace tickwitness::sim
