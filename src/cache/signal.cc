#include "cache/signal.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/utf8.h"

namespace tickwitness::cache {
namespace {

using base::fail;
using base::Result;

// A time of other units is none of milliseconds: 2001 to 2262, where nanoseconds end.
constexpr std::int64_t kMillisecondsMin = 1'000'000'000'000;
constexpr std::int64_t kMillisecondsMax = 9'223'372'036'854;

bool is_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const base::CodePoint c = base::utf8_at(text, at);
    if (c.bytes == 0 || base::is_deceptive(c.value)) return false;
    at += c.bytes;
  }
  return true;
}

Result<void> check_shape(const StreamFields& fields) {
  if (fields.size() > kSignalFieldsMax)
    return fail(fmt::format("more than {} fields", kSignalFieldsMax));
  for (auto field = fields.begin(); field != fields.end(); ++field) {
    const auto& [name, value] = *field;
    if (name.empty() || name.size() > kSignalNameMax || !is_text(name))
      return fail(fmt::format("a field's name is no text of 1 to {} bytes", kSignalNameMax));
    if (value.size() > kSignalValueMax || !is_text(value))
      return fail(fmt::format("{}: no text of at most {} bytes", name, kSignalValueMax));
    const auto same = [&](const auto& other) { return other.first == name; };
    if (std::any_of(fields.begin(), field, same)) return fail(name + ": stands there twice");
  }
  return {};
}

class Reading {
 public:
  explicit Reading(const StreamFields& fields) : fields_(fields) {}

  // Empty where there is none.
  std::string_view text(std::string_view name) const {
    const auto found =
        std::ranges::find(fields_, name, &std::pair<std::string, std::string>::first);
    return found == fields_.end() ? std::string_view() : found->second;
  }

  Result<void> decimal(std::string_view name, std::optional<base::Decimal>& to) const {
    const std::string_view value = text(name);
    if (value.empty()) return {};
    const auto number = base::Decimal::parse(value);
    if (!number || *number <= base::Decimal())
      return fail(fmt::format("{}: no number above 0", name));
    to = *number;
    return {};
  }

 private:
  const StreamFields& fields_;
};

Result<void> read_required(const Reading& reading, Signal& signal) {
  const auto symbol = market::Symbol::parse(reading.text("symbol"));
  if (!symbol) return fail("symbol: no market, as BTC-USD");
  signal.symbol = *symbol;
  const std::string_view side = reading.text("side");
  if (side != "buy" && side != "sell") return fail("side: neither buy nor sell");
  signal.side = side == "buy" ? market::Side::buy : market::Side::sell;
  const std::string_view time = reading.text("timestamp");
  std::int64_t milliseconds = 0;
  const auto [end, error] = std::from_chars(time.data(), time.data() + time.size(), milliseconds);
  if (error != std::errc() || end != time.data() + time.size() || milliseconds < kMillisecondsMin ||
      milliseconds > kMillisecondsMax)
    return fail("timestamp: no milliseconds since 1970");
  signal.made = base::WallTime(std::chrono::milliseconds(milliseconds));
  return {};
}

}  // namespace

Result<Signal> read_signal(const StreamFields& fields) {
  if (auto good = check_shape(fields); !good) return std::unexpected(good.error());
  const Reading reading(fields);
  Signal signal;
  if (auto good = read_required(reading, signal); !good) return std::unexpected(good.error());
  signal.id = reading.text("id");
  signal.strategy = reading.text("strategy");
  if (const std::string_view text = reading.text("confidence"); !text.empty()) {
    const auto number = base::Decimal::parse(text);
    if (!number || number->is_negative() || *number > base::Decimal(1, 0))
      return fail("confidence: no number from 0 to 1");
    signal.confidence = number->approx();
  }
  for (const auto& [name, to] : {std::pair{"price", &signal.price},
                                 {"quantity", &signal.quantity},
                                 {"stop_loss", &signal.stop_loss},
                                 {"take_profit", &signal.take_profit}}) {
    if (auto good = reading.decimal(name, *to); !good) return std::unexpected(good.error());
  }
  return signal;
}

}  // namespace tickwitness::cache
