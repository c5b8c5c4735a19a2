// Rows and cursor of one open database.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "market/events.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/names.h"

namespace tickwitness::store::sqlite {

// After an error it is of no use any more, nor is its connection, which goes with it: what was not
// committed must go, and what was is told by the cursor of a new one.
class Writer {
 public:
  static SinkResult<Writer> make(Connections::Lease connection);

  // The connection is in use, or rests in between.
  void wake() { connection_.wake(); }
  void rest() { connection_.rest(); }

  // The only one; both 0 if there is none or there are several.
  SinkResult<Cursor> cursor();
  SinkResult<Cursor> cursor(std::uint64_t spool);
  // As Sink::store().
  SinkResult<Stored> write(std::span<const pipeline::Tick> ticks,
                           std::span<const pipeline::GapEntry> gaps, Cursor upto);
  // As Sink::forget_quotes().
  SinkResult<std::uint64_t> forget_quotes(base::WallTime before, std::uint64_t at_most);
  // As Sink::disk_bytes().
  SinkResult<std::optional<std::uint64_t>> disk_bytes();

 private:
  struct Numbers {
    std::int64_t venue = 0, symbol = 0;
  };
  explicit Writer(Connections::Lease connection) : connection_(std::move(connection)) {}
  SinkResult<void> prepare();

  // SQLite's codes: SQLITE_OK or an error.
  int put(const pipeline::Tick& tick, Stored& stored);
  int put(const market::Trade& trade, const pipeline::Tick& tick, Stored& stored);
  int put(const market::Candle& candle, const pipeline::Tick& tick, Stored& stored);
  int put(const market::Quote& quote, const pipeline::Tick& tick, Stored& stored);
  int put(const pipeline::GapEntry& gap, std::uint64_t spool);
  int compare(const market::Trade& trade, const Numbers& numbers, const pipeline::Tick& tick,
              Stored& stored);
  int move_cursor(Cursor upto);
  int forget_some(base::WallTime before, std::uint64_t at_most, std::uint64_t& gone);

  int insert_once(Statement& statement, Stored& stored);
  bool find_numbers(const pipeline::Tick& tick, const market::Symbol& symbol, Numbers& numbers);

  Connections::Lease connection_;
  Names names_;
  Statement begin_, commit_, trade_, same_trade_, candle_, quote_, gap_, cursor_, read_cursor_,
      only_cursor_, markets_, forget_;
};

}  // namespace tickwitness::store::sqlite
