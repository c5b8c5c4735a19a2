// What must hold of any decoded frame. For the fuzzers of codecs: what does not hold ends the
// program.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <tuple>

#include "exchange/json_frame.h"

namespace tickwitness::exchange::checks {

inline void require(bool condition) {
  if (!condition) std::abort();
}

// Every number that a frame holds, one a line, as it would be written.
inline std::string numbers(const Frame& frame) {
  std::string all;
  const auto add = [&](const std::optional<base::Decimal>& number) {
    all += number ? number->str() + "\n" : "-\n";
  };
  for (const auto& trade : frame.trades) {
    add(trade.price);
    add(trade.quantity);
  }
  for (const auto& quote : frame.quotes) {
    add(quote.bid);
    add(quote.bid_quantity);
    add(quote.ask);
    add(quote.ask_quantity);
  }
  for (const auto& candle : frame.candles) {
    for (const auto& number : {candle.open, candle.high, candle.low, candle.close, candle.volume})
      add(number);
    add(candle.vwap);
  }
  for (const auto& level : frame.levels) {
    add(level.price);
    add(level.quantity);
  }
  return all;
}

inline void require_equal_entries(const Frame& a, const Frame& b) {
  for (std::size_t i = 0; i < a.trades.size(); ++i) {
    const auto &x = a.trades[i], &y = b.trades[i];
    require(x.symbol == y.symbol && x.id == y.id && x.taker_side == y.taker_side &&
            x.order_type == y.order_type && x.exchange_time == y.exchange_time);
  }
  for (std::size_t i = 0; i < a.quotes.size(); ++i) {
    const auto &x = a.quotes[i], &y = b.quotes[i];
    require(x.symbol == y.symbol && x.exchange_time == y.exchange_time &&
            x.update_id == y.update_id);
  }
  for (std::size_t i = 0; i < a.candles.size(); ++i) {
    const auto &x = a.candles[i], &y = b.candles[i];
    require(x.symbol == y.symbol && x.interval_minutes == y.interval_minutes &&
            x.closed == y.closed && x.begin == y.begin && x.trades == y.trades);
  }
  for (std::size_t i = 0; i < a.books.size(); ++i) {
    const auto &x = a.books[i], &y = b.books[i];
    require(x.symbol == y.symbol && x.first_level == y.first_level && x.bids == y.bids &&
            x.asks == y.asks && x.checksum == y.checksum && x.first_id == y.first_id &&
            x.last_id == y.last_id && x.exchange_time == y.exchange_time);
  }
}

// To the last digit.
inline void require_equal(const Frame& a, const Frame& b) {
  const auto plain = [](const Frame& f) {
    return std::tie(f.kind, f.malformed, f.channel, f.wire_channel, f.snapshot, f.skipped,
                    f.request_id, f.subscription, f.whole_request, f.symbol, f.venue_status,
                    f.connection_id, f.sent, f.detail);
  };
  require(plain(a) == plain(b));
  require(a.trades.size() == b.trades.size() && a.quotes.size() == b.quotes.size() &&
          a.candles.size() == b.candles.size() && a.books.size() == b.books.size());
  require(numbers(a) == numbers(b));
  require_equal_entries(a, b);
}

// What is filled belongs to the kind, and a reason is given exactly when something was unusable.
inline void require_consistent(const Frame& frame) {
  require((frame.kind == FrameKind::trades) || frame.trades.empty());
  require((frame.kind == FrameKind::quotes) || frame.quotes.empty());
  require((frame.kind == FrameKind::candles) || frame.candles.empty());
  require((frame.kind == FrameKind::books) != frame.books.empty());
  if (frame.kind == FrameKind::malformed)
    require(frame.malformed != Malformed::none && frame.skipped == 0 && frame.detail.empty());
  else
    require((frame.malformed != Malformed::none) == (frame.skipped > 0));
  require(frame.detail.size() <= kDetailBytesMax);
  std::size_t levels = 0;
  for (const auto& book : frame.books) {
    require(book.first_level == levels);
    levels += frame.bids(book).size() + frame.asks(book).size();
  }
  require(levels == frame.levels.size());
}

// Each number stands in the text as it is; texts with exponents or escapes are not checked. Zeros
// at the end of a fraction may have given way to the limits.
inline void require_in_text(const Frame& frame, std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool exponent =
        (text[i] == 'e' || text[i] == 'E') && text[i - 1] >= '0' && text[i - 1] <= '9';
    if (exponent || text[i] == '\\') return;
  }
  const std::string all = numbers(frame);
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = all.find('\n', begin);
    const std::string number = all.substr(begin, end - begin);
    begin = end + 1;
    const bool zero = number.find_first_not_of("-0.") == std::string::npos;
    require(zero || text.find(number) != std::string_view::npos);
  }
}

}  // namespace tickwitness::exchange::checks
