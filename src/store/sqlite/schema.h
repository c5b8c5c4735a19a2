// The tables, and how an older file gets them. What they hold: docs/storage.md.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "store/sqlite/connection.h"

namespace tickwitness::store::sqlite {

// The texts that make version n of version n - 1, from 1 on; version 0 is an empty file. One that
// was released is never changed again.
using Migrations = std::span<const std::string_view>;
Migrations all_migrations();

// Of the file. 0: empty. Fails for a database of somebody else.
SinkResult<int> schema_version(Connection& connection);

// Brings the file to the last version, all steps or none. A file that is not empty is first copied
// to "<path>.backup-schema-<version>" ("-2", "-3" … when that is taken), which is synced; where
// it is. passing is false for a file of a later version, which is left as it is.
SinkResult<std::optional<std::string>> bring_up_to_date(Connection& connection,
                                                        Migrations migrations);

}  // namespace tickwitness::store::sqlite
