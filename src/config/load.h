// Configuration files and environment → Settings, or everything that is wrong with them at once.
//
//   auto loaded = config::load("config/tickwitness.yaml", read_file, environment);
//   if (!loaded) for (const auto& problem : loaded.error()) print(problem.str());   // then exit 78
//
// Precedence: environment, then file, then default. Paths in a file are relative to that file;
// paths in the environment are taken as they are. No I/O here: the reader does it.
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/settings.h"

namespace tickwitness::config {

// The whole content of a file. Errors say why ("no such file", "is a directory", "permission
// denied") without the path, which is printed before them.
using Reader = std::function<base::Result<std::string>(const std::string& path)>;
using Environment = std::map<std::string, std::string>;

struct Problem {
  std::string file;  // as opened; "environment" for variables
  int line = 0;      // from 1; 0: the file as a whole
  int column = 0;
  std::string text;  // what, and the nearest right name; never contains a secret

  std::string str() const;  // "config/tickwitness.yaml:3:5: unknown key …"
  friend bool operator==(const Problem&, const Problem&) = default;
};

struct Loaded {
  Settings settings;
  std::vector<Problem> warnings;   // worth telling, nothing wrong
  std::vector<std::string> files;  // every file that was read, in that order
};

// Never throws. Errors: at least one problem, ordered by file and place.
std::expected<Loaded, std::vector<Problem>> load(const std::string& path, const Reader& reader,
                                                 const Environment& environment);

}  // namespace tickwitness::config
