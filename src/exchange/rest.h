// What feed/ needs of a venue's REST interface, sans-I/O: targets to ask for, answers to read. One
// implementation per exchange.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "exchange/messages.h"
#include "market/book.h"
#include "market/events.h"
#include "market/symbol.h"
#include "market/venue.h"

namespace tickwitness::exchange {

enum class RestEndpoint : std::uint8_t { trades, quote, book, time, status, instruments };
std::string_view to_string(RestEndpoint endpoint);

// Why a request brought nothing.
enum class RestProblem : std::uint8_t {
  none,
  network,         // no HTTP reply came
  rate_limited,    // too many requests; wait and ask less
  banned,          // this address is shut out for a while
  location,        // the venue does not serve the place this machine is in
  forbidden,       // refused by the venue's edge, or a key is demanded
  unavailable,     // the venue is down, busy, or answers with a web page
  unknown_symbol,  // the venue has no such market
  refused,         // any other error that the venue names
  malformed,       // a reply that cannot be read
};
std::string_view to_string(RestProblem problem);

struct RestRequest {
  std::string target;  // path and query, to be appended to the host
  RestEndpoint endpoint = RestEndpoint::time;
  market::Symbol symbol;     // empty when it is not about one market
  std::uint32_t weight = 1;  // in the venue's own count
};

// An HTTP reply as it came; views are valid during the call only.
struct RestAnswer {
  int status = 0;
  std::string_view body;
  std::optional<base::Duration> retry_after;
};

struct RestFailure {
  RestProblem problem = RestProblem::refused;
  std::string detail;  // one line for a person
  std::optional<base::Duration> retry_after;
};

template <class T>
using RestResult = std::expected<T, RestFailure>;

// Where a walk through past trades stands. Both of the first are asked for, because some venues
// count by id and others by time. Nothing set: the most recent trades.
struct TradeCursor {
  std::uint64_t after_id = 0;   // the last trade that is known; 0: none is
  base::WallTime after_time{};  // and its time
  std::string page;             // TradePage::next of the page before; empty at first
};

// Pages may overlap, so trades are to be told apart by id.
struct TradePage {
  // Ascending ids, each once, all above a TradeCursor::after_id that is not 0.
  std::vector<market::Trade> trades;
  std::string next;  // empty: no further page
};

// Best level first on both sides, prices strictly in order.
struct BookSnapshot {
  market::Symbol symbol;
  std::uint64_t last_id = 0;  // 0: the venue numbers no updates
  std::vector<market::Level> bids, asks;
};

struct VenueTime {
  base::WallTime time{};
  base::Duration resolution{};  // Kraken's second is of no use for latencies
};

struct VenueState {
  VenueStatus status = VenueStatus::unknown;
  std::string text;  // the venue's word
};

struct InstrumentList {
  std::vector<Instrument> instruments;             // without those whose entry could not be used
  std::uint32_t skipped = 0;                       // entries that could not be used
  std::optional<std::uint32_t> weight_per_minute;  // what the venue says it allows
};

// Limits of all implementations; what is larger is malformed.
inline constexpr std::size_t kRestBodyBytesMax = std::size_t{8} << 20;
inline constexpr std::size_t kRestRowsMax = 5000;

// Stateless: any number of requests may be under way, on any thread. The read functions take any
// bytes and never throw; they tell HTTP statuses, the venue's own errors and junk apart.
class RestProtocol {
 public:
  virtual ~RestProtocol() = default;
  virtual market::Venue venue() const = 0;

  virtual RestRequest request_trades(const market::Symbol& symbol,
                                     const TradeCursor& cursor) const = 0;
  // `cursor`: as asked with.
  virtual RestResult<TradePage> read_trades(const market::Symbol& symbol, const TradeCursor& cursor,
                                            const RestAnswer& answer) const = 0;

  virtual RestRequest request_quote(const market::Symbol& symbol) const = 0;
  virtual RestResult<market::Quote> read_quote(const market::Symbol& symbol,
                                               const RestAnswer& answer) const = 0;

  // `depth`: levels of each side; cut to what the venue gives.
  virtual RestRequest request_book(const market::Symbol& symbol, std::uint32_t depth) const = 0;
  virtual RestResult<BookSnapshot> read_book(const market::Symbol& symbol,
                                             const RestAnswer& answer) const = 0;

  virtual RestRequest request_time() const = 0;
  virtual RestResult<VenueTime> read_time(const RestAnswer& answer) const = 0;

  virtual RestRequest request_status() const = 0;
  virtual RestResult<VenueState> read_status(const RestAnswer& answer) const = 0;

  // Empty: all. One symbol that the venue does not have fails the whole request.
  virtual RestRequest request_instruments(std::span<const market::Symbol> symbols) const = 0;
  virtual RestResult<InstrumentList> read_instruments(const RestAnswer& answer) const = 0;
};

// What the HTTP status alone says, and a web page in the place of data; absent: read on. A body
// that explains itself is quoted. `mirrors` is appended for a venue that has other addresses.
std::optional<RestFailure> http_failure(market::Venue venue, const RestAnswer& answer,
                                        std::string_view mirrors = {});

// A venue's text for the eyes of a person: at most 200 bytes of UTF-8 on one line.
std::string plain_text(std::string_view text);

}  // namespace tickwitness::exchange
