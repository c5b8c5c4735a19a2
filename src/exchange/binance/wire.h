// What Binance's frames have in common, however they are read: times, intervals, and how each kind
// of event lies in an exchange::Frame.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "exchange/messages.h"

namespace tickwitness::exchange::binance {

// Milliseconds since 1970, or microseconds for who asked for them: which of both is told by the
// magnitude (milliseconds stay below 10^14 until the year 5138). Absent: nanoseconds in 64 bits do
// not hold it.
std::optional<base::WallTime> time_of(std::uint64_t number);

// 60 of "1h". 0: unknown, or no whole number of minutes ("1s", "1M" is a month).
std::uint32_t minutes_of(std::string_view interval);
// The other way round; empty: Binance has no such interval.
std::string_view interval_of(std::uint32_t minutes);

// An entry of its kind in a cleared frame, still to be filled.
inline market::Trade& add_trade(Frame& out, bool aggregate) {
  out.kind = FrameKind::trades;
  out.channel = aggregate ? Channel::agg_trade : Channel::trade;
  out.wire_channel = aggregate ? "aggTrade" : "trade";
  return out.trades.emplace_back();
}

inline market::Quote& add_quote(Frame& out) {
  out.kind = FrameKind::quotes;
  out.channel = Channel::spread;
  out.wire_channel = "bookTicker";
  return out.quotes.emplace_back();
}

inline BookChange& add_book(Frame& out) {
  out.kind = FrameKind::books;
  out.channel = Channel::book;
  out.wire_channel = "depth";
  return out.books.emplace_back();
}

// `m`, the buyer was the maker: then the seller took.
inline market::Side taker_of(bool buyer_was_maker) {
  return buyer_was_maker ? market::Side::sell : market::Side::buy;
}

// A price of zero is how an empty side is written.
inline void set_side(base::Decimal price, base::Decimal quantity,
                     std::optional<base::Decimal>& price_out,
                     std::optional<base::Decimal>& quantity_out) {
  if (price.is_zero()) return;
  price_out = price;
  quantity_out = quantity;
}

}  // namespace tickwitness::exchange::binance
