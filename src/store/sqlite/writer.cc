#include "store/sqlite/writer.h"

#include <bit>
#include <limits>
#include <vector>

#include "store/batch/stored_trade.h"
#include "store/batch/words.h"
#include "store/sqlite/decimal_text.h"

namespace tickwitness::store::sqlite {
namespace {

constexpr std::uint64_t kNumberMax = std::numeric_limits<std::int64_t>::max();

// A candle with more trades is a later state of the same.
constexpr std::string_view kPutCandle = R"sql(
INSERT INTO candles VALUES(?,?,?,?,?,?,?,?,?,?,?)
ON CONFLICT(venue, symbol, interval_minutes, begin) DO UPDATE SET
  open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
  volume = excluded.volume, vwap = excluded.vwap, trades = excluded.trades
WHERE excluded.trades > candles.trades)sql";

constexpr std::string_view kForget = R"sql(
DELETE FROM quotes WHERE venue = ?1 AND symbol = ?2 AND time IN (
  SELECT time FROM quotes WHERE venue = ?1 AND symbol = ?2 AND time < ?3 ORDER BY time LIMIT ?4)
)sql";

std::int64_t nanoseconds(base::WallTime time) {
  return time.time_since_epoch().count();
}

// Texts that stay until the statement has run.
class Price {
 public:
  explicit Price(const std::optional<base::Decimal>& value)
      : known_(value), text_(value.value_or(base::Decimal())) {}
  void bind_to(Statement& statement, int at) const {
    known_ ? statement.bind(at, text_.view()) : statement.bind_null(at);
  }

 private:
  bool known_;
  DecimalText text_;
};

}  // namespace

SinkResult<Writer> Writer::make(Connections::Lease connection) {
  Writer writer(std::move(connection));
  if (auto ok = writer.prepare(); !ok) return std::unexpected(ok.error());
  return writer;
}

SinkResult<void> Writer::prepare() {
  struct Text {
    Statement& statement;
    std::string_view sql;
  };
  const Text texts[] = {
      // The lock on writing first: in the middle of a transaction it could not be waited for.
      {begin_, "BEGIN IMMEDIATE"},
      {commit_, "COMMIT"},
      {trade_, "INSERT INTO trades VALUES(?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"},
      {same_trade_,
       "SELECT taker_side, order_type, price, quantity, exchange_time FROM trades "
       "WHERE venue = ? AND symbol = ? AND id = ?"},
      {candle_, kPutCandle},
      {quote_, "INSERT INTO quotes VALUES(?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"},
      {gap_, "INSERT OR REPLACE INTO gaps VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"},
      {cursor_, "INSERT OR REPLACE INTO sink_cursor VALUES(?, ?)"},
      {read_cursor_, "SELECT lsn FROM sink_cursor WHERE spool = ?"},
      {only_cursor_, "SELECT min(spool), min(lsn) FROM sink_cursor HAVING count(*) = 1"},
      {markets_, "SELECT venues.id, symbols.id FROM venues, symbols"},
      {forget_, kForget},
  };
  for (const auto& [statement, sql] : texts) {
    auto prepared = connection_->prepare(sql);
    if (!prepared) return std::unexpected(prepared.error());
    statement = std::move(*prepared);
  }
  auto names = Names::make(*connection_);
  if (!names) return std::unexpected(names.error());
  names_ = std::move(*names);
  return {};
}

SinkResult<Cursor> Writer::cursor() {
  Cursor cursor;
  const int code = only_cursor_.step();
  if (code == SQLITE_ROW) {
    cursor = {std::bit_cast<std::uint64_t>(only_cursor_.integer(0)),
              std::bit_cast<std::uint64_t>(only_cursor_.integer(1))};
  }
  if (code != SQLITE_ROW && code != SQLITE_DONE) return connection_->fail("cannot be read");
  only_cursor_.reset();
  return cursor;
}

SinkResult<Cursor> Writer::cursor(std::uint64_t spool) {
  Cursor cursor{.spool = spool, .lsn = 0};
  read_cursor_.bind(1, std::bit_cast<std::int64_t>(spool));
  const int code = read_cursor_.step();
  if (code == SQLITE_ROW) cursor.lsn = std::bit_cast<std::uint64_t>(read_cursor_.integer(0));
  if (code != SQLITE_ROW && code != SQLITE_DONE) return connection_->fail("cannot be read");
  read_cursor_.reset();
  return cursor;
}

