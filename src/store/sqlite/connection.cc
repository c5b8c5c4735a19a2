#include "store/sqlite/connection.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "store/batch/sql_statement.h"

namespace tickwitness::store::sqlite {
namespace {

// Whether the same may succeed later without anybody's help.
bool passes(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
    case SQLITE_ABORT:
    case SQLITE_PROTOCOL:
    case SQLITE_SCHEMA:
      return true;
    default:
      return false;
  }
}

std::string_view advice(int code) {
  switch (code & 0xff) {
    case SQLITE_NOTADB:
      return "; move it away or name another file";
    case SQLITE_CORRUPT:
      return "; it is damaged: restore a backup, or move it away to begin anew";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "; another program is writing to it";
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return "; its directory must be there, and both must be writable";
    default:
      return "";
  }
}

// What the system said, where SQLite's own sentence leaves it out. After a file could not be made
// SQLite tries to read it, so that there is none says nothing.
std::string system_cause(sqlite3* handle, int code) {
  const int primary = code & 0xff;
  const int number = sqlite3_system_errno(handle);
  if (number == 0 || number == ENOENT || (primary != SQLITE_CANTOPEN && primary != SQLITE_IOERR))
    return {};
  return " (" + std::generic_category().message(number) + ")";
}

}  // namespace

Statement::Statement(sqlite3_stmt* statement, DatabaseMeter* meter) : statement_(statement) {
  if (meter == nullptr) return;
  const auto kind = kind_of(sqlite3_sql(statement));
  clock_ = meter;
  meter_ = &meter->of(kind.operation, kind.table);
}

void Statement::swap(Statement& other) noexcept {
  std::swap(statement_, other.statement_);
  std::swap(clock_, other.clock_);
  std::swap(meter_, other.meter_);
  std::swap(began_, other.began_);
  std::swap(runs_, other.runs_);
}

int Statement::step() {
  if (meter_ != nullptr && !runs_) {
    runs_ = true;
    began_ = clock_->now();
  }
  const int code = sqlite3_step(statement_.get());
  if (runs_ && code != SQLITE_ROW) ended(code == SQLITE_DONE);
  return code;
}

void Statement::ended(bool good) {
  runs_ = false;
  meter_->ended(clock_->now() - began_, good);
}

int Statement::run() {
  int code = step();
  while (code == SQLITE_ROW) code = step();
  const int last = reset();
  return code == SQLITE_DONE ? SQLITE_OK : last;
}

std::string_view Statement::text(int column) const {
  const void* const bytes = sqlite3_column_text(statement_.get(), column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

SinkResult<Connection> Connection::open(const std::string& path, int flags,
                                        std::chrono::milliseconds busy, DatabaseMeter* meter) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection connection(path, handle, meter);
  if (handle == nullptr) return sink_fail(path + ": no memory to open it", true);
  sqlite3_extended_result_codes(handle, 1);
  if (code != SQLITE_OK) return connection.fail("cannot be opened");
  sqlite3_busy_timeout(handle, static_cast<int>(busy.count()));
  return connection;
}

SinkResult<void> Connection::run(std::string_view sql) {
  for (;;) {
    auto statement = take(sql, 0);
    if (!statement) return std::unexpected(statement.error());
    if (!*statement) return {};
    if ((*statement)->run() != SQLITE_OK) return fail("cannot be used");
  }
}

SinkResult<std::int64_t> Connection::integer(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return std::unexpected(statement.error());
  const int code = statement->step();
  if (code == SQLITE_ROW && !statement->is_null(0)) return statement->integer(0);
  if (code != SQLITE_ROW && code != SQLITE_DONE) return fail("cannot be read");
  return sink_fail(fmt::format("{}: has no answer to {}", path_, sql), false);
}

SinkResult<Statement> Connection::prepare(std::string_view sql) {
  auto statement = take(sql, SQLITE_PREPARE_PERSISTENT);
  if (!statement) return std::unexpected(statement.error());
  return std::move(**statement);
}

SinkResult<std::optional<Statement>> Connection::take(std::string_view& sql, unsigned flags) {
  sqlite3_stmt* statement = nullptr;
  const char* rest = sql.data();
  do {
    sql.remove_prefix(static_cast<std::size_t>(rest - sql.data()));
    if (sql.empty()) return std::nullopt;
    const int code = sqlite3_prepare_v3(handle(), sql.data(), static_cast<int>(sql.size()), flags,
                                        &statement, &rest);
    if (code != SQLITE_OK) return fail("cannot be used");
  } while (statement == nullptr);  // blanks or a comment
  sql.remove_prefix(static_cast<std::size_t>(rest - sql.data()));
  return Statement(statement, meter_);
}

std::unexpected<SinkError> Connection::fail(std::string_view attempt) const {
  const int code = sqlite3_extended_errcode(handle());
  return sink_fail(fmt::format("{}: {}: {}{}{}", path_, attempt, sqlite3_errmsg(handle()),
                               system_cause(handle(), code), advice(code)),
                   passes(code));
}

}  // namespace tickwitness::store::sqlite
