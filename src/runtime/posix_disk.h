// The real disk: one directory of the file system.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/descriptor.h"
#include "runtime/disk.h"

namespace tickwitness::runtime {

// What an errno means to callers of the seam.
DiskFault fault_of(int error);

// Files are made for their owner only (0600); symbolic links are not followed. Every call blocks.
class PosixDisk final : public Disk {
 public:
  // An existing directory. It is held by descriptor: moving it takes the disk along.
  static DiskResult<PosixDisk> at(const std::string& directory);

  DiskResult<std::unique_ptr<DiskFile>> create(std::string_view name) override;
  DiskResult<std::unique_ptr<DiskFile>> open(std::string_view name) override;
  DiskResult<void> rename(std::string_view from, std::string_view to) override;
  DiskResult<void> remove(std::string_view name) override;
  DiskResult<std::vector<std::string>> list() const override;
  DiskResult<void> sync_names() override;
  DiskResult<std::uint64_t> free_bytes() const override;

 private:
  PosixDisk(std::string path, Descriptor directory)
      : path_(std::move(path)), directory_(std::move(directory)) {}
  std::string path_of(std::string_view name) const;
  DiskResult<std::unique_ptr<DiskFile>> open_with(std::string_view name, int flags,
                                                  std::string_view attempt);

  std::string path_;  // for messages
  Descriptor directory_;
};

}  // namespace tickwitness::runtime