SinkResult<Stored> Writer::write(std::span<const pipeline::Tick> ticks,
                                 std::span<const pipeline::GapEntry> gaps, Cursor upto) {
  Stored stored;
  int code = begin_.run();
  for (std::size_t i = 0; i < ticks.size() && code == SQLITE_OK; ++i) code = put(ticks[i], stored);
  for (std::size_t i = 0; i < gaps.size() && code == SQLITE_OK; ++i)
    code = put(gaps[i], upto.spool);
  if (code == SQLITE_OK) code = move_cursor(upto);
  if (code == SQLITE_OK) code = commit_.run();
  if (code != SQLITE_OK) return connection_->fail("cannot be written");
  return stored;
}

int Writer::put(const pipeline::Tick& tick, Stored& stored) {
  return std::visit([&](const auto& event) { return put(event, tick, stored); }, tick.event);
}

int Writer::put(const market::Trade& trade, const pipeline::Tick& tick, Stored& stored) {
  if (trade.id == 0) return SQLITE_OK;
  if (trade.id > kNumberMax) {
    ++stored.refused;
    return SQLITE_OK;
  }
  Numbers numbers;
  if (!find_numbers(tick, trade.symbol, numbers)) return SQLITE_ERROR;
  const DecimalText price(trade.price), quantity(trade.quantity);
  trade_.bind(1, numbers.venue);
  trade_.bind(2, numbers.symbol);
  trade_.bind(3, static_cast<std::int64_t>(trade.id));
  trade_.bind(4, word(trade.taker_side));
  if (trade.order_type == market::OrderType::unknown) {
    trade_.bind_null(5);
  } else {
    trade_.bind(5, word(trade.order_type));
  }
  trade_.bind(6, price.view());
  trade_.bind(7, quantity.view());
  trade_.bind(8, nanoseconds(trade.exchange_time));
  trade_.bind(9, nanoseconds(tick.received.wall));
  trade_.bind(10, word(tick.origin));
  trade_.bind(11, std::int64_t{tick.late});
  if (const int code = trade_.run(); code != SQLITE_OK) return code;
  if (sqlite3_changes(connection_->handle()) == 0) return compare(trade, numbers, tick, stored);
  ++stored.inserted;
  return SQLITE_OK;
}

int Writer::compare(const market::Trade& trade, const Numbers& numbers, const pipeline::Tick& tick,
                    Stored& stored) {
  same_trade_.bind(1, numbers.venue);
  same_trade_.bind(2, numbers.symbol);
  same_trade_.bind(3, static_cast<std::int64_t>(trade.id));
  const int code = same_trade_.step();
  if (code != SQLITE_ROW) return code == SQLITE_DONE ? SQLITE_CORRUPT : code;
  const StoredTrade there{same_trade_.text(0), same_trade_.text(1), same_trade_.text(2),
                          same_trade_.text(3), same_trade_.integer(4)};
  if (same(there, trade)) {
    ++stored.duplicates;
  } else {
    stored.conflicts.push_back({tick, describe(there)});
  }
  return same_trade_.reset();
}

int Writer::put(const market::Candle& candle, const pipeline::Tick& tick, Stored& stored) {
  if (!candle.closed.value_or(false)) return SQLITE_OK;
  if (candle.trades > kNumberMax) {
    ++stored.refused;
    return SQLITE_OK;
  }
  Numbers numbers;
  if (!find_numbers(tick, candle.symbol, numbers)) return SQLITE_ERROR;
  const Price open(candle.open), high(candle.high), low(candle.low), close(candle.close),
      volume(candle.volume), vwap(candle.vwap);
  candle_.bind(1, numbers.venue);
  candle_.bind(2, numbers.symbol);
  candle_.bind(3, std::int64_t{candle.interval_minutes});
  candle_.bind(4, nanoseconds(candle.begin));
  int at = 5;
  for (const Price* price : {&open, &high, &low, &close, &volume, &vwap}) {
    price->bind_to(candle_, at++);
  }
  candle_.bind(11, static_cast<std::int64_t>(candle.trades));
  return insert_once(candle_, stored);
}

