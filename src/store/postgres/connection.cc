#include "store/postgres/connection.h"

#include <fmt/format.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include "store/batch/sql_statement.h"
#include "store/postgres/sql_state.h"

namespace tickwitness::store::postgres {
namespace {

constexpr std::chrono::milliseconds kBeyondStatement{5'000};
constexpr std::chrono::milliseconds kPatience = std::chrono::hours(24);

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

// What libpq itself would hide in a dialogue. Nothing: the string makes no sense.
std::optional<std::vector<std::string>> secrets_of(const base::Secret& database) {
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(
      PQconninfoParse(database.reveal().c_str(), nullptr));
  if (!options) return {};
  std::vector<std::string> secrets;
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    const bool hidden = std::string_view(option->dispchar) == "*";
    if (hidden && option->val != nullptr && *option->val != '\0') secrets.emplace_back(option->val);
  }
  return secrets;
}

std::string_view or_empty(const char* text) {
  return text == nullptr ? std::string_view() : text;
}

std::string where_of(const PGconn* handle) {
  const auto host = or_empty(PQhost(handle)), port = or_empty(PQport(handle));
  return fmt::format("postgresql://{}@{}{}{}/{}", or_empty(PQuser(handle)), host,
                     port.empty() ? "" : ":", port, or_empty(PQdb(handle)));
}

void ignore_notice(void*, const char*) {}

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::string_view Answer::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Answer::integer(int row, int column) const {
  const auto digits = text(row, column);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() ? value : 0;
}

std::uint64_t Answer::changed() const {
  const std::string_view digits = PQcmdTuples(result_.get());
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

bool Answer::is_commit() const {
  return std::string_view(PQcmdStatus(result_.get())) == "COMMIT";
}

bool Answer::good() const {
  const auto status = PQresultStatus(result_.get());
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN ||
         status == PGRES_COPY_OUT || status == PGRES_EMPTY_QUERY;
}

std::string_view Answer::error(int field) const {
  return or_empty(PQresultErrorField(result_.get(), field));
}

SinkResult<Connection> Connection::open(const PostgresSettings& settings) {
  // What libpq says of a string that it cannot read may have the password in it.
  auto secrets = secrets_of(settings.database);
  if (!secrets) {
    return sink_fail(
        "the database: is no connection string of PostgreSQL; expected "
        "postgresql://user@host/database?sslmode=verify-full",
        false);
  }
  // What comes before the string is the default, what comes after it overrides.
  const std::array keywords = {"connect_timeout",
                               "tcp_user_timeout",
                               "keepalives_idle",
                               "fallback_application_name",
                               "dbname",
                               "client_encoding",
                               static_cast<const char*>(nullptr)};
  const auto silence = std::to_string(settings.statement.count());
  const std::array values = {"10",
                             silence.c_str(),
                             "30",
                             "tickwitness",
                             settings.database.reveal().c_str(),
                             "UTF8",
                             static_cast<const char*>(nullptr)};
  Connection connection(PQconnectStartParams(keywords.data(), values.data(), 1),
                        std::move(*secrets), settings.meter);
  if (!connection.handle_) return sink_fail("store.database: no memory to connect", true);
  if (auto ok = connection.connect(settings); !ok) return std::unexpected(ok.error());
  if (auto ok = connection.set_up(settings); !ok) return std::unexpected(ok.error());
  return connection;
}

SinkResult<Connection> Connection::open_patiently(PostgresSettings settings) {
  const auto lock = std::exchange(settings.statement, kPatience).count();
  auto connection = open(settings);
  if (!connection) return connection;
  // Later servers (17) may limit whole transactions too.
  const auto set = connection->run(
      fmt::format("SET lock_timeout = {}; SELECT set_config(name, '0', false) FROM pg_settings "
                  "WHERE name = 'transaction_timeout'",
                  lock));
  if (!set) return std::unexpected(set.error());
  return connection;
}

SinkResult<void> Connection::connect(const PostgresSettings& settings) {
  PGconn* const handle = handle_.get();
  PQsetNoticeProcessor(handle, ignore_notice, nullptr);
  // The only way to the SQLSTATE of a refused connection is through its text.
  PQsetErrorVerbosity(handle, PQERRORS_VERBOSE);
  silence_ = settings.connect_silence;
  where_ = without_secrets(where_of(handle));
  auto state = PQstatus(handle) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (state == PGRES_POLLING_WRITING || state == PGRES_POLLING_READING) {
    if (auto ok = wait(state == PGRES_POLLING_WRITING); !ok) return ok;
    state = PQconnectPoll(handle);
  }
  where_ = without_secrets(where_of(handle));
  if (const auto password = or_empty(PQpass(handle)); !password.empty()) {
    secrets_.emplace_back(password);
  }
  if (state == PGRES_POLLING_FAILED) {
    const std::string_view message = PQerrorMessage(handle);
    state_ = state_in(message);
    const bool passing = is_passing(state_) && PQconnectionNeedsPassword(handle) == 0;
    return fail(fmt::format("cannot connect: {}", first_line(message)), passing);
  }
  PQsetErrorVerbosity(handle, PQERRORS_DEFAULT);
  if (PQsetnonblocking(handle, 1) != 0) return lost();
  return {};
}

// Commits that a crash of the server takes back would be lost: the spool has forgotten them. The
// rest bounds what another session, or this one after its client has gone, can hold up.
SinkResult<void> Connection::set_up(const PostgresSettings& settings) {
  silence_ = settings.statement + kBeyondStatement;
  const auto limit = settings.statement.count();
  auto answer = run(fmt::format(
      "SET statement_timeout = {0}; SET lock_timeout = {0}; "
      "SET idle_in_transaction_session_timeout = {0}; SET tcp_user_timeout = {0}; "
      "SET tcp_keepalives_idle = 30; SET default_transaction_isolation = 'read committed'; "
      "SET jit = off; "
      "SELECT set_config('synchronous_commit', 'on', false) "
      "WHERE current_setting('synchronous_commit') IN ('off', 'local')",
      limit));
  if (!answer) return std::unexpected(answer.error());
  return {};
}

Connection::Tls Connection::tls() const {
  if (PQsslInUse(handle_.get()) == 0) return {};
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(PQconninfo(handle_.get()));
  bool verified = false;
  for (const auto* option = options.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (std::string_view(option->keyword) == "sslmode") {
      verified = or_empty(option->val) == "verify-full";
    }
  }
  return {.encrypted = true, .verified = verified};
}

SinkResult<Answer> Connection::run(std::string_view script) {
  begin(script);
  for (;;) {
    auto answer = next();
    if (!answer || script_.empty()) return answer;
  }
}

SinkResult<void> Connection::execute(std::string_view script) {
  const auto answer = run(script);
  return answer ? SinkResult<void>{} : std::unexpected(answer.error());
}

SinkResult<Answer> Connection::next() {
  auto answer = step();
  if (!answer || !(answer->wants_rows() || answer->gives_rows())) ended(answer.has_value());
  return answer;
}

SinkResult<Answer> Connection::step() {
  if (!under_way_) {
    if (auto sent = send(); !sent) return std::unexpected(sent.error());
  }
  auto answer = receive();
  if (!answer) return std::unexpected(answer.error());
  if (!*answer) return lost();
  if ((*answer)->wants_rows() || (*answer)->gives_rows()) return std::move(**answer);
  const auto rest = receive();
  if (!rest) return std::unexpected(rest.error());
  if (*rest) return fail("a statement answered more than was asked", false);
  return std::move(**answer);
}

SinkResult<void> Connection::send() {
  state_.clear();
  const std::string sql(take_statement(script_));
  auto left = script_;
  if (take_statement(left).empty()) script_ = {};
  under_way_ = true;
  if (meter_ != nullptr) {
    const auto kind = kind_of(sql);
    auto& meter = meters_[{kind.operation, std::string(kind.table)}];
    if (meter == nullptr) meter = &meter_->of(kind.operation, kind.table);
    statement_ = meter;
    began_ = meter_->now();
  }
  if (PQsendQuery(handle_.get(), sql.c_str()) != 1) return lost();
  return flush();
}

void Connection::ended(bool good) {
  under_way_ = false;
  if (!good) script_ = {};
  if (auto* const meter = std::exchange(statement_, nullptr); meter != nullptr) {
    meter->ended(meter_->now() - began_, good);
  }
}

SinkResult<void> Connection::put(std::string_view bytes) {
  // 0 would mean that it is to be repeated: the buffer is empty, and grows.
  return sent(PQputCopyData(handle_.get(), bytes.data(), static_cast<int>(bytes.size())) == 1);
}

SinkResult<void> Connection::end_of_rows() {
  return sent(PQputCopyEnd(handle_.get(), nullptr) == 1);
}

SinkResult<std::optional<std::string_view>> Connection::row() {
  for (;;) {
    char* bytes = nullptr;
    const int length = PQgetCopyData(handle_.get(), &bytes, 1);
    row_.reset(bytes);
    if (length > 0) return std::string_view(bytes, static_cast<std::size_t>(length));
    if (length == -1) return std::nullopt;
    if (length < 0) return lost();
    if (auto ok = wait(false); !ok) return std::unexpected(ok.error());
    if (PQconsumeInput(handle_.get()) != 1) return lost();
  }
}

SinkResult<void> Connection::sent(bool good) {
  SinkResult<void> done = good ? flush() : lost();
  if (!done) ended(false);
  return done;
}

bool Connection::healthy() const {
  pollfd socket{.fd = PQsocket(handle_.get()), .events = POLLIN, .revents = 0};
  return PQstatus(handle_.get()) == CONNECTION_OK && ::poll(&socket, 1, 0) == 0;
}

SinkResult<std::optional<Answer>> Connection::receive() {
  auto answer = take();
  if (!answer || !*answer || (*answer)->good()) return answer;
  const auto failed = fail_of(**answer);
  const auto state = state_;
  // What else the server has to say is taken off too: the next script finds the line free. One that
  // says nothing more is not there any more, whatever it said before.
  while (PQstatus(handle_.get()) == CONNECTION_OK) {
    const auto rest = take();
    if (rest && !*rest) break;
    if (!rest && PQstatus(handle_.get()) == CONNECTION_OK) return std::unexpected(rest.error());
  }
  state_ = state;
  return failed;
}

SinkResult<std::optional<Answer>> Connection::take() {
  while (PQisBusy(handle_.get()) != 0) {
    if (auto ok = wait(false); !ok) return std::unexpected(ok.error());
    if (PQconsumeInput(handle_.get()) != 1) return lost();
  }
  PGresult* const result = PQgetResult(handle_.get());
  if (result == nullptr) return std::nullopt;
  return Answer(result);
}

SinkResult<void> Connection::flush() {
  for (;;) {
    const int left = PQflush(handle_.get());
    if (left == 0) return {};
    if (left < 0) return lost();
    if (auto ok = wait(true); !ok) return ok;
    // A server that has something to say may not listen before it has said it.
    if (PQconsumeInput(handle_.get()) != 1) return lost();
  }
}

// libpq waits for ever for a server that is there and does not answer.
SinkResult<void> Connection::wait(bool to_write) {
  pollfd socket{.fd = PQsocket(handle_.get()), .events = POLLIN, .revents = 0};
  if (socket.fd < 0) return lost();
  if (to_write) socket.events = POLLIN | POLLOUT;
  int ready = -1;
  do {
    ready = ::poll(&socket, 1, static_cast<int>(silence_.count()));
  } while (ready < 0 && errno == EINTR);
  if (ready > 0) return {};
  state_.clear();
  return fail(fmt::format("no answer for {} s",
                          std::chrono::duration_cast<std::chrono::seconds>(silence_).count()),
              true);
}

bool Connection::key_taken() const {
  return state_ == kUniqueViolation && PQstatus(handle_.get()) == CONNECTION_OK;
}

std::unexpected<SinkError> Connection::fail(std::string_view what, bool passing) const {
  return sink_fail(without_secrets(fmt::format("{}: {}", where_, what)), passing);
}

std::unexpected<SinkError> Connection::fail_of(const Answer& answer) {
  state_ = answer.error(PG_DIAG_SQLSTATE);
  const auto primary = answer.error(PG_DIAG_MESSAGE_PRIMARY);
  // An error of libpq's own has no fields.
  if (primary.empty()) return lost();
  const auto detail = answer.error(PG_DIAG_MESSAGE_DETAIL);
  // Which of the server's settings is too small.
  const auto hint = state_.starts_with(kInsufficientResources) ? answer.error(PG_DIAG_MESSAGE_HINT)
                                                               : std::string_view();
  return fail(fmt::format("{} ({}){}{}{}{}", primary, state_, detail.empty() ? "" : ": ",
                          first_line(detail), hint.empty() ? "" : ": ", first_line(hint)),
              is_passing(state_));
}

std::unexpected<SinkError> Connection::lost() {
  const auto message = first_line(PQerrorMessage(handle_.get()));
  return fail(message.empty() ? "an answer is missing" : message, true);
}

std::unique_ptr<Connections> make_pool(const PostgresSettings& settings, PoolLimits limits) {
  return std::make_unique<Connections>(
      "postgresql", [settings] { return Connection::open(settings); }, limits, settings.meter);
}

std::string Connection::without_secrets(std::string text) const {
  for (const auto& secret : secrets_) {
    for (auto at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + base::kRedacted.size())) {
      text.replace(at, secret.size(), base::kRedacted);
    }
  }
  return text;
}

}  // namespace tickwitness::store::postgres
