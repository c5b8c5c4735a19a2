// For tests and fuzzers of codecs: what a frame says, as text.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "exchange/messages.h"

namespace tickwitness::exchange {

// Every field with its digits, a line for each entry: two frames say the same if their texts are
// equal.
class FrameText {
 public:
  static std::string of(const Frame& frame) {
    FrameText text;
    text.head(frame);
    text.entries(frame);
    return text.text_;
  }

 private:
  void put(std::string_view value) { fmt::format_to(std::back_inserter(text_), "{} ", value); }
  void put(const market::Symbol& value) { put(value.str()); }
  void put(base::Decimal value) { put(value.str()); }
  void put(base::WallTime value) { put(std::to_string(value.time_since_epoch().count())); }
  void put(std::uint64_t value) { put(std::to_string(value)); }
  void put(const Subscription& value) {
    put(to_string(value.channel), value.symbol, std::uint64_t{value.interval_minutes});
  }
  template <class T>
  void put(const std::optional<T>& value) {
    if (value)
      put(*value);
    else
      put("-");
  }
  template <class... Values>
    requires(sizeof...(Values) > 1)
  void put(const Values&... values) {
    (put(values), ...);
  }

  void head(const Frame& f) {
    put(to_string(f.kind), to_string(f.malformed), to_string(f.channel), f.wire_channel,
        std::uint64_t{f.snapshot}, std::uint64_t{f.skipped}, f.request_id, f.subscription, f.symbol,
        to_string(f.venue_status), f.connection_id, f.time_in, f.time_out, f.sent, f.detail);
  }

  void entries(const Frame& f) {
    for (const auto& t : f.trades)
      put("\ntrade", t.symbol, t.id, std::uint64_t{t.taker_side == market::Side::buy},
          static_cast<std::uint64_t>(t.order_type), t.price, t.quantity, t.exchange_time);
    for (const auto& q : f.quotes)
      put("\nquote", q.symbol, q.bid, q.bid_quantity, q.ask, q.ask_quantity, q.exchange_time);
    for (const auto& c : f.candles)
      put("\ncandle", c.symbol, std::uint64_t{c.interval_minutes}, c.begin, c.open, c.high, c.low,
          c.close, c.volume, c.vwap, c.trades);
    for (const auto& i : f.instruments)
      put("\ninstrument", i.symbol, static_cast<std::uint64_t>(i.price_precision),
          static_cast<std::uint64_t>(i.quantity_precision), i.status);
    for (const auto& b : f.books)
      put("\nbook", b.symbol, std::uint64_t{b.first_level}, std::uint64_t{b.bids},
          std::uint64_t{b.asks},
          b.checksum ? std::optional<std::uint64_t>(*b.checksum) : std::nullopt, b.first_id,
          b.last_id, b.exchange_time);
    for (const auto& level : f.levels) put("\nlevel", level.price, level.quantity);
  }

  std::string text_;
};

}  // namespace tickwitness::exchange
