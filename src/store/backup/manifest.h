// What a backup says of itself: the file `manifest` in it. docs/backup.md has every line. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/batch/sink.h"

namespace tickwitness::store::backup {

inline constexpr std::string_view kManifest = "manifest";
inline constexpr int kFormatVersion = 1;

struct FileSum {
  std::string name;    // of a file beside the manifest
  std::string sha256;  // 64 digits, in lower case
  friend bool operator==(const FileSum&, const FileSum&) = default;
};

struct Manifest {
  base::WallTime made{};
  std::string program;  // version of what made it: one word
  Cursor cursor;        // of the database in it
  std::vector<FileSum> files;
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

std::string format_manifest(const Manifest& manifest);
// Errors: it is none, of a later format, not whole. Names of files are such that they stay in one
// directory, and none is there twice.
base::Result<Manifest> parse_manifest(std::string_view text);

}  // namespace tickwitness::store::backup
