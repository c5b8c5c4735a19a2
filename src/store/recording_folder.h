// The recordings of one directory: which there are, what they are called, which must go.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/time.h"
#include "runtime/disk.h"
#include "store/recording_name.h"

namespace tickwitness::store {

// Files of other names are left alone and not counted. Not thread-safe.
class RecordingFolder {
 public:
  // Makes what is missing of the directory and opens it.
  using OpenDisk = std::function<runtime::DiskResult<std::unique_ptr<runtime::Disk>>()>;
  explicit RecordingFolder(OpenDisk open_disk) : open_disk_(std::move(open_disk)) {}

  // Does nothing when it is open. Recordings that a crash left unfinished are finished: what is in
  // them can be read.
  runtime::DiskResult<void> open();
  // A new recording, unfinished, of the next number. The folder is open.
  runtime::DiskResult<std::unique_ptr<runtime::DiskFile>> begin(base::WallTime now);
  // The newest is now so large.
  void grown_to(std::uint64_t bytes) { recordings_.back().bytes = bytes; }
  // The newest, which is synced, is complete.
  runtime::DiskResult<void> finish();
  // The newest failed after its first `bytes`: it ends there, and is gone if these are none. What
  // the disk refuses of this is left as it is.
  void abandon(std::unique_ptr<runtime::DiskFile> file, std::uint64_t bytes);
  // Removes the oldest while they are too many bytes with `coming` more, and what is older than
  // `oldest`.
  runtime::DiskResult<void> trim(std::uint64_t bytes_max, std::uint64_t coming,
                                 base::WallTime oldest);

  bool is_open() const { return disk_ != nullptr; }
  std::size_t files() const { return recordings_.size(); }
  std::uint64_t bytes() const;
  std::uint64_t trimmed() const { return trimmed_; }  // recordings that trim() removed

 private:
  struct Recording {
    RecordingName name;
    std::uint64_t bytes = 0;
  };
  runtime::DiskResult<void> read_names(runtime::Disk& disk);

  OpenDisk open_disk_;
  std::unique_ptr<runtime::Disk> disk_;  // null until open() succeeded
  std::vector<Recording> recordings_;    // by number
  std::uint64_t next_number_ = 1;
  std::uint64_t trimmed_ = 0;
};

}  // namespace tickwitness::store
