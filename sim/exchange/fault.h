// Faults that the simulated exchange can commit on purpose, and how a user writes them:
// NAME[@T[+D]], times as 1500ms, 20s or 2m since the start; `skew=-80ms` has a value instead.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "market/venue.h"

namespace tickwitness::sim {

enum class FaultKind : std::uint8_t {
  disconnect,           // all connections are closed after flushing
  reset,                // all connections are cut
  silent,               // one trade subscription gets nothing; link and heartbeats stay
  refuse_subscription,  // one ticker subscription is refused from the start
  malformed,            // a burst of unusable frames on one connection
  bad_utf8,             // one text frame that is not UTF-8: the client must close (RFC 6455, 8.1)
  down,                 // all connections are closed, new ones refused for `length`
  hang,                 // the exchange's host stands still; its connections stay open
  unanswered,           // subscribe and unsubscribe requests are swallowed
  flood,                // trades at kFloodPace times the usual rate
  zombie,               // one subscription gets nothing until it is taken back and asked anew
  drop,                 // some trade ids are never sent as updates
  duplicate,            // trade and ticker frames come twice
  reorder,              // trade and ticker frames change places with the next of their pair
  corrupt_book,         // one level of one book update is wrong
  wrong_checksum,       // one book update has a wrong checksum
  instrument_change,    // a pair's price precision or status changes
  maintenance,          // announced; the market stands still
  rate_limited,         // REST: too many requests
  rest_errors,          // REST: HTML, cut JSON, unavailable, no answer
  rest_refuses,         // REST: one pair is unknown
  msg_rate,             // every request exceeds the message rate
  drop_depth,           // Binance: one message of a book's changes is never sent
  rotation,             // Binance: serverShutdown, then connections are closed
  skew,                 // the exchange's clock is ahead by `amount` (behind when negative)
};
std::string_view to_string(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::disconnect;
  base::Duration at = std::chrono::seconds(10);  // since the start
  std::optional<base::Duration> length;          // absent: length_of() says the usual one
  base::Duration amount{0};                      // skew only
  friend bool operator==(const Fault&, const Fault&) = default;
};

inline constexpr int kFloodPace = 50;
inline constexpr std::uint64_t kDropOneIn = 50;  // trades

// How long it is on, as far as the fault itself decides: zero for what is done in a moment,
// Duration::max() for what lasts to the end.
base::Duration length_of(const Fault& fault);

// Errors name what is wrong with `text` and what is possible at that venue.
base::Result<Fault> parse_fault(std::string_view text, market::Venue venue = market::Venue::kraken);

// Parses back to the same fault: "down@20s+5s".
std::string to_string(const Fault& fault);

// For help texts: "disconnect[@T], reset[@T], …".
std::string known_faults(market::Venue venue = market::Venue::kraken);

}  // namespace tickwitness::sim
