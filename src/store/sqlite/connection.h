// SQLite's C interface as values: a connection, a prepared statement, and errors as stores tell
// them.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "store/batch/database_meter.h"
#include "store/batch/pool.h"
#include "store/batch/sink.h"

namespace tickwitness::store::sqlite {

// How long a reader or a copy waits for a lock of somebody else's.
inline constexpr std::chrono::milliseconds kBusyTimeout{5000};

// Goes before its connection. The calls return SQLite's codes, since they are made for each row;
// Connection::fail() makes a sentence of the last one.
class Statement {
 public:
  Statement() = default;
  // `meter` hears of each time that it runs, from its first step to its end; null: nobody does.
  Statement(sqlite3_stmt* statement, DatabaseMeter* meter);
  Statement(Statement&& other) noexcept { swap(other); }
  Statement& operator=(Statement&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Statement() {
    if (runs_) ended(true);
  }

  // `at` counts from 1. Texts must stay where they are until the statement is reset. A value that
  // cannot be bound is NULL, which the columns do not take.
  void bind(int at, std::int64_t value) { sqlite3_bind_int64(statement_.get(), at, value); }
  void bind(int at, std::string_view text) {
    sqlite3_bind_text(statement_.get(), at, text.data(), static_cast<int>(text.size()), nullptr);
  }
  void bind_null(int at) { sqlite3_bind_null(statement_.get(), at); }

  // SQLITE_ROW: a row is there, until the next call.
  int step();
  int reset() {
    if (runs_) ended(true);
    return sqlite3_reset(statement_.get());
  }
  // For what has no rows, or whose rows nobody wants: SQLITE_OK or an error.
  int run();

  // Of the current row; `column` counts from 0. A text is good until the next call.
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  std::string_view text(int column) const;
  bool is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
  }

 private:
  void swap(Statement& other) noexcept;
  void ended(bool good);

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  DatabaseMeter* clock_ = nullptr;
  StatementMeter* meter_ = nullptr;  // null: nobody counts
  base::Instant began_{};
  bool runs_ = false;  // and is counted when it ends
};

// On one thread. Closing it rolls back what is not committed.
class Connection {
 public:
  // `flags`: SQLITE_OPEN_…; what is locked is waited for as long as `busy`. `meter` hears of each
  // statement and outlives the connection; null: nobody does.
  static SinkResult<Connection> open(const std::string& path, int flags,
                                     std::chrono::milliseconds busy,
                                     DatabaseMeter* meter = nullptr);

  const std::string& path() const { return path_; }
  bool healthy() const { return true; }  // a file does not go away
  sqlite3* handle() const { return handle_.get(); }

  // One or more statements without parameters.
  SinkResult<void> run(std::string_view sql);
  // The first column of the first row. Fails if there is none.
  SinkResult<std::int64_t> integer(std::string_view sql);
  SinkResult<Statement> prepare(std::string_view sql);

  // "data/tickwitness.db: cannot be written: database or disk is full": of the last call.
  std::unexpected<SinkError> fail(std::string_view attempt) const;

 private:
  Connection(std::string path, sqlite3* handle, DatabaseMeter* meter)
      : path_(std::move(path)), handle_(handle), meter_(meter) {}
  // Takes the first statement off `sql`; nothing where there is none any more.
  SinkResult<std::optional<Statement>> take(std::string_view& sql, unsigned flags);

  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
  DatabaseMeter* meter_;
};

using Connections = Pool<Connection>;

}  // namespace tickwitness::store::sqlite
