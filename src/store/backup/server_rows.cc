#include "store/backup/server_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "runtime/input_file.h"
#include "store/postgres/schema.h"

namespace tickwitness::store::backup {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;
constexpr std::size_t kVersionBytesMax = 4096;

std::string file_of(std::string_view table) {
  return fmt::format("{}.csv", table);
}

const std::string kVersionFile = file_of(postgres::kTables.front());

BackupResult<void> save_table(postgres::Snapshot& snapshot, const std::string& table,
                              runtime::Disk& target, const OnBytes& on_bytes) {
  auto file = target.create(file_of(table));
  if (!file) return backup_fail(Fault::target, file.error().message);
  std::uint64_t at = 0;
  runtime::DiskResult<void> written;
  const auto read = snapshot.read(table, [&](std::string_view piece) {
    written = runtime::write_all(**file, at, piece);
    at += piece.size();
    on_bytes(piece.size());
    return written.has_value();
  });
  if (!read) return backup_fail(Fault::source, read.error().message);
  if (written) written = (*file)->sync();
  if (!written) return backup_fail(Fault::target, written.error().message);
  return {};
}

BackupResult<int> version_of(const std::string& from) {
  const std::string path = from + "/" + kVersionFile;
  const auto text = read_file(path, kVersionBytesMax);
  if (!text) return std::unexpected(text.error());
  if (const int version = postgres::version_in(*text); version > 0) return version;
  return backup_fail(Fault::damaged,
                     fmt::format("{}: names no version that this tickwitness knows; use the one "
                                 "that made the backup",
                                 path));
}

BackupResult<void> check(const std::string& path, std::string_view sha256,
                         const OnBytes& on_bytes) {
  const auto sum = sum_file(path, on_bytes);
  if (!sum) return std::unexpected(sum.error());
  return sum->sha256 == sha256 ? BackupResult<void>{} : not_what_it_was(path);
}

BackupResult<void> fill(postgres::NewTables& tables, std::string_view table,
                        const std::string& path, const OnBytes& on_bytes) {
  auto file = runtime::InputFile::open(path);
  if (!file) return backup_fail(Fault::source, file.error().message);
  std::vector<char> piece(kPiece);
  const auto filled = tables.fill(table, [&]() -> SinkResult<std::string_view> {
    const auto read = file->read(piece);
    if (!read) return sink_fail(read.error().message, false);
    on_bytes(*read);
    return std::string_view{piece.data(), *read};
  });
  if (!filled) return backup_fail(Fault::target, filled.error().message);
  return {};
}

}  // namespace

bool is_of_server(std::string_view name) {
  return std::ranges::any_of(postgres::kTables,
                             [&](std::string_view table) { return name == file_of(table); });
}

BackupResult<void> save_rows(postgres::Snapshot& snapshot, runtime::Disk& target, Made& made,
                             const Progress& progress) {
  const std::uint64_t all = snapshot.bytes();
  std::uint64_t done = 0;
  for (const std::string& table : snapshot.tables()) {
    const auto saved = save_table(snapshot, table, target, [&](std::uint64_t more) {
      done += more;
      if (progress) progress(file_of(table), std::min(done, all), all);
    });
    if (!saved) return saved;
    made.manifest.files.push_back({.name = file_of(table), .sha256 = {}});
  }
  made.bytes += done;
  return {};
}

BackupResult<postgres::NewTables> put_back_rows(const std::string& from, const Manifest& manifest,
                                                const postgres::PostgresSettings& server,
                                                const OnBytes& on_bytes) {
  std::vector<std::string_view> tables;
  for (const std::string_view table : postgres::kTables) {
    const auto file = std::ranges::find(manifest.files, file_of(table), &FileSum::name);
    if (file == manifest.files.end()) continue;
    if (auto ok = check(from + "/" + file->name, file->sha256, on_bytes); !ok)
      return std::unexpected(ok.error());
    tables.push_back(table);
  }
  const auto version = version_of(from);
  if (!version) return std::unexpected(version.error());
  auto made = postgres::NewTables::make(server, *version);
  if (!made) return backup_fail(Fault::target, made.error().message);
  for (const std::string_view table : tables) {
    if (file_of(table) == kVersionFile) continue;
    if (auto ok = fill(*made, table, from + "/" + file_of(table), on_bytes); !ok)
      return std::unexpected(ok.error());
  }
  return std::move(*made);
}

}  // namespace tickwitness::store::backup
