// A disk in memory whose power can fail. Same seed and same calls: same bytes, on every compiler.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/prng.h"
#include "runtime/disk.h"
#include "sim/disk/file_image.h"
#include "sim/disk/names.h"

namespace tickwitness::sim {

// Behaves like Linux with a journaling file system, as hard as runtime::Disk allows: see FileImage
// and Names for what a power failure does. Room is counted in bytes, for each file kFileCost more;
// that of removed files and cut ends is free when the change is durable and the file closed. Slow
// syncs and pages that fall out of the cache are not modelled. Not thread-safe; outlives its files.
class Disk final : public runtime::Disk {
 public:
  static constexpr std::uint64_t kFileCost = kSectorBytes;

  // Holds `capacity` bytes; needs memory of up to four times that, and 64 KiB for each file that is
  // not synced.
  Disk(std::uint64_t capacity, base::Prng prng) : capacity_(capacity), prng_(prng) {}

  runtime::DiskResult<std::unique_ptr<runtime::DiskFile>> create(std::string_view name) override;
  runtime::DiskResult<std::unique_ptr<runtime::DiskFile>> open(std::string_view name) override;
  runtime::DiskResult<void> rename(std::string_view from, std::string_view to) override;
  runtime::DiskResult<void> remove(std::string_view name) override;
  runtime::DiskResult<std::vector<std::string>> list() const override;
  runtime::DiskResult<void> sync_names() override;
  runtime::DiskResult<std::uint64_t> free_bytes() const override;

  // The power fails and comes back. What was synced is there; every file that was open answers `io`
  // to every call from now on. Faults that were switched on stay on.
  void crash();

  // From now on at most `bytes` more find room; nothing: the whole capacity again.
  void limit_free(std::optional<std::uint64_t> bytes);
  // The next sync fails with `io`. If it is a file's, what was not synced of this file is lost when
  // the power fails, although a second sync succeeds. If it is sync_names(), the names stay
  // undecided until one succeeds.
  void fail_next_sync() { fail_next_sync_ = true; }
  // While on, every sync fails so.
  void fail_syncs(bool on) { fail_syncs_ = on; }
  // While on, every read of a file fails with `io`.
  void fail_reads(bool on) { fail_reads_ = on; }

 private:
  class File;
  std::uint64_t free_room() const;
  std::unique_ptr<runtime::DiskFile> handle(std::string_view name,
                                            std::shared_ptr<FileImage> image);

  std::uint64_t capacity_;
  std::optional<std::uint64_t> limit_;  // of what is used
  base::Prng prng_;
  Names names_;
  // All that take room: named, open, or neither but still on the medium.
  std::vector<std::weak_ptr<FileImage>> images_;
  std::uint64_t crashes_ = 0;
  bool sync_fails() { return std::exchange(fail_next_sync_, false) || fail_syncs_; }

  bool fail_next_sync_ = false;
  bool fail_syncs_ = false;
  bool fail_reads_ = false;
};

}  // namespace tickwitness::sim
