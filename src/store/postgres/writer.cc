#include "store/postgres/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "store/postgres/known_trades.h"
#include "store/postgres/locks.h"

namespace tickwitness::store::postgres {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10;

std::string begin_to_store() {
  return fmt::format("BEGIN; SELECT pg_advisory_xact_lock({})", std::to_underlying(Lock::store));
}

// Ids of a market that another day's ids lie around or among: one of them may be there, since the
// same trade may come with another time of the exchange.
std::string note_ranges(const std::string& ranges) {
  return fmt::format(
      "INSERT INTO tickwitness.trade_days AS d(venue, symbol, day, first_id, last_id) VALUES {} "
      "ON CONFLICT (venue, symbol, day) DO UPDATE SET "
      "first_id = least(d.first_id, excluded.first_id), "
      "last_id = greatest(d.last_id, excluded.last_id)",
      ranges);
}

std::string days_within(const std::string& ranges) {
  return fmt::format(
      "FROM (VALUES {}) AS v(venue, symbol, day, first_id, last_id) "
      "JOIN tickwitness.trade_days d ON d.venue = v.venue AND d.symbol = v.symbol "
      "AND d.first_id <= v.last_id AND d.last_id >= v.first_id",
      ranges);
}

}  // namespace

SinkResult<Cursor> Writer::cursor() {
  // The lock in a statement before: what is read is then as who had it left it.
  if (auto locked = connection_->run(begin_to_store()); !locked) {
    return std::unexpected(locked.error());
  }
  const auto rows = connection_->run("SELECT spool, lsn FROM tickwitness.sink_cursor");
  if (!rows) return std::unexpected(rows.error());
  if (auto done = connection_->run("COMMIT"); !done) return std::unexpected(done.error());
  if (rows->rows() != 1) return Cursor{};
  return Cursor{std::bit_cast<std::uint64_t>(rows->integer(0, 0)),
                std::bit_cast<std::uint64_t>(rows->integer(0, 1))};
}

SinkResult<Cursor> Writer::cursor(std::uint64_t spool) {
  const auto row =
      connection_->run(fmt::format("SELECT lsn FROM tickwitness.sink_cursor WHERE spool = {}",
                                   std::bit_cast<std::int64_t>(spool)));
  if (!row) return std::unexpected(row.error());
  return Cursor{spool, row->rows() == 1 ? std::bit_cast<std::uint64_t>(row->integer(0, 0)) : 0};
}

SinkResult<Stored> Writer::write(std::span<const pipeline::Tick> ticks,
                                 std::span<const pipeline::GapEntry> gaps, Cursor upto) {
  if (auto ok = rows_.sort(ticks, names_, *connection_); !ok) return std::unexpected(ok.error());
  if (auto ok = days_.ensure(*connection_, rows_.days); !ok) return std::unexpected(ok.error());
  statements_.clear();
  add_quotes(rows_.quotes, statements_);
  add_candles(rows_.candles, statements_);
  add_gaps(gaps, upto.spool, statements_);
  Stored stored;
  auto outcome = Outcome::clash;
  if (rows_.trades.empty() || !expect_known_) {
    const auto written = write_new(upto, stored);
    if (!written) return std::unexpected(written.error());
    outcome = *written;
  }
  if (outcome == Outcome::clash) {
    stored = {};
    if (auto ok = write_unknown(upto, stored); !ok) return std::unexpected(ok.error());
  }
  stored.refused = rows_.refused;
  return stored;
}

// The lock first, by which those who write come one after the other, so that what was looked up
// stays true until the commit.
std::string Writer::begin_sql(Cursor upto) {
  std::string sql = fmt::format(
      "{}; INSERT INTO tickwitness.sink_cursor VALUES({}, {}) ON CONFLICT (spool) DO UPDATE "
      "SET lsn = excluded.lsn;",
      begin_to_store(), std::bit_cast<std::int64_t>(upto.spool),
      std::bit_cast<std::int64_t>(upto.lsn));
  for (const auto& statement : statements_) sql += statement.sql + ";";
  return sql;
}

SinkResult<Writer::Outcome> Writer::write_new(Cursor upto, Stored& stored) {
  const std::string begin = begin_sql(upto);
  connection_->begin(begin);
  if (auto ok = take_counts(stored); !ok) return std::unexpected(ok.error());
  if (!rows_.trades.empty()) {
    const auto ranges = ranges_of(rows_.trades);
    const auto around =
        connection_->run(fmt::format("{}; SELECT EXISTS(SELECT {} AND d.day <> v.day)",
                                     note_ranges(ranges), days_within(ranges)));
    if (!around) return std::unexpected(around.error());
    if (around->rows() != 1 || around->text(0, 0) != "f") {
      if (auto ok = connection_->run("ROLLBACK"); !ok) return std::unexpected(ok.error());
      return Outcome::clash;
    }
    if (auto ok = copy_trades(); !ok) return clash(ok.error());
    stored.inserted += rows_.trades.size();
  }
  if (auto ok = commit(); !ok) return std::unexpected(ok.error());
  return Outcome::done;
}

