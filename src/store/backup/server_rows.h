// The rows of a PostgreSQL in a backup: a file for each of our tables, and their way back.
#pragma once

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
                             const Progress& progress);

// Makes tables and fills them with the files in `from`, each of which must be what the manifest
// says. The rows are there when the result is committed. `on_bytes` hears how many more were read:
// each file is read twice.
BackupResult<postgres::NewTables> put_back_rows(const std::string& from, const Manifest& manifest,
                                                const postgres::PostgresSettings& server,
                                                const OnBytes& on_bytes);

}  // namespace tickwitness::store::backup
