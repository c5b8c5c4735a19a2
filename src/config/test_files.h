// Files for the tests of this room.
#pragma once

#include <filesystem>
#include <fstream>  // outside-ok: the files of tests
#include <iterator>
#include <string>

#include "config/load.h"

namespace tickwitness::config {

inline base::Result<std::string> read_file(const std::string& path) {
  if (std::filesystem::is_directory(path)) return base::fail("is a directory");
  std::ifstream file(path, std::ios::binary);  // outside-ok: files of tests
  if (!file) return base::fail("no such file");
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;  // outside-ok: files of tests
}

// Relative paths are looked up in `folder`.
inline Reader reader_of(std::string folder) {
  return [folder = std::move(folder)](const std::string& path) {
    return read_file(path.starts_with('/') ? path : folder + path);
  };
}

}  // namespace tickwitness::config
