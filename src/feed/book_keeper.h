// The order books of one venue, each proven right or in quarantine: checksums where the venue sends
// them, numbered updates where it does not. A bad book is brought back alone. Two connections may
// bring the same book for a while, one of them about to replace the other.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/index.h"
#include "exchange/messages.h"
#include "exchange/protocol.h"
#include "exchange/rest.h"
#include "feed/gap_ledger.h"
#include "feed/stream_number.h"
#include "market/order_book.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::feed {

enum class BookState : std::uint8_t {
  waiting,      // for its snapshot
  valid,        // as the venue has it, as far as can be known
  quarantined,  // known to be wrong; nothing is said of its prices
};
std::string_view to_string(BookState state);

// Where the decimals of a market are known from; what comes later in this list is better.
enum class PrecisionSource : std::uint8_t {
  unknown,
  inferred,    // the most decimals that were seen
  file,        // said by the operator
  instrument,  // said by the venue
};
std::string_view to_string(PrecisionSource source);

struct BookKeeperSettings {
  base::Duration resync_first = std::chrono::seconds(1);  // after a resync that did not help
  base::Duration resync_max = std::chrono::seconds(60);
  base::Duration resync_timeout = std::chrono::seconds(10);  // for the snapshot that was asked for
  base::Duration steady_after = std::chrono::seconds(60);    // valid this long: failures forgiven
  std::size_t waiting_levels_max = 100'000;  // of updates that wait for a snapshot, per market
};

// Pure; not thread-safe. After each call but the const ones deadline() may have changed.
class BookKeeper {
 public:
  // All references outlive the keeper; of `protocol` only what it says of books is used.
  BookKeeper(market::Venue venue, const BookKeeperSettings& settings,
             const exchange::Protocol& protocol, GapLedger& ledger, telemetry::Catalog& metrics);

  void expect(const market::Symbol& symbol);
  // No longer followed: its gauges become absent, and nothing is said of it until it is expected
  // again and has a snapshot.
  void forget(base::Now now, const market::Symbol& symbol);
  // What is better known stays; the same source again replaces what it said. Of a market without a
  // book it is remembered.
  void set_precision(const market::Symbol& symbol, market::Precision precision,
                     PrecisionSource source);

  // Books of a frame that came on `stream`. What the best bid and offer became is appended to
  // `quotes`, where they changed.
  void on_books(base::Now received, const exchange::Frame& frame,
                std::vector<market::Quote>& quotes, StreamNumber stream = 0);
  // The snapshot that came over REST (venues that number their updates).
  void on_snapshot(base::Now received, const exchange::BookSnapshot& snapshot,
                   std::vector<market::Quote>& quotes);
  void on_snapshot_failed(base::Now now, const market::Symbol& symbol);
  // A stream of a book ended: it waits for a snapshot, unless another stream goes on with it.
  void on_stream_lost(base::Now now, const market::Symbol& symbol, StreamNumber stream = 0);

  // A book that needs a snapshot, each once: by a new subscription or over REST, as the protocol
  // has it.
  std::optional<market::Symbol> next_resync(base::Now now);
  std::optional<base::Instant> deadline() const;
  // The best prices as they were said last, if any: of a book that is followed, also when there are
  // none.
  std::optional<market::Quote> top(const market::Symbol& symbol) const;

  void observe() const;  // once a second: gauges

  struct Totals {
    std::uint64_t checksums_ok = 0, checksums_failed = 0, gaps = 0, crossed = 0, resyncs = 0;
  };
  const Totals& totals() const { return totals_; }

  struct Status {
    market::Symbol symbol;
    BookState state = BookState::waiting;
    std::optional<market::Level> bid, ask;  // while valid
    market::Precision precision;
    PrecisionSource source = PrecisionSource::unknown;
    std::uint64_t resyncs = 0;
  };
  std::vector<Status> status() const;  // of those that are followed

 private:
  struct Known {
    market::Precision precision;
    PrecisionSource source = PrecisionSource::unknown;
  };
  struct Waiting {        // an update that came before its snapshot
    StreamNumber stream;  // that brought it
    std::uint64_t first_id, last_id;
    std::vector<market::Level> levels;
    std::size_t bids;
  };
  struct Feeder {  // a connection that brings a book
    StreamNumber stream;
    bool joined = false;  // its last update was known, or followed on what was
  };
  struct Book {
    market::Symbol symbol;
    market::OrderBook levels;
    telemetry::Counter checksum_ok, checksum_failed, crossed, resyncs_counter, gaps;
    telemetry::StateSet<telemetry::label::BookState> state_gauge;
    BookState state = BookState::waiting;
    Known known;
    std::uint64_t last_id = 0;  // of the last update applied (update_ids)
    bool joined = false;        // an update has followed the snapshot without a hole
    std::vector<Feeder> feeders;
    StreamNumber source = 0;       // whose snapshot it goes on from (checksum)
    bool bereft = false;           // that stream ended; another must bring a snapshot (checksum)
    std::vector<Waiting> waiting;  // by their first id
    std::size_t waiting_levels = 0;
    std::optional<market::Level> bid, ask;  // that were said last
    std::optional<base::WallTime> said_of;  // the venue's time, if it told one
    std::uint64_t entry = 0;                // in the gap ledger
    bool asked = false;                     // a snapshot is on its way
    base::Instant next_resync{};
    base::Instant valid_since{};
    int failures = 0;
    std::uint64_t resyncs = 0;
    bool followed = true;
  };

  Book& book(const market::Symbol& symbol);
  void infer(Book& b, std::span<const market::Level> bids, std::span<const market::Level> asks);
  static Feeder& feeder(Book& b, StreamNumber stream);
  void apply_checked(Book& b, base::Now now, const exchange::BookChange& change,
                     const exchange::Frame& frame, StreamNumber stream);
  void apply_numbered(Book& b, base::Now now, const exchange::BookChange& change,
                      const exchange::Frame& frame, StreamNumber stream);
  void wait(Book& b, const exchange::BookChange& change, const exchange::Frame& frame,
            StreamNumber stream);
  static void forget_waiting(Book& b, StreamNumber stream);
  // That stream has ended and others have not: whether the book is as good as it was.
  bool goes_on_without(const Book& b, StreamNumber stream) const;
  // Applies what waits and follows; false: there is a hole before what is left.
  static bool catch_up(Book& b);
  bool wants_snapshot(const Book& b) const;
  // Whether an update numbered so follows on what was applied; quarantines when it does not.
  enum class Order : std::uint8_t { old, next, hole };
  static Order order_of(const Book& b, std::uint64_t first_id, std::uint64_t last_id);
  void become_valid(Book& b, base::Now now);
  void lose(Book& b, base::Now now);
  void quarantine(Book& b, base::Now now, GapCause cause, std::uint64_t from, std::uint64_t to);
  void check_crossed(Book& b, base::Now now);
  static market::Quote quote_of(const Book& b);
  void tell(Book& b, std::optional<base::WallTime> time, std::vector<market::Quote>& quotes);

  market::Venue venue_;
  telemetry::label::Exchange label_;
  BookKeeperSettings settings_;
  const exchange::Protocol& protocol_;
  GapLedger& ledger_;
  telemetry::Catalog& metrics_;
  Totals totals_;
  std::map<market::Symbol, Known> known_;
  std::vector<std::unique_ptr<Book>> books_;
  base::Index<market::Symbol> book_of_;  // into books_
};

}  // namespace tickwitness::feed
