// The tables, and how an older database gets them. What they hold: docs/storage-postgres.md.
#pragma once

#include <span>
#include <string_view>

#include "store/postgres/connection.h"

namespace tickwitness::store::postgres {

// The texts that make version n of version n - 1, from 1 on; version 0 is a database without the
// schema `tickwitness`. One that was released is never changed again.
using Migrations = std::span<const std::string_view>;
Migrations all_migrations();

// 0: our tables are not there.
SinkResult<int> schema_version(Connection& connection);

// Fails where our tables are not there, or of another version.
SinkResult<void> only_read(Connection& connection);

// Brings the tables to the last version, each step in a transaction of its own; of several engines
// that try at once one does it. passing is false for tables of a later version, which are left as
// they are.
SinkResult<void> bring_up_to_date(Connection& connection, Migrations migrations);

}  // namespace tickwitness::store::postgres
