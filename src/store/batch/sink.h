// What a store is to those who fill it: rows and the place in the spool up to which it has them,
// changed together or not at all.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "pipeline/record.h"

namespace tickwitness::store {

// How far a store has come: every record up to `lsn` of the spool with this id. It has one for each
// spool, since several engines may fill it. Both 0: a new store.
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

inline std::unexpected<SinkError> sink_fail(std::string message, bool passing) {
  SinkError error;
  error.message = std::move(message);
  error.passing = passing;
  return std::unexpected(std::move(error));
}

// On one thread; every call may block.
class Sink {
 public:
  virtual ~Sink() = default;

  // Connects, brings the schema up to date where needed, and tells where it stands. Again after any
  // error, before anything else. Both 0 also where it has had records of several spools: cursor()
  // tells then.
  virtual SinkResult<Cursor> open() = 0;

  // Where it stands in this spool, once it is open; lsn is 0 if it has had nothing of it. A store
  // that knows one spool only is told by open(). After an error: open().
  virtual SinkResult<Cursor> cursor(std::uint64_t spool) {
    return Cursor{.spool = spool, .lsn = 0};
  }

  // Puts the trades, closed candles and quotes among `ticks` into the store, each of `gaps` in the
  // place of the entry with its id and of this spool, and moves its cursor to `upto`, in one
  // transaction. A tick that is there already changes nothing. Trades without an id are not stored.
  // After an error: open().
  virtual SinkResult<Stored> store(std::span<const pipeline::Tick> ticks,
                                   std::span<const pipeline::GapEntry> gaps, Cursor upto) = 0;
  SinkResult<Stored> store(std::span<const pipeline::Tick> ticks, Cursor upto) {
    return store(ticks, {}, upto);
  }

  // Deletes quotes that were received before that, of each market the oldest first, `at_most` in
  // all, in one transaction; how many. To be called again while it is `at_most`: between two calls
  // trades can be stored. A store that keeps none deletes none. After an error: open().
  virtual SinkResult<std::uint64_t> forget_quotes(base::WallTime /*before*/,
                                                  std::uint64_t /*at_most*/) {
    return 0;
  }
  // What the database takes of its machine's disk; nothing where that is not known. May look at
  // each of its files: to be asked rarely. After an error: open().
  virtual SinkResult<std::optional<std::uint64_t>> disk_bytes() { return std::nullopt; }

  // Where open() saved what there was before it changed the tables of an earlier version.
  virtual std::optional<std::string> saved() const { return std::nullopt; }
};

}  // namespace tickwitness::store
