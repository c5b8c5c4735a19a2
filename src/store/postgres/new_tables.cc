#include "store/postgres/new_tables.h"

#include <fmt/format.h>

#include <charconv>

#include "store/postgres/days.h"
#include "store/postgres/schema.h"

namespace tickwitness::store::postgres {

int version_in(std::string_view csv) {
  constexpr std::string_view kHead = "version\n";
  int version = 0;
  if (!csv.starts_with(kHead) || !csv.ends_with('\n')) return 0;
  const char* const end = csv.data() + csv.size() - 1;
  const auto read = std::from_chars(csv.data() + kHead.size(), end, version);
  const bool known = version > 0 && version <= static_cast<int>(all_migrations().size());
  return read.ec == std::errc() && read.ptr == end && known ? version : 0;
}

SinkResult<NewTables> NewTables::make(const PostgresSettings& settings, int version) {
  auto connection = Connection::open_patiently(settings);
  if (!connection) return std::unexpected(connection.error());
  NewTables tables(std::move(*connection));
  if (auto ok = tables.begin(version); !ok) return std::unexpected(ok.error());
  return tables;
}

SinkResult<void> NewTables::begin(int version) {
  if (auto made = make_tables(connection_, version); !made) return made;
  // Of the tables of version 1 this one begins with a row.
  if (auto ok = connection_.execute("DELETE FROM tickwitness.sink_cursor"); !ok) return ok;
  auto tables = our_tables(connection_);
  if (!tables) return std::unexpected(tables.error());
  tables_ = std::move(*tables);
  std::erase(tables_, kTables.front());  // the version is set
  return {};
}

SinkResult<void> NewTables::fill(std::string_view table,
                                 const std::function<SinkResult<std::string_view>()>& give) {
  if (table == "trades") {
    if (auto made = make_parts(); !made) return made;
  }
  const auto copy =
      fmt::format("COPY tickwitness.{} FROM STDIN WITH (FORMAT csv, HEADER MATCH)", table);
  connection_.begin(copy);
  if (auto begun = connection_.next(); !begun) return std::unexpected(begun.error());
  for (;;) {
    const auto piece = give();
    if (!piece) return std::unexpected(piece.error());
    if (piece->empty()) break;
    if (auto put = connection_.put(*piece); !put) return put;
  }
  if (auto sent = connection_.end_of_rows(); !sent) return sent;
  if (auto ended = connection_.next(); !ended) return std::unexpected(ended.error());
  return go_on_counting(table);
}

SinkResult<void> NewTables::make_parts() {
  const auto days = connection_.run("SELECT DISTINCT day FROM tickwitness.trade_days ORDER BY day");
  if (!days) return std::unexpected(days.error());
  std::string script;
  for (int row = 0; row < days->rows(); ++row)
    script += make_part(static_cast<int>(days->integer(row, 0)));
  return script.empty() ? SinkResult<void>{} : connection_.execute(script);
}

// What comes next gets a number that nobody has.
SinkResult<void> NewTables::go_on_counting(std::string_view table) {
  if (table != "venues" && table != "symbols") return {};
  return connection_.execute(
      fmt::format("SELECT setval(pg_get_serial_sequence('tickwitness.{0}', 'id'), max(id)) "
                  "FROM tickwitness.{0} HAVING count(*) > 0",
                  table));
}

SinkResult<void> NewTables::commit() {
  return connection_.execute("COMMIT");
}

}  // namespace tickwitness::store::postgres
