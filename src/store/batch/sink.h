// What a store is to those who fill it: rows and the place in the spool up to which it has them,
// changed together or not at all.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/tick.h"

namespace tickwitness::store {

// How far a store has come: every record up to `lsn` of the spool with this id. Both 0: a new
// store.
struct Cursor {
  std::uint64_t spool = 0;
  std::uint64_t lsn = 0;
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

// A trade whose venue, symbol and id are in the store with another price, quantity or side. The
// store keeps what it has.
struct Conflict {
  pipeline::Tick tick;  // that was to be stored
  std::string stored;   // what is there: "buy 0.5 at 64000.1, 2026-11-22T05:00:00.123Z"
};

struct Stored {
  std::uint64_t inserted = 0;    // rows that are new
  std::uint64_t duplicates = 0;  // that were there already, the same
  std::uint64_t refused = 0;     // with a number that the store cannot hold; the rest is stored
  std::vector<Conflict> conflicts;
};

struct SinkError : base::Error {
  // What was asked for may succeed later, on a new connection; whether it has been done may be
  // unknown: the cursor tells. Otherwise somebody has to act (a schema of a later version, no
  // permission).
  bool passing = true;
};
template <class T>
using SinkResult = std::expected<T, SinkError>;

// On one thread; every call may block.
class Sink {
 public:
  virtual ~Sink() = default;

  // Connects, brings the schema up to date where needed, and tells where it stands. Again after any
  // error, before anything else.
  virtual SinkResult<Cursor> open() = 0;

  // Puts the trades, closed candles and quotes among `ticks` into the store and moves its cursor to
  // `upto`, in one transaction. A tick that is there already changes nothing. Trades without an id
  // are not stored. After an error: open().
  virtual SinkResult<Stored> store(std::span<const pipeline::Tick> ticks, Cursor upto) = 0;
};

}  // namespace tickwitness::store
