// A backup of what must last: database, spool and format of a data directory as one directory, and
// its way back. What is in it and what is promised: docs/backup.md.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "store/backup/manifest.h"
#include "store/postgres/connection.h"

namespace tickwitness::store::backup {

enum class Fault : std::uint8_t {
  source,   // what is to be copied cannot be read, or is not there
  target,   // where it is to go is taken or cannot be written
  damaged,  // it can be read and is not what it was
};
// One line for the operator.
struct BackupError : base::Error {
  Fault fault = Fault::source;
};
template <class T>
using BackupResult = std::expected<T, BackupError>;

struct Source {
  std::string data;                                  // the data directory, in use or not
  std::string database;                              // the SQLite file; empty: there is none
  std::optional<postgres::PostgresSettings> server;  // that has the rows; nothing: none is saved
  std::string program;                               // version of this program: one word
  std::uint64_t keep_free = 0;  // bytes that must stay free where the backup goes
  std::stop_token stop = {};    // ends it while it copies the rows of a server
};

struct Target {
  std::string data;                                  // the data directory to make
  std::optional<postgres::PostgresSettings> server;  // for the rows of one
  bool rows = true;  // false: those of a server are left in the backup
};

struct Made {
  Manifest manifest;
  std::uint64_t bytes = 0;  // of all files but the manifest
};

// Hears what is being copied, and how many bytes of how many: 0 of 0 until that is known.
using Progress = std::function<void(std::string_view what, std::uint64_t done, std::uint64_t all)>;

// `to` must not be there, or be an empty directory; it appears whole or not at all. `progress` may
// be null. The engine that uses the directory is neither asked nor held up.
BackupResult<Made> back_up(const Source& source, const std::string& to, base::WallTime now,
                           const Progress& progress);

// Makes a data directory, which must not be there, or be empty, of the backup `from`. It appears
// whole, after every file was found to be what it was, or not at all. So do the rows of a server,
// in a database that has no tables of ours: just before the directory. An error in between, or
// where it is not known whether they do, says so.
BackupResult<Made> restore(const std::string& from, const Target& target, const Progress& progress);

// "the disk is full" and the like as a BackupError.
std::unexpected<BackupError> backup_fail(Fault fault, std::string message);

}  // namespace tickwitness::store::backup
