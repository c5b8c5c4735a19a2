// A file system for SQLite whose n-th write or sync fails, or is the process's last. Everything
// else is done by the real one, but for syncs: only a power failure could tell.
#pragma once

#include <sqlite3.h>

#include <unistd.h>
#include <csignal>
#include <cstdint>
#include <string_view>

namespace tickwitness::store::sqlite::test {

class FaultyFiles {
 public:
  enum class Fault : std::uint8_t { none, fail_once, fail_on, kill };

  // SQLite opens its files here until the end; one at a time.
  FaultyFiles() {
    auto* const real = sqlite3_vfs_find(nullptr);
    shared() = {.real = real};
    vfs_ = *real;
    vfs_.zName = "faulty";
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + real->szOsFile;
    vfs_.xOpen = open;
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~FaultyFiles() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(shared().real, 1);
  }
  FaultyFiles(const FaultyFiles&) = delete;
  FaultyFiles& operator=(const FaultyFiles&) = delete;

  // The n-th write or sync from now on, counted from 1.
  static void plan(Fault fault, std::uint64_t at) {
    shared().fault = fault;
    shared().at = at;
    shared().count = 0;
  }
  static void heal() { shared().fault = Fault::none; }
  static std::uint64_t count() { return shared().count; }
  static std::uint64_t faults() { return shared().faults; }
  static std::uint64_t log_syncs() { return shared().log_syncs; }

 private:
  struct Shared {
    sqlite3_vfs* real = nullptr;
    Fault fault = Fault::none;
    std::uint64_t at = 0, count = 0, faults = 0, log_syncs = 0;
  };
  static Shared& shared() {
    static Shared one;
    return one;
  }
  struct File {
    sqlite3_file base;
    bool log;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };
  static File* file(sqlite3_file* base) { return reinterpret_cast<File*>(base); }
  static sqlite3_file* real(sqlite3_file* base) { return file(base)->real(); }

  static bool strikes() {
    auto& now = shared();
    ++now.count;
    const bool here = now.fault == Fault::fail_on ? now.count >= now.at : now.count == now.at;
    if (now.fault == Fault::none || !here) return false;
    if (now.fault == Fault::kill) ::kill(::getpid(), SIGKILL);
    ++now.faults;
    return true;
  }

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* base, int flags, int* out) {
    auto* const vfs = shared().real;
    const int code = vfs->xOpen(vfs, name, real(base), flags, out);
    base->pMethods = real(base)->pMethods == nullptr ? nullptr : methods();
    file(base)->log = (flags & SQLITE_OPEN_WAL) != 0;
    return code;
  }
  static int write(sqlite3_file* base, const void* from, int count, sqlite3_int64 at) {
    if (strikes()) return SQLITE_FULL;
    return real(base)->pMethods->xWrite(real(base), from, count, at);
  }
  static int sync(sqlite3_file* base, int) {
    if (strikes()) return SQLITE_IOERR_FSYNC;
    if (file(base)->log) ++shared().log_syncs;
    return SQLITE_OK;
  }

  template <auto Method, class... Arguments>
  static auto forward(sqlite3_file* base, Arguments... arguments) {
    return (real(base)->pMethods->*Method)(real(base), arguments...);
  }
  using M = sqlite3_io_methods;
  static const M* methods() {
    static const M all{
        .iVersion = 2,
        .xClose = forward<&M::xClose>,
        .xRead = forward<&M::xRead, void*, int, sqlite3_int64>,
        .xWrite = write,
        .xTruncate = forward<&M::xTruncate, sqlite3_int64>,
        .xSync = sync,
        .xFileSize = forward<&M::xFileSize, sqlite3_int64*>,
        .xLock = forward<&M::xLock, int>,
        .xUnlock = forward<&M::xUnlock, int>,
        .xCheckReservedLock = forward<&M::xCheckReservedLock, int*>,
        .xFileControl = forward<&M::xFileControl, int, void*>,
        .xSectorSize = forward<&M::xSectorSize>,
        .xDeviceCharacteristics = forward<&M::xDeviceCharacteristics>,
        .xShmMap = forward<&M::xShmMap, int, int, int, void volatile**>,
        .xShmLock = forward<&M::xShmLock, int, int, int>,
        .xShmBarrier = forward<&M::xShmBarrier>,
        .xShmUnmap = forward<&M::xShmUnmap, int>,
        .xFetch = nullptr,
        .xUnfetch = nullptr,
    };
    return &all;
  }

  sqlite3_vfs vfs_{};
};

}  // namespace tickwitness::store::sqlite::test
