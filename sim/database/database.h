// A database in virtual time: tables with keys, transactions, a position that changes with them,
// and what happens to those who use one over a network. Same seed and same calls: same rows.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/prng.h"
#include "base/result.h"
#include "base/time.h"
#include "market/events.h"
#include "market/venue.h"

namespace tickwitness::sim {

struct MarketKey {
  market::Venue venue = market::Venue::kraken;
  market::Symbol symbol;
  friend auto operator<=>(const MarketKey&, const MarketKey&) = default;
};

struct TradeRow {
  std::uint64_t id = 0;  // the key, within its market
  market::Side taker_side = market::Side::buy;
  market::OrderType order_type = market::OrderType::unknown;
  base::Decimal price, quantity;
  base::WallTime exchange_time;
};

// Of a ledger of gaps.
struct GapRow {
  MarketKey market;
  std::uint64_t from = 0, to = 0;
  std::uint64_t lost = 0;
};

// Where its user says that it has come; what the numbers mean is his business.
struct Position {
  std::uint64_t log = 0;
  std::uint64_t number = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

enum class DatabaseFault : std::uint8_t {
  down,            // sessions end, what they were at is undone; there are no new ones
  slow_commit,     // a commit takes 1 to 5 s
  commit_unknown,  // once in two the session ends with the commit, which is done or is not
  deadlock,        // once in two a transaction is chosen to be undone
};

// One session at a time. What takes time returns at once, and says how long it took. Not
// thread-safe.
class Database {
 public:
  // `wait`: the client is to be held up for so long.
  Database(base::Prng random, std::function<void(base::Duration)> wait)
      : random_(random), wait_(std::move(wait)) {}

  // For the client. After an error the transaction is undone; whether a commit that failed is done
  // nobody tells but the next session.
  base::Result<Position> connect();
  base::Result<void> begin();
  // The row that has its key already; nullptr: it was added.
  base::Result<const TradeRow*> add_trade(const MarketKey& market, const TradeRow& row);
  // False: the one that is there has as many trades.
  base::Result<bool> put_candle(const MarketKey& market, const market::Candle& candle);
  // False: there is one of that time.
  base::Result<bool> add_quote(const MarketKey& market, base::WallTime received);
  // In the place of the one with its key, the number that its log gives it.
  base::Result<void> put_gap(const Position& key, const GapRow& row);
  base::Result<void> commit(Position upto);
  // The client is gone without a word.
  void drop_session() { end_session(); }

  // One switch each.
  void set(DatabaseFault fault, bool on);
  // The session ends somewhere in the next transaction.
  void cut_next() { cut_next_ = true; }

  // What is committed, for those who judge. Between transactions only.
  const std::vector<TradeRow>& trades(const MarketKey& market) const;  // by id
  std::vector<MarketKey> markets() const;
  std::uint64_t candles() const;
  std::uint64_t quotes() const;
  const std::map<Position, GapRow>& gaps() const { return gaps_; }
  const Position& position() const { return position_; }
  // Rows but gaps that transactions brought which are done, those that were there already included.
  std::uint64_t rows_brought() const { return rows_brought_; }
  // What clients met, by name: "deadlock", "commit unknown, done" …
  const std::map<std::string, std::uint64_t>& met() const { return met_; }

 private:
  using CandleKey = std::pair<std::uint32_t, base::WallTime>;  // minutes, begin
  struct Table {
    std::vector<TradeRow> trades;
    std::map<CandleKey, market::Candle> candles;
    std::set<base::WallTime> quotes;
  };
  // What undoes a change of a table.
  struct Undo {
    Table* table = nullptr;
    std::optional<std::uint64_t> trade;
    std::optional<base::WallTime> quote;
    std::optional<CandleKey> candle;
    std::optional<market::Candle> before;  // of that candle
    std::optional<Position> gap;
    std::optional<GapRow> gap_before;
  };

  bool is_on(DatabaseFault fault) const { return on_[static_cast<std::size_t>(fault)]; }
  base::Result<void> execute();
  std::unexpected<base::Error> fail(std::string what);
  void draw_fate();
  void undo();
  void end_session();
  bool one_in_two() { return random_.below(2) == 0; }

  base::Prng random_;
  std::function<void(base::Duration)> wait_;
  bool on_[4] = {};
  bool cut_next_ = false;

  std::map<MarketKey, Table> tables_;
  std::map<Position, GapRow> gaps_;
  Position position_;
  std::uint64_t rows_brought_ = 0;
  std::map<std::string, std::uint64_t> met_;

  bool session_ = false;
  bool in_transaction_ = false;
  std::uint64_t rows_ = 0;                 // of the transaction
  std::optional<std::uint64_t> fails_at_;  // the row before which it fails
  bool fails_as_deadlock_ = false;
  std::vector<Undo> undo_;
};

}  // namespace tickwitness::sim
