#include "sim/database/database.h"

#include <algorithm>

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kConnectTimeout = 10s;
constexpr base::Duration kCommit = 2ms;  // a sync of a log
constexpr base::Duration kSlowCommitMin = 1s;
constexpr std::uint64_t kSlowCommitExtraMs = 4'001;
// Of a transaction that fails on its way; one with fewer fails at its end.
constexpr std::uint64_t kRowsMax = 40;

}  // namespace

base::Result<Position> Database::connect() {
  end_session();
  if (is_on(DatabaseFault::down)) {
    // Refused by its host, or not answered by any.
    if (random_.below(4) != 0) return fail("connection refused");
    wait_(kConnectTimeout);
    return fail("connection timed out");
  }
  session_ = true;
  return position_;
}

base::Result<void> Database::begin() {
  if (!session_) return fail("no connection");
  in_transaction_ = true;
  rows_ = 0;
  draw_fate();
  return {};
}

void Database::draw_fate() {
  fails_at_.reset();
  const bool deadlock = is_on(DatabaseFault::deadlock) && one_in_two();
  const bool cut = std::exchange(cut_next_, false);
  if (!deadlock && !cut) return;
  fails_as_deadlock_ = !cut;
  fails_at_ = random_.below(kRowsMax);
}

// One statement.
base::Result<void> Database::execute() {
  if (!in_transaction_) return fail("no transaction");
  if (fails_at_ != rows_++) return {};
  if (fails_as_deadlock_) {
    undo();
    return fail("deadlock detected");
  }
  end_session();
  return fail("connection lost");
}

base::Result<const TradeRow*> Database::add_trade(const MarketKey& market, const TradeRow& row) {
  if (const auto done = execute(); !done) return std::unexpected(done.error());
  Table& table = tables_[market];
  auto at = table.trades.end();
  if (!table.trades.empty() && table.trades.back().id >= row.id) {
    at = std::ranges::lower_bound(table.trades, row.id, {}, &TradeRow::id);
    if (at->id == row.id) return &*at;
  }
  table.trades.insert(at, row);
  undo_.push_back({.table = &table, .trade = row.id});
  return nullptr;
}

base::Result<bool> Database::put_candle(const MarketKey& market, const market::Candle& candle) {
  if (const auto done = execute(); !done) return std::unexpected(done.error());
  Table& table = tables_[market];
  const CandleKey key(candle.interval_minutes, candle.begin);
  const auto [there, added] = table.candles.try_emplace(key, candle);
  if (!added && there->second.trades >= candle.trades) return false;
  undo_.push_back({.table = &table, .candle = key});
  if (!added) undo_.back().before = std::exchange(there->second, candle);
  return true;
}

base::Result<bool> Database::add_quote(const MarketKey& market, base::WallTime received) {
  if (const auto done = execute(); !done) return std::unexpected(done.error());
  Table& table = tables_[market];
  if (!table.quotes.insert(received).second) return false;
  undo_.push_back({.table = &table, .quote = received});
  return true;
}

base::Result<void> Database::put_gap(const Position& key, const GapRow& row) {
  if (const auto done = execute(); !done) return done;
  --rows_;
  const auto [there, added] = gaps_.try_emplace(key, row);
  undo_.push_back({.gap = key});
  if (!added) undo_.back().gap_before = std::exchange(there->second, row);
  return {};
}

base::Result<void> Database::commit(Position upto) {
  if (fails_at_ && *fails_at_ >= rows_) fails_at_ = rows_;
  if (const auto done = execute(); !done) return done;
  --rows_;  // a commit is none
  wait_(kCommit);
  if (is_on(DatabaseFault::slow_commit)) {
    wait_(kSlowCommitMin + std::chrono::milliseconds(random_.below(kSlowCommitExtraMs)));
    ++met_["slow commit"];
  }
  const bool heard = !is_on(DatabaseFault::commit_unknown) || one_in_two();
  if (!heard && one_in_two()) {
    end_session();
    return fail("commit unknown, not done");
  }
  position_ = upto;
  rows_brought_ += rows_;
  undo_.clear();
  in_transaction_ = false;
  if (heard) return {};
  end_session();
  return fail("commit unknown, done");
}

void Database::set(DatabaseFault fault, bool on) {
  on_[static_cast<std::size_t>(fault)] = on;
  if (fault == DatabaseFault::down && on) end_session();
}

std::unexpected<base::Error> Database::fail(std::string what) {
  ++met_[what];
  // Clients learn of a commit no more than that the connection is gone.
  return base::fail(what.starts_with("commit unknown") ? "connection lost" : std::move(what));
}

void Database::undo() {
  for (; !undo_.empty(); undo_.pop_back()) {
    const Undo& change = undo_.back();
    if (change.gap_before) {
      gaps_[*change.gap] = *change.gap_before;
    } else if (change.gap) {
      gaps_.erase(*change.gap);
    }
    if (change.table == nullptr) continue;
    Table& table = *change.table;
    if (change.trade)
      table.trades.erase(std::ranges::lower_bound(table.trades, *change.trade, {}, &TradeRow::id));
    if (change.quote) table.quotes.erase(*change.quote);
    if (!change.candle) continue;
    if (change.before) {
      table.candles[*change.candle] = *change.before;
    } else {
      table.candles.erase(*change.candle);
    }
  }
  in_transaction_ = false;
}

void Database::end_session() {
  undo();
  session_ = false;
}

const std::vector<TradeRow>& Database::trades(const MarketKey& market) const {
  static const std::vector<TradeRow> kNone;
  const auto table = tables_.find(market);
  return table == tables_.end() ? kNone : table->second.trades;
}

std::vector<MarketKey> Database::markets() const {
  std::vector<MarketKey> keys;
  keys.reserve(tables_.size());
  for (const auto& [key, table] : tables_) keys.push_back(key);
  return keys;
}

std::uint64_t Database::candles() const {
  std::uint64_t sum = 0;
  for (const auto& [key, table] : tables_) sum += table.candles.size();
  return sum;
}

std::uint64_t Database::quotes() const {
  std::uint64_t sum = 0;
  for (const auto& [key, table] : tables_) sum += table.quotes.size();
  return sum;
}

}  // namespace tickwitness::sim
