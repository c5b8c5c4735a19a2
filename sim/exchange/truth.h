// The exchange's own record of what it handed to the wire: the ground truth that the engine's
// counters are compared with. Plain counts, final once the exchange has shut down.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/time.h"
#include "sim/exchange/fault.h"

namespace tickwitness::sim {

enum class SentKind : std::uint8_t {
  status,
  heartbeat,
  pong,
  subscribed,
  unsubscribed,
  refused,
  rate_exceeded,
  trade,
  ticker,
  ohlc,
  book,
  instrument,
  malformed,  // bad_utf8's frame included
  aggregate,  // Binance: the fills of one order at one price as one trade
  shutdown,   // Binance: serverShutdown
};
inline constexpr std::size_t kSentKinds = 15;
std::string_view to_string(SentKind kind);

// Items, not frames: one trade frame may hold several. Each connection that was sent one counts.
struct ItemCounts {
  std::uint64_t snapshot = 0;
  std::uint64_t update = 0;
  std::uint64_t total() const { return snapshot + update; }
};

struct LatencySample {
  base::Instant sent;
  base::Duration latency;  // sent − stamp, by the true clock: negative when the exchange's is ahead
};

// Of update items, once each however many connections got them. Keeps the newest samples.
class Latencies {
 public:
  explicit Latencies(std::size_t samples_max = 0) : samples_max_(samples_max) {}
  void add(LatencySample sample);

  std::uint64_t count() const { return count_; }
  std::uint64_t negative() const { return negative_; }
  // The q-quantile (0 … 1, nearest rank) of kept samples sent at or after `since`; nothing when
  // there are none.
  std::optional<base::Duration> quantile(double q, base::Instant since) const;

 private:
  std::size_t samples_max_;
  std::vector<LatencySample> samples_;  // a ring
  std::size_t oldest_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t negative_ = 0;
};

struct PairTruth {
  std::string symbol;  // "BTC/USD"
  ItemCounts trades;
  ItemCounts quotes;
  ItemCounts candles;
  ItemCounts books;                                         // frames: each bears one checksum
  std::uint64_t aggregates = 0;                             // Binance
  std::map<std::uint32_t, ItemCounts> candles_by_interval;  // minutes
  std::uint64_t trades_made = 0;         // published since the start, delivered or not
  std::uint64_t trades_undelivered = 0;  // published while nobody was sent them as an update
  std::uint64_t trades_withheld = 0;     // of these: because the subscription was silent
  std::uint64_t trades_dropped = 0;      // of these: left out, though a socket was up for them
  base::Decimal last_price;              // of the market
  std::optional<base::Decimal> last_price_sent;  // of the trade with the highest id of these
  std::optional<std::uint64_t> last_id_sent;     // the highest
  Latencies trade_latencies;
  Latencies quote_latencies;
};

struct FiredFault {
  FaultKind kind;
  base::Instant at;
  std::string detail;  // what it met: "trade BTC/USD"
  // When it ended or is due to end; `at` for what is done in a moment.
  base::Instant until = base::Instant::max();
};

// A book update whose levels and checksum do not agree.
struct FalsifiedBook {
  FaultKind kind = FaultKind::wrong_checksum;
  base::Instant at;
  std::uint64_t connection = 0;
  std::size_t pair = 0;  // index into Settings::pairs
  std::uint64_t depth = 0;
  std::uint32_t checksum_sent = 0, checksum_true = 0;
  // corrupt_book only, in units.
  std::int64_t price = 0, quantity_sent = 0, quantity_true = 0;
};

// Binance: changes of a book that were sent to nobody, though their ids are used up.
struct DepthHole {
  base::Instant at;
  std::size_t pair = 0;  // index into Settings::pairs
  std::uint64_t first_id = 0, last_id = 0;
};

struct Truth {
  std::array<std::uint64_t, kSentKinds> frames{};
  std::uint64_t frame_bytes = 0;
  std::vector<PairTruth> pairs;  // as Settings::pairs
  std::uint64_t instruments = 0;
  std::map<std::string, std::uint64_t> malformed;  // frames by the reason they deserve
  std::map<std::string, std::uint64_t> refusals;   // by error text

  std::uint64_t requests = 0;            // texts read on open connections
  std::uint64_t requests_swallowed = 0;  // of these: never answered, by fault
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0;  // attempts while down, or too many
  std::uint64_t disconnects = 0;          // by us: closed after flushing, faults only
  std::uint64_t resets = 0;               // by us: cut
  std::uint64_t shutdown_closes = 0;      // by us: at the end
  std::uint64_t closed_by_client = 0;
  std::vector<FiredFault> faults;
  std::uint64_t frames_withheld = 0;    // by fault zombie
  std::uint64_t frames_duplicated = 0;  // sent a second time; counted with the others as well
  std::uint64_t frames_reordered = 0;   // of trades and tickers, sent after a younger one
  std::vector<FalsifiedBook> falsified_books;
  std::vector<DepthHole> depth_holes;
  std::uint64_t rate_closes = 0;  // Binance, by us: too many messages
  std::uint64_t expired = 0;      // Binance, by us: at the end of a connection's life

  std::uint64_t rest_requests = 0;
  std::uint64_t rest_rows = 0;
  // By error text; what is no reply in JSON as "HTTP 502", "cut", "unanswered".
  std::map<std::string, std::uint64_t> rest_errors;

  std::uint64_t sent(SentKind kind) const { return frames[static_cast<std::size_t>(kind)]; }
  std::uint64_t frames_total() const;
  // nullptr when there is no such pair.
  const PairTruth* find(std::string_view symbol) const;
  bool fired(FaultKind kind) const;
};

}  // namespace tickwitness::sim
