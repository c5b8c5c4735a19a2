#include "store/postgres/names.h"

#include <fmt/format.h>

namespace tickwitness::store::postgres {
namespace {

// Names have letters, digits, '.', '-' and '_' only.
SinkResult<std::int64_t> number(Connection& connection, std::string_view table,
                                std::string_view name) {
  const auto answer = connection.run(
      fmt::format("INSERT INTO tickwitness.{0}(name) SELECT '{1}' "
                  "WHERE NOT EXISTS(SELECT FROM tickwitness.{0} WHERE name = '{1}') "
                  "ON CONFLICT DO NOTHING; SELECT id FROM tickwitness.{0} WHERE name = '{1}'",
                  table, name));
  if (!answer) return std::unexpected(answer.error());
  if (answer->rows() != 1) {
    return connection.fail(fmt::format("'{}' has no number in {}", name, table), true);
  }
  return answer->integer(0, 0);
}

}  // namespace

SinkResult<Market> Names::find(Connection& connection, market::Venue venue,
                               const market::Symbol& symbol) {
  auto& of_venue = venues_.at(static_cast<std::size_t>(venue));
  if (of_venue == 0) {
    const auto found = number(connection, "venues", to_string(venue));
    if (!found) return std::unexpected(found.error());
    of_venue = static_cast<std::int16_t>(*found);
  }
  auto& of_symbol = symbols_[symbol];
  if (of_symbol == 0) {
    const auto found = number(connection, "symbols", symbol.str());
    if (!found) return std::unexpected(found.error());
    of_symbol = static_cast<std::int32_t>(*found);
  }
  return Market{of_venue, of_symbol};
}

}  // namespace tickwitness::store::postgres
