// Rows and cursor of one open database.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/postgres/connection.h"
#include "store/postgres/copy_rows.h"
#include "store/postgres/days.h"
#include "store/postgres/names.h"
#include "store/postgres/rows.h"

namespace tickwitness::store::postgres {

// After an error it is of no use any more, nor is its connection, which goes with it: what was
// committed is told by the cursor of a new one.
class Writer {
 public:
  explicit Writer(Connections::Lease connection) : connection_(std::move(connection)) {}

  // The connection is in use, or rests in between.
  void wake() { connection_.wake(); }
  void rest() { connection_.rest(); }

  // The only one; both 0 if there is none or there are several. Waits for a transaction of an
  // earlier connection that may be committing still.
  SinkResult<Cursor> cursor();
  SinkResult<Cursor> cursor(std::uint64_t spool);
  // As Sink::store().
  SinkResult<Stored> write(std::span<const pipeline::Tick> ticks,
                           std::span<const pipeline::GapEntry> gaps, Cursor upto);
  // As Sink::forget_quotes().
  SinkResult<std::uint64_t> forget_quotes(base::WallTime before, std::uint64_t at_most);
  // As Sink::disk_bytes(): of the whole database, whoever else has tables in it.
  SinkResult<std::optional<std::uint64_t>> disk_bytes();

 private:
  enum class Outcome { done, clash };

  // COPY straight into the table. A clash: nothing was stored.
  SinkResult<Outcome> write_new(Cursor upto, Stored& stored);
  // What is there already is looked up first.
  SinkResult<void> write_unknown(Cursor upto, Stored& stored);
  SinkResult<void> copy_trades();
  SinkResult<void> commit();
  SinkResult<void> take_counts(Stored& stored);
  SinkResult<Outcome> clash(const SinkError& error);
  std::string begin_sql(Cursor upto);

  Connections::Lease connection_;
  Names names_;
  Days days_;
  Rows rows_;
  std::vector<Statement> statements_;  // candles, quotes and gaps of this batch
  CopyRows copy_;
  bool expect_known_ = false;  // the last batch had trades that were there already
};

}  // namespace tickwitness::store::postgres
