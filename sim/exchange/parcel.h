// What a frame carries, said by its writer: for whoever keeps records at the other end of the wire
// and must not read the text to know what it should have counted.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/decimal.h"
#include "base/time.h"
#include "sim/exchange/market_data.h"
#include "sim/exchange/request.h"
#include "sim/exchange/truth.h"

namespace tickwitness::sim {

// Best prices of a book; absent where that side is empty.
struct BookTop {
  std::optional<base::Decimal> bid, ask;
  friend bool operator==(const BookTop&, const BookTop&) = default;
};

struct Parcel {
  SentKind kind = SentKind::status;
  std::optional<WireChannel> channel;  // data, acks, and refusals of what one channel was asked
  std::optional<std::uint16_t> pair;   // index into Settings::pairs, where the frame is about one
  bool snapshot = false;
  std::uint8_t stamps = 0;     // how many of `stamp` hold
  std::uint32_t interval = 0;  // minutes; ohlc only, its acks and refusals included
  std::uint32_t items = 0;     // trades, quotes, candles, levels or instruments in it
  std::string_view reason;     // malformed: static text, what a client should count it under
  std::optional<base::Decimal> last_price;  // of a trade frame
  // The exchange's own times of trades and quotes as the text shows them, in its order; of updates
  // only.
  std::array<base::WallTime, Happening::kFillsMax> stamp{};
  // Ids of trades: of an update each, of a snapshot the first; the others follow without a hole.
  std::array<std::uint64_t, Happening::kFillsMax> id{};
  std::uint32_t checksum = 0;  // of a book, as sent
  std::optional<BookTop> top;  // of the true book, after this frame
  bool falsified = false;      // a book whose levels and checksum do not agree, by fault
  bool repeated = false;       // was sent just before as well, by fault
  bool rests = false;          // a status: the market stands still
  // Of an answer to a whole request (Binance): the request's id.
  std::optional<std::uint64_t> request = std::nullopt;

  std::span<const base::WallTime> stamped() const { return {stamp.data(), stamps}; }
};

// Market data of one pair: `channel` is not instrument.
inline Parcel data_parcel(WireChannel channel, std::size_t pair, std::size_t items, bool snapshot) {
  return {.kind = channel == WireChannel::trade    ? SentKind::trade
                  : channel == WireChannel::ticker ? SentKind::ticker
                  : channel == WireChannel::ohlc   ? SentKind::ohlc
                                                   : SentKind::book,
          .channel = channel,
          .pair = static_cast<std::uint16_t>(pair),
          .snapshot = snapshot,
          .items = static_cast<std::uint32_t>(items)};
}

}  // namespace tickwitness::sim
