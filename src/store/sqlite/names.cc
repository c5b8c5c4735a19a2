#include "store/sqlite/names.h"

#include <fmt/format.h>

namespace tickwitness::store::sqlite {

SinkResult<Names::Table> Names::table(Connection& connection, std::string_view name) {
  auto find = connection.prepare(fmt::format("SELECT id FROM {} WHERE name = ?", name));
  if (!find) return std::unexpected(find.error());
  auto add = connection.prepare(fmt::format("INSERT INTO {}(name) VALUES(?)", name));
  if (!add) return std::unexpected(add.error());
  return Table{std::move(*find), std::move(*add)};
}

SinkResult<Names> Names::make(Connection& connection) {
  Names names;
  names.handle_ = connection.handle();
  auto venues = table(connection, "venues");
  if (!venues) return std::unexpected(venues.error());
  names.venues_ = std::move(*venues);
  auto symbols = table(connection, "symbols");
  if (!symbols) return std::unexpected(symbols.error());
  names.symbols_ = std::move(*symbols);
  return names;
}

std::int64_t Names::Table::number(std::string_view name, sqlite3* handle) {
  find.bind(1, name);
  const int code = find.step();
  const std::int64_t found = code == SQLITE_ROW ? find.integer(0) : 0;
  find.reset();
  if (code != SQLITE_DONE) return found;
  add.bind(1, name);
  return add.run() == SQLITE_OK ? sqlite3_last_insert_rowid(handle) : 0;
}

std::int64_t Names::number(market::Venue venue) {
  auto& known = by_venue_.at(static_cast<std::size_t>(venue));
  if (known == 0) known = venues_.number(to_string(venue), handle_);
  return known;
}

std::int64_t Names::number(const market::Symbol& symbol) {
  if (last_number_ != 0 && symbol == last_symbol_) return last_number_;
  auto& known = by_symbol_[symbol];
  if (known == 0) known = symbols_.number(symbol.str(), handle_);
  last_symbol_ = symbol;
  return last_number_ = known;
}

}  // namespace tickwitness::store::sqlite