int Writer::put(const market::Quote& quote, const pipeline::Tick& tick, Stored& stored) {
  Numbers numbers;
  if (!find_numbers(tick, quote.symbol, numbers)) return SQLITE_ERROR;
  const Price bid(quote.bid), bid_quantity(quote.bid_quantity), ask(quote.ask),
      ask_quantity(quote.ask_quantity);
  quote_.bind(1, numbers.venue);
  quote_.bind(2, numbers.symbol);
  quote_.bind(3, nanoseconds(tick.received.wall));
  int at = 4;
  for (const Price* price : {&bid, &bid_quantity, &ask, &ask_quantity}) {
    price->bind_to(quote_, at++);
  }
  return insert_once(quote_, stored);
}

int Writer::put(const pipeline::GapEntry& gap, std::uint64_t spool) {
  const std::string_view venue = to_string(gap.venue), symbol = gap.symbol.str();
  int at = 1;
  for (const std::uint64_t number : {spool, gap.id})
    gap_.bind(at++, std::bit_cast<std::int64_t>(number));
  for (const std::string_view text :
       {venue, symbol, std::string_view(gap.channel), std::string_view(gap.connection)})
    gap_.bind(at++, text);
  for (const std::uint64_t number : {gap.from, gap.to, gap.missing, gap.lost})
    gap_.bind(at++, std::bit_cast<std::int64_t>(number));
  gap_.bind(at++, std::string_view(gap.cause));
  gap_.bind(at++, std::string_view(gap.state));
  gap_.bind(at++, nanoseconds(gap.opened));
  gap.closed ? gap_.bind(at++, nanoseconds(*gap.closed)) : gap_.bind_null(at++);
  gap_.bind(at++, std::string_view(gap.reason));
  return gap_.run();
}

int Writer::insert_once(Statement& statement, Stored& stored) {
  if (const int code = statement.run(); code != SQLITE_OK) return code;
  ++(sqlite3_changes(connection_->handle()) > 0 ? stored.inserted : stored.duplicates);
  return SQLITE_OK;
}

bool Writer::find_numbers(const pipeline::Tick& tick, const market::Symbol& symbol,
                          Numbers& numbers) {
  numbers.venue = names_.number(tick.venue);
  numbers.symbol = numbers.venue == 0 ? 0 : names_.number(symbol);
  return numbers.symbol != 0;
}

int Writer::move_cursor(Cursor upto) {
  cursor_.bind(1, std::bit_cast<std::int64_t>(upto.spool));
  cursor_.bind(2, std::bit_cast<std::int64_t>(upto.lsn));
  return cursor_.run();
}

SinkResult<std::uint64_t> Writer::forget_quotes(base::WallTime before, std::uint64_t at_most) {
  std::uint64_t gone = 0;
  int code = begin_.run();
  if (code == SQLITE_OK) code = forget_some(before, at_most, gone);
  if (code == SQLITE_OK) code = commit_.run();
  if (code != SQLITE_OK) return connection_->fail("cannot forget quotes");
  return gone;
}

SinkResult<std::optional<std::uint64_t>> Writer::disk_bytes() {
  const auto pages = connection_->integer("PRAGMA page_count");
  if (!pages) return std::unexpected(pages.error());
  const auto bytes = connection_->integer("PRAGMA page_size");
  if (!bytes) return std::unexpected(bytes.error());
  return static_cast<std::uint64_t>(*pages) * static_cast<std::uint64_t>(*bytes);
}

// Market by market: each has its quotes in the order of time, so that one without old ones costs a
// look at its first.
int Writer::forget_some(base::WallTime before, std::uint64_t at_most, std::uint64_t& gone) {
  std::vector<Numbers> markets;
  int code = markets_.step();
  for (; code == SQLITE_ROW; code = markets_.step()) {
    markets.push_back({markets_.integer(0), markets_.integer(1)});
  }
  markets_.reset();
  if (code != SQLITE_DONE) return code;
  for (const auto& [venue, symbol] : markets) {
    if (gone == at_most) break;
    forget_.bind(1, venue);
    forget_.bind(2, symbol);
    forget_.bind(3, nanoseconds(before));
    forget_.bind(4, static_cast<std::int64_t>(std::min(at_most - gone, kNumberMax)));
    if (code = forget_.run(); code != SQLITE_OK) return code;
    gone += static_cast<std::uint64_t>(sqlite3_changes(connection_->handle()));
  }
  return SQLITE_OK;
}

}  // namespace tickwitness::store::sqlite
