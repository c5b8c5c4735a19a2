// The one directory in which everything that must last is kept: made if missing, used by one
// process at a time, with a format that has a version. Layout: docs/data_directory.md.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "runtime/descriptor.h"

namespace tickwitness::runtime {

// Brings a directory from one version to the next. A crash in its middle leaves the old version
// number standing, so it is run again: a step must bear that.
struct Migration {
  int from = 0;
  std::function<base::Result<void>(const std::string& directory)> run;
};

struct DataFormat {
  int version = 1;
  std::vector<Migration> migrations;  // one for each older version that is still understood
};

// What this program writes. Version 1 is the first, so there is nothing to migrate from yet.
DataFormat current_data_format();

// Holds the directory until it is destroyed or the process ends, however it ends. Not thread-safe.
class DataDirectory {
 public:
  // Makes the directory (0700) and what is missing above it, takes the lock, checks the version;
  // backs an older one up beside it and migrates it. Errors are one line for the operator: cannot
  // be made or written, is a file, in use (by which process), not ours, of a newer version.
  static base::Result<DataDirectory> open(const std::string& path,
                                          const DataFormat& format = current_data_format());

  DataDirectory(DataDirectory&&) = default;
  DataDirectory& operator=(DataDirectory&&) = delete;
  ~DataDirectory();

  const std::string& path() const { return path_; }
  bool created() const { return created_; }  // there was no data in it before
  // Where the older version was saved, if it was migrated.
  const std::optional<std::string>& backup() const { return backup_; }

 private:
  DataDirectory(std::string path, Descriptor lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}
  base::Result<void> check_format(const DataFormat& format);

  std::string path_;
  Descriptor lock_;  // the pid file; an OFD lock on it is the lock
  bool created_ = false;
  std::optional<std::string> backup_;
};

// The process that holds the directory now, for signals. Errors: nobody does, cannot be read.
base::Result<pid_t> holder_of(const std::string& path);

}  // namespace tickwitness::runtime
