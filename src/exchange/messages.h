// The vocabulary between an exchange's codec and feed/: what one received frame said, whatever the
// exchange.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/time.h"
#include "market/book.h"
#include "market/events.h"
#include "market/symbol.h"

namespace tickwitness::exchange {

// Channels by tickwitness's names; `spread` is the best bid and offer (Kraken v2: ticker with
// event_trigger bbo; Binance: bookTicker), `agg_trade` the fills of one order at one price as one
// trade (Binance).
enum class Channel : std::uint8_t { trade, spread, ohlc, instrument, book, agg_trade };
std::string_view to_string(Channel channel);

struct Subscription {
  Channel channel = Channel::trade;
  market::Symbol symbol;               // empty for channels that are not per symbol (instrument)
  std::uint32_t interval_minutes = 0;  // ohlc only
  friend auto operator<=>(const Subscription&, const Subscription&) = default;
  struct Hash {
    std::size_t operator()(const Subscription& one) const {
      return market::Symbol::Hash()(one.symbol) * 31 + one.interval_minutes * std::size_t{8} +
             static_cast<std::size_t>(one.channel);
    }
  };
};

// States of a venue's matching engine; `unknown` is a word that the venue may add later.
enum class VenueStatus : std::uint8_t {
  online,
  cancel_only,
  post_only,
  limit_only,
  reduce_only,
  maintenance,
  unknown
};
std::string_view to_string(VenueStatus status);
// By the words that both Kraken and to_string use; any other word is `unknown`.
VenueStatus parse_venue_status(std::string_view word);

enum class FrameKind : std::uint8_t {
  status,
  heartbeat,
  pong,
  subscribed,
  unsubscribed,
  refused,
  trades,
  quotes,
  candles,
  instruments,
  books,
  shutdown,     // the venue is about to close this connection (Binance serverShutdown)
  unsupported,  // well-formed, of a channel or method that is not handled (yet); `detail` names it
  malformed,    // `malformed` says why
};
std::string_view to_string(FrameKind kind);

// Why a frame could not be used; label `reason` of the metric.
enum class Malformed : std::uint8_t {
  none,
  json,
  encoding,
  too_deep,
  too_large,
  missing_field,
  wrong_type,
  bad_number,
  bad_time,
  bad_symbol
};
std::string_view to_string(Malformed reason);

struct Instrument {
  market::Symbol symbol;
  int price_precision = 0;     // decimals
  int quantity_precision = 0;  // decimals
  std::string status;          // the venue's word
};

// What a frame said of one market's order book; its levels are in Frame::levels.
struct BookChange {
  market::Symbol symbol;
  std::uint32_t first_level = 0;          // index into Frame::levels: the bids, then the asks
  std::uint32_t bids = 0, asks = 0;       // how many of each
  std::optional<std::uint32_t> checksum;  // of the book after this change (Kraken)
  // The venue's numbers of the changes in it, both included (Binance U and u).
  std::optional<std::uint64_t> first_id, last_id;
  std::optional<base::WallTime> exchange_time;
};

// One frame. Reused from frame to frame so that the vectors keep their memory; only the fields of
// `kind` are meaningful.
struct Frame {
  FrameKind kind = FrameKind::malformed;
  Malformed malformed = Malformed::none;  // with skipped > 0: why the first entry was skipped
  Channel channel = Channel::trade;       // trades, quotes, candles, books
  std::string_view wire_channel;          // market data: the venue's own word for it; static text
  bool snapshot = false;  // trades, quotes, candles, instruments, books: state repeated, not news
  std::vector<market::Trade> trades;
  std::vector<market::Quote> quotes;
  std::vector<market::Candle> candles;
  std::vector<Instrument> instruments;
  std::vector<BookChange> books;
  std::vector<market::Level> levels;  // of all books
  std::uint32_t skipped =
      0;  // entries of a good frame that were unusable (bad symbol …), counted, not fatal
  std::optional<std::uint64_t> request_id;  // subscribed, unsubscribed, refused, pong
  std::optional<Subscription>
      subscription;  // subscribed, unsubscribed (absent: a channel that is not ours, see detail);
                     // refused when the venue names enough
  bool whole_request = false;  // subscribed: of everything that the request with request_id asked
                               // for or took back, which the venue does not name (Binance)
  std::optional<market::Symbol> symbol;  // refused: often the only thing that is named
  VenueStatus venue_status = VenueStatus::unknown;
  std::optional<std::uint64_t> connection_id;
  std::optional<base::WallTime> time_in, time_out;  // pong, acks: when the venue received and sent
  std::optional<base::WallTime> sent;  // market data: when the venue sent it, if it says so
  std::string detail;  // refused: the venue's error text; unsupported: channel or method; acks:
                       // warnings, the name of a channel that is not ours; status: venue's word
  void clear();

  std::span<const market::Level> bids(const BookChange& book) const {
    return std::span(levels).subspan(book.first_level, book.bids);
  }
  std::span<const market::Level> asks(const BookChange& book) const {
    return std::span(levels).subspan(book.first_level + book.bids, book.asks);
  }
};

}  // namespace tickwitness::exchange
