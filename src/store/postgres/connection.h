// libpq as values: a connection whose every wait has an end, and errors as stores tell them.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "store/batch/database_meter.h"
#include "store/batch/pool.h"
#include "store/batch/sink.h"

namespace tickwitness::store::postgres {

struct PostgresSettings {
  // A connection string of libpq: "postgresql://user@host/db?sslmode=verify-full&sslrootcert=…".
  // What it does not say comes from the environment (PGPASSWORD, PGPASSFILE …) and ~/.pgpass.
  base::Secret database;
  // The longest that the server may be silent while it is being connected to.
  std::chrono::milliseconds connect_silence{10'000};
  // The longest that it may work on one statement, or wait for a lock; after some seconds more of
  // silence it is given up.
  std::chrono::milliseconds statement{30'000};
  // Hears of each statement; null: nobody does. Outlives the connections.
  DatabaseMeter* meter = nullptr;
};

// What one statement answered. Columns and rows count from 0.
class Answer {
 public:
  explicit Answer(PGresult* result) : result_(result) {}

  int rows() const { return PQntuples(result_.get()); }
  // Empty for NULL. Good as long as the answer.
  std::string_view text(int row, int column) const;
  bool is_null(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }
  // 0 for what is no number.
  std::int64_t integer(int row, int column) const;
  // Rows that an INSERT, UPDATE or DELETE changed.
  std::uint64_t changed() const;
  // The server waits for the rows of a COPY.
  bool wants_rows() const { return PQresultStatus(result_.get()) == PGRES_COPY_IN; }
  // It is about to give the rows of one.
  bool gives_rows() const { return PQresultStatus(result_.get()) == PGRES_COPY_OUT; }
  bool is_commit() const;
  // It is no error, nor anything that is never asked for.
  bool good() const;
  // Of an error: a field of libpq's (PG_DIAG_…), empty where there is none.
  std::string_view error(int field) const;

 private:
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  std::unique_ptr<PGresult, Clear> result_;
};

// One row of an answer, which outlives it.
struct AnswerRow {
  const Answer& answer;
  int row = 0;
  std::string_view text(int column) const { return answer.text(row, column); }
  std::int64_t integer(int column) const { return answer.integer(row, column); }
  bool is_null(int column) const { return answer.is_null(row, column); }
};

// On one thread. Closing it rolls back what is not committed. After an error that key_taken() does
// not explain it is of no use any more.
class Connection {
 public:
  static SinkResult<Connection> open(const PostgresSettings& settings);
  // For what takes its time, as copying whole tables does: a statement may work, or the transaction
  // rest, for a day. Locks are waited for as long as ever.
  static SinkResult<Connection> open_patiently(PostgresSettings settings);

  // "postgresql://user@host:5432/db": never a password.
  const std::string& where() const { return where_; }

  struct Tls {
    bool encrypted = false;
    bool verified = false;  // that the server is who it was asked for
  };
  Tls tls() const;

  // Statements to their end; the last one's answer. Each waits for the answer of the one before:
  // the server keeps its answers to a script until the end, and nobody could tell how long each
  // took. After an error the others do not run.
  SinkResult<Answer> run(std::string_view script);
  // The same where what it answers is of no interest.
  SinkResult<void> execute(std::string_view script);

  // The same in steps: begin(), then next() for each statement. Where a COPY wants rows: put() as
  // often as needed and one end_of_rows(), then next() tells how it ended. `script` stays where it
  // is until the last next().
  void begin(std::string_view script) { script_ = script; }
  SinkResult<Answer> next();
  SinkResult<void> put(std::string_view bytes);
  SinkResult<void> end_of_rows();
  // Where a COPY gives rows: one after the other, each good until the next call; nothing after the
  // last one, then next() tells how it ended.
  SinkResult<std::optional<std::string_view>> row();

  // False: the server has said something in between, which is that it ends.
  bool healthy() const;

  // The last error was a row with a key that is there already; the connection can be used on.
  bool key_taken() const;

  std::unexpected<SinkError> fail(std::string_view what, bool passing) const;

 private:
  Connection(PGconn* handle, std::vector<std::string> secrets, DatabaseMeter* meter)
      : handle_(handle), secrets_(std::move(secrets)), meter_(meter) {}
  SinkResult<void> connect(const PostgresSettings& settings);
  SinkResult<void> set_up(const PostgresSettings& settings);
  SinkResult<void> wait(bool to_write);
  SinkResult<void> flush();
  SinkResult<void> send();
  SinkResult<Answer> step();
  SinkResult<void> sent(bool good);
  void ended(bool good);
  // The next answer; nothing after the last one. take() gives those that are errors too.
  SinkResult<std::optional<Answer>> receive();
  SinkResult<std::optional<Answer>> take();
  std::unexpected<SinkError> fail_of(const Answer& answer);
  std::unexpected<SinkError> lost();
  std::string without_secrets(std::string text) const;

  struct Close {
    void operator()(PGconn* handle) const { PQfinish(handle); }
  };
  std::unique_ptr<PGconn, Close> handle_;
  std::vector<std::string> secrets_;
  std::string where_;
  std::string state_;  // SQLSTATE of the last error
  std::chrono::milliseconds silence_{};

  struct Free {
    void operator()(char* bytes) const { PQfreemem(bytes); }
  };
  std::unique_ptr<char, Free> row_;

  std::string_view script_;  // what is left of it
  bool under_way_ = false;   // a statement, whose answer has not come
  DatabaseMeter* meter_;
  std::map<std::pair<Operation, std::string>, StatementMeter*> meters_;
  StatementMeter* statement_ = nullptr;  // of what is under way
  base::Instant began_{};
};

using Connections = Pool<Connection>;
// As many as there are roles: one that writes, and readers.
std::unique_ptr<Connections> make_pool(const PostgresSettings& settings, PoolLimits limits = {});

}  // namespace tickwitness::store::postgres