SinkResult<Writer::Outcome> Writer::clash(const SinkError& error) {
  if (!connection_->key_taken()) return std::unexpected(error);
  if (auto ok = connection_->run("ROLLBACK"); !ok) return std::unexpected(ok.error());
  return Outcome::clash;
}

SinkResult<void> Writer::write_unknown(Cursor upto, Stored& stored) {
  const std::string begin = begin_sql(upto);
  connection_->begin(begin);
  if (auto ok = take_counts(stored); !ok) return ok;
  const auto ranges = ranges_of(rows_.trades);
  const auto answer = connection_->run(
      fmt::format("{}; SELECT DISTINCT d.day {}", note_ranges(ranges), days_within(ranges)));
  if (!answer) return std::unexpected(answer.error());
  std::vector<int> days;
  days.reserve(static_cast<std::size_t>(answer->rows()));
  for (int row = 0; row < answer->rows(); ++row) {
    days.push_back(static_cast<int>(answer->integer(row, 0)));
  }
  const auto known = take_out_known(*connection_, days, rows_.trades, stored);
  if (!known) return std::unexpected(known.error());
  expect_known_ = *known;
  if (!rows_.trades.empty()) {
    if (auto ok = copy_trades(); !ok) return ok;
    stored.inserted += rows_.trades.size();
  }
  return commit();
}

// The answers of BEGIN, the lock, the cursor, the candles and the quotes.
SinkResult<void> Writer::take_counts(Stored& stored) {
  for (int i = 0; i < 3; ++i) {
    if (auto answer = connection_->next(); !answer) return std::unexpected(answer.error());
  }
  for (const auto& statement : statements_) {
    const auto answer = connection_->next();
    if (!answer) return std::unexpected(answer.error());
    if (statement.rows == 0) continue;
    const std::uint64_t inserted = answer->changed();
    stored.inserted += inserted;
    stored.duplicates += statement.rows - std::min(inserted, statement.rows);
  }
  return {};
}

SinkResult<void> Writer::copy_trades() {
  connection_->begin(kCopyTrades);
  if (auto ready = connection_->next(); !ready) return std::unexpected(ready.error());
  copy_.clear();
  copy_.begin();
  for (const auto& row : rows_.trades) {
    copy_.add(row);
    if (copy_.bytes().size() < kChunk) continue;
    if (auto ok = connection_->put(copy_.bytes()); !ok) return ok;
    copy_.clear();
  }
  copy_.end();
  if (auto ok = connection_->put(copy_.bytes()); !ok) return ok;
  if (auto ok = connection_->end_of_rows(); !ok) return ok;
  const auto copied = connection_->next();
  if (!copied) return std::unexpected(copied.error());
  if (copied->changed() != rows_.trades.size()) {
    return connection_->fail(fmt::format("took {} of {} trades: is there a trigger on the table?",
                                         copied->changed(), rows_.trades.size()),
                             false);
  }
  return {};
}

SinkResult<void> Writer::commit() {
  const auto answer = connection_->run("COMMIT");
  if (!answer) return std::unexpected(answer.error());
  if (!answer->is_commit()) return connection_->fail("did not commit what was stored", true);
  return {};
}

// Market by market along the key, which has the quotes of each in the order of their time.
SinkResult<std::uint64_t> Writer::forget_quotes(base::WallTime before, std::uint64_t at_most) {
  constexpr std::uint64_t kLimitMax = std::numeric_limits<std::int64_t>::max();
  const auto answer = connection_->run(fmt::format(
      "DELETE FROM tickwitness.quotes q USING (SELECT v.id AS venue, s.id AS symbol, o.time "
      "FROM tickwitness.venues v CROSS JOIN tickwitness.symbols s CROSS JOIN LATERAL "
      "(SELECT time FROM tickwitness.quotes WHERE venue = v.id AND symbol = s.id AND time < {0} "
      "ORDER BY time LIMIT {1}) o LIMIT {1}) old "
      "WHERE q.venue = old.venue AND q.symbol = old.symbol AND q.time = old.time",
      before.time_since_epoch().count(), std::min(at_most, kLimitMax)));
  if (!answer) return std::unexpected(answer.error());
  return answer->changed();
}

// Not the sum of our tables' sizes: that would wait for whoever has locked one of them.
SinkResult<std::optional<std::uint64_t>> Writer::disk_bytes() {
  const auto size = connection_->run("SELECT pg_database_size(current_database())");
  if (!size) return std::unexpected(size.error());
  return static_cast<std::uint64_t>(size->integer(0, 0));
}

}  // namespace tickwitness::store::postgres
