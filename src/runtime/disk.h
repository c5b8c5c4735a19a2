// The seam to storage that must survive a power failure: one directory of plain files.
// runtime/posix_disk.h has the real one; a simulated world has its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tickwitness::runtime {

// Why a call failed, as far as callers act upon it.
enum class DiskFault : std::uint8_t {
  no_space,   // the disk, a quota or a limit on the file's size
  io,         // the medium or what leads to it
  not_found,  // no file of that name
  exists,     // create() of a name that is taken
  denied,     // by permissions or a read-only mount
  invalid,    // an argument outside its range
  other,
};
std::string_view to_string(DiskFault fault);

// Its message names the file and the cause; it is a base::Error too, so that callers can hand it
// on.
struct DiskError : base::Error {
  DiskFault fault = DiskFault::other;
};
template <class T>
using DiskResult = std::expected<T, DiskError>;

// "spool/7: cannot be written: No space left on device". `attempt`: "written", "listed".
std::unexpected<DiskError> disk_fail(DiskFault fault, std::string_view path,
                                     std::string_view attempt, std::string_view cause);

// A name that both disks take: 1 to 255 bytes, no '/' and no NUL, neither "." nor "..".
bool valid_file_name(std::string_view name);

// A file that is open for reading and writing. It follows its file through rename() and remove().
// Offsets and sizes are bytes, below 2^63. Not thread-safe.
//
// What was written is seen by every reader at once, and survives a power failure only after a
// sync(). Until then each sector of 512 bytes survives or not by itself, in any order.
class DiskFile {
 public:
  virtual ~DiskFile() = default;

  // Fills `into` from `offset` on; fewer bytes only where the file ends, 0 at its end and behind.
  virtual DiskResult<std::size_t> read(std::uint64_t offset, std::span<char> into) const = 0;
  // Puts the first 1 … bytes.size() bytes at `offset` and returns how many: write the rest again,
  // the reason for the stop comes then. Behind the end the file grows, and a gap reads as zeros.
  // An offset rather than an append: the log's end lies in front of the preallocated zeros.
  virtual DiskResult<std::size_t> write(std::uint64_t offset, std::string_view bytes) = 0;
  // Makes contents and size durable (fdatasync), not the name: sync_names() does that. After an
  // error what was not synced before may be lost although it can still be read, and the next sync()
  // may succeed without it: never retry, write it anew elsewhere.
  virtual DiskResult<void> sync() = 0;
  // Grows the file to `size` with zeros, if it is shorter, and reserves the room: writes below
  // `size` cannot run out of space. After an error it may have grown a part of the way.
  virtual DiskResult<void> preallocate(std::uint64_t size) = 0;
  // Cuts the file to `size`. invalid: it is shorter than that.
  virtual DiskResult<void> truncate(std::uint64_t size) = 0;
  virtual DiskResult<std::uint64_t> size() const = 0;
};

// Writes all of `bytes`. After an error some of them may be there.
DiskResult<void> write_all(DiskFile& file, std::uint64_t offset, std::string_view bytes);

// Which names there are is durable only after sync_names(), whatever was synced of the files. A
// power failure before it keeps or undoes each change of names; a rename is never half done.
// A name that is not valid_file_name() is `invalid`. Not thread-safe; outlives its files.
class Disk {
 public:
  virtual ~Disk() = default;

  // A new, empty file. exists: the name is taken.
  virtual DiskResult<std::unique_ptr<DiskFile>> create(std::string_view name) = 0;
  virtual DiskResult<std::unique_ptr<DiskFile>> open(std::string_view name) = 0;
  // A file that has the name `to` already is replaced.
  virtual DiskResult<void> rename(std::string_view from, std::string_view to) = 0;
  // The room may come back only when the file is closed and sync_names() was called.
  virtual DiskResult<void> remove(std::string_view name) = 0;
  // Sorted by bytes.
  virtual DiskResult<std::vector<std::string>> list() const = 0;
  // After an error none, some or all of the changed names are durable.
  virtual DiskResult<void> sync_names() = 0;
  // What this process may still use, without what is reserved for others.
  virtual DiskResult<std::uint64_t> free_bytes() const = 0;
};

}  // namespace tickwitness::runtime
