// The ticks of one batch by the tables they go to, and the SQL that puts them there.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "store/postgres/copy_rows.h"
#include "store/postgres/names.h"

namespace tickwitness::store::postgres {

struct QuoteRow {
  const pipeline::Tick* tick = nullptr;
  Market market;
};
using CandleRow = QuoteRow;

// Its memory is used again.
struct Rows {
  std::vector<TradeRow> trades;
  std::vector<QuoteRow> quotes;
  std::vector<CandleRow> candles;
  std::vector<int> days;      // of the trades, each once
  std::uint64_t refused = 0;  // with a number that a bigint does not hold

  // Names are looked up in the database, outside of a transaction. `ticks` outlive the rows.
  SinkResult<void> sort(std::span<const pipeline::Tick> ticks, Names& names,
                        Connection& connection);
};

// The ids of each market on each day, "(venue,symbol,day,first,last),…", in the order of the
// markets: two engines must not wait for each other.
std::string ranges_of(std::span<const TradeRow> trades);

// A statement that puts rows into the table unless they are there; how many ticks it is given.
struct Statement {
  std::string sql;
  std::uint64_t rows = 0;
};
// Empty without quotes.
void add_quotes(std::span<const QuoteRow> quotes, std::vector<Statement>& statements);
// Of candles with one key each is in a statement of its own: one statement changes a row once.
void add_candles(std::span<const CandleRow> candles, std::vector<Statement>& statements);
// Of several entries with one id the last is put there.
void add_gaps(std::span<const pipeline::GapEntry> gaps, std::uint64_t spool,
              std::vector<Statement>& statements);

}  // namespace tickwitness::store::postgres
