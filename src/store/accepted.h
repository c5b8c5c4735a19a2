// What all records that were ever accepted come to, a market at a time: how many trades, up to
// which id, and which are missing in between. It is the same whether it was kept up to date by the
// process that wrote the records or is read from them by the next one; a checkpoint of it at the
// head of each segment of the spool makes what came before that segment unnecessary.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/index.h"
#include "base/result.h"
#include "pipeline/record.h"

namespace tickwitness::store {

// Not thread-safe; pure.
class Accepted {
 public:
  // Of a market; of more, those with the lowest ids are forgotten.
  static constexpr std::size_t kHolesMax = 4096;
  // Of all markets together.
  static constexpr std::size_t kHolesOfAllMax = 12'288;
  // Entries of the gap ledger that are over; of more, the oldest are forgotten. Those that are open
  // are bounded with kOpenMax in the same way.
  static constexpr std::size_t kClosedMax = 200, kOpenMax = 800;

  // Ids that were not accepted though higher ones were, both included.
  struct Hole {
    std::uint64_t from = 0, to = 0;
    base::WallTime before{};  // exchange's time of the last trade below it
    bool given_up = false;    // the gap ledger says that nobody expects them any more
    friend bool operator==(const Hole&, const Hole&) = default;
  };
  struct Market {
    market::Venue venue = market::Venue::kraken;
    market::Symbol symbol;
    std::uint64_t trades = 0;  // accepted, each id once
    std::uint64_t top = 0;     // highest id; 0: none yet
    base::WallTime top_time{};
    std::vector<Hole> holes;  // by id
    friend bool operator==(const Market&, const Market&) = default;
  };

  void add(const pipeline::Tick& tick);
  void add(const pipeline::GapEntry& gap);
  // All of a batch; false: what follows in it makes no sense, and was passed over.
  bool add_batch(std::string_view batch);

  const std::vector<Market>& markets() const { return markets_; }
  // By id: the newest are last.
  const std::map<std::uint64_t, pipeline::GapEntry>& gaps() const { return gaps_; }
  std::uint64_t ticks() const { return ticks_; }  // trades, quotes and candles

  // As the payload of a spool record, which the limits above leave room for; docs/spool-format.md.
  std::string checkpoint() const;
  static bool is_checkpoint(std::string_view payload);
  // Errors: of a version that this program does not know; makes no sense.
  static base::Result<Accepted> read(std::string_view checkpoint);

  friend bool operator==(const Accepted& a, const Accepted& b) {
    return a.markets_ == b.markets_ && a.gaps_ == b.gaps_ && a.ticks_ == b.ticks_;
  }

 private:
  struct Key {
    market::Venue venue;
    market::Symbol symbol;
    friend bool operator==(const Key&, const Key&) = default;
    struct Hash {
      std::size_t operator()(const Key& key) const {
        return market::Symbol::Hash()(key.symbol) * 4 + static_cast<std::size_t>(key.venue);
      }
    };
  };
  Market& market(market::Venue venue, const market::Symbol& symbol);
  void begin_hole(Market& market, std::uint64_t to);
  bool fill(Market& market, std::uint64_t id);
  void limit_holes(Market& market);
  void forget_lowest_holes(Market& market);
  void forget_oldest_gap();
  bool take_market(std::string_view& from);

  std::vector<Market> markets_;
  base::Index<Key> market_of_;
  std::map<std::uint64_t, pipeline::GapEntry> gaps_;
  std::size_t open_gaps_ = 0, holes_ = 0;
  std::uint64_t ticks_ = 0;
};

}  // namespace tickwitness::store
