// The rows of a PostgreSQL in a backup: a file for each of our tables, and their way back.
#pragma once

#include <stop_token>
#include <string>

#include "runtime/disk.h"
#include "store/backup/backup.h"
#include "store/backup/files.h"
#include "store/postgres/new_tables.h"
#include "store/postgres/snapshot.h"

namespace tickwitness::store::backup {

// "trades.csv" and the like.
bool is_of_server(std::string_view name);

// Writes the files to `target`, synced, and adds them to `made`.
BackupResult<void> save_rows(postgres::Snapshot& snapshot, runtime::Disk& target, Made& made,
                             const Progress& progress, const std::stop_token& stop);

// Makes the tables of the version that `from` has. Fails where a file of one of them is missing.
BackupResult<postgres::NewTables> make_tables_for(const std::string& from, const Manifest& manifest,
                                                  const postgres::PostgresSettings& server);
// Fills them with the files, each of which must be what the manifest says. `on_bytes` hears how
// many more bytes were read.
BackupResult<void> fill_tables(postgres::NewTables& tables, const std::string& from,
                               const Manifest& manifest, const OnBytes& on_bytes);

}  // namespace tickwitness::store::backup
