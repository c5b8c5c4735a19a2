#include "store/backup/server_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "runtime/input_file.h"
#include "store/backup/sha256.h"
#include "store/postgres/schema.h"

namespace tickwitness::store::backup {
namespace {

constexpr std::size_t kVersionBytesMax = 4096;

std::string file_of(std::string_view table) {
  return fmt::format("{}.csv", table);
}

BackupResult<void> save_table(postgres::Snapshot& snapshot, const std::string& table,
                              runtime::Disk& target, const OnBytes& on_bytes,
                              const std::stop_token& stop) {
  auto file = target.create(file_of(table));
  if (!file) return backup_fail(Fault::target, file.error().message);
  std::uint64_t at = 0;
  runtime::DiskResult<void> written;
  const auto read = snapshot.read(table, [&](std::string_view piece) {
    written = runtime::write_all(**file, at, piece);
    at += piece.size();
    on_bytes(piece.size());
    return written.has_value() && !stop.stop_requested();
  });
  if (!read) return backup_fail(Fault::source, read.error().message);
  if (stop.stop_requested()) return backup_fail(Fault::source, "stopped before it was whole");
  if (written) written = (*file)->sync();
  if (!written) return backup_fail(Fault::target, written.error().message);
  return {};
}

const FileSum* find(const Manifest& manifest, std::string_view table) {
  const auto file = std::ranges::find(manifest.files, file_of(table), &FileSum::name);
  return file == manifest.files.end() ? nullptr : &*file;
}

std::unexpected<BackupError> missing(const std::string& from, std::string_view table) {
  return backup_fail(Fault::damaged,
                     fmt::format("{}: has no {}; use another backup", from, file_of(table)));
}

BackupResult<int> version_of(const std::string& from, const Manifest& manifest) {
  const std::string_view table = postgres::kTables.front();
  const auto* const file = find(manifest, table);
  if (file == nullptr) return missing(from, table);
  const std::string path = from + "/" + file->name;
  const auto text = read_file(path, kVersionBytesMax);
  if (!text) return std::unexpected(text.error());
  Sha256 sum;
  sum.add(*text);
  if (sum.hex() != file->sha256) return not_what_it_was(path);
  if (const int version = postgres::version_in(*text); version > 0) return version;
  return backup_fail(Fault::damaged,
                     fmt::format("{}: names no version that this tickwitness knows; use the one "
                                 "that made the backup",
                                 path));
}

// The file goes into its table; then it is known whether it was the right one.
BackupResult<void> fill(postgres::NewTables& tables, const std::string& table,
                        const std::string& path, std::string_view sha256, const OnBytes& on_bytes) {
  auto file = runtime::InputFile::open(path);
  if (!file) return unreadable(path, file.error());
  Sha256 sum;
  std::vector<char> piece(kPiece);
  std::optional<base::Error> broken;
  const auto filled = tables.fill(table, [&]() -> SinkResult<std::string_view> {
    const auto read = file->read(piece);
    if (!read) {
      broken = read.error();
      return sink_fail(broken->message, false);
    }
    const std::string_view bytes{piece.data(), *read};
    sum.add(bytes);
    on_bytes(bytes.size());
    return bytes;
  });
  if (broken) return unreadable(path, *broken);
  if (filled && sum.hex() == sha256) return {};
  if (filled) return not_what_it_was(path);
  // What the server does not understand may be what somebody has changed.
  const auto whole = sum_file(path, nullptr);
  if (whole && whole->sha256 != sha256) return not_what_it_was(path);
  return backup_fail(Fault::target, filled.error().message);
}

}  // namespace

bool is_of_server(std::string_view name) {
  return std::ranges::any_of(postgres::kTables,
                             [&](std::string_view table) { return name == file_of(table); });
}

BackupResult<void> save_rows(postgres::Snapshot& snapshot, runtime::Disk& target, Made& made,
                             const Progress& progress, const std::stop_token& stop) {
  const std::uint64_t all = snapshot.bytes();
  std::uint64_t done = 0;
  for (const std::string& table : snapshot.tables()) {
    const auto on_bytes = [&](std::uint64_t more) {
      done += more;
      if (progress) progress(file_of(table), std::min(done, all), all);
    };
    if (auto saved = save_table(snapshot, table, target, on_bytes, stop); !saved) return saved;
    made.manifest.files.push_back({.name = file_of(table), .sha256 = {}});
  }
  made.bytes += done;
  return {};
}

BackupResult<postgres::NewTables> make_tables_for(const std::string& from, const Manifest& manifest,
                                                  const postgres::PostgresSettings& server) {
  const auto version = version_of(from, manifest);
  if (!version) return std::unexpected(version.error());
  auto made = postgres::NewTables::make(server, *version);
  if (!made) return backup_fail(Fault::target, made.error().message);
  for (const std::string& table : made->tables()) {
    if (find(manifest, table) == nullptr) return missing(from, table);
  }
  return std::move(*made);
}

BackupResult<void> fill_tables(postgres::NewTables& tables, const std::string& from,
                               const Manifest& manifest, const OnBytes& on_bytes) {
  for (const std::string& table : tables.tables()) {
    const FileSum& file = *find(manifest, table);
    auto filled = fill(tables, table, from + "/" + file.name, file.sha256, on_bytes);
    if (!filled) return filled;
  }
  return {};
}

}  // namespace tickwitness::store::backup
