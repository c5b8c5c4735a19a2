// The tables, and how an older database gets them. What they hold: docs/storage-postgres.md.
#pragma once

#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/postgres/connection.h"

namespace tickwitness::store::postgres {

// The texts that make version n of version n - 1, from 1 on; version 0 is a database without the
// schema `tickwitness`. One that was released is never changed again.
using Migrations = std::span<const std::string_view>;
Migrations all_migrations();

// All tables of the last version, in an order in which they can be filled: the parts of trades are
// known by trade_days.
inline constexpr std::array<std::string_view, 9> kTables{"schema_version", "venues",      "symbols",
                                                         "trade_days",     "trades",      "candles",
                                                         "quotes",         "sink_cursor", "gaps"};

// Those of them that are there.
SinkResult<std::vector<std::string>> our_tables(Connection& connection);

// 0: our tables are not there.
SinkResult<int> schema_version(Connection& connection);

// Fails where our tables are not there, or of another version.
SinkResult<void> only_read(Connection& connection);

// Begins a transaction, which the caller ends, and makes the tables of `version` in it, with the
// rows that a new database has. Fails where tables of ours are there.
SinkResult<void> make_tables(Connection& connection, int version);

// Saves tables of this version before they are changed.
using Save = std::function<SinkResult<void>(int version)>;

// Brings the tables to the last version, each step in a transaction of its own; of several engines
// that try at once one does it. What there is is saved first, unless `save` is null. passing is
// false for tables of a later version, which are left as they are.
SinkResult<void> bring_up_to_date(Connection& connection, Migrations migrations, const Save& save);

}  // namespace tickwitness::store::postgres
