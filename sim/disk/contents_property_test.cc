// Any calls on files, power failures among them, against a model that only knows what may be left:
// whatever was synced, and of the rest old or new sectors, never a third thing.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "sim/disk/disk.h"
#include "sim/disk/script_for_tests.h"

namespace tickwitness::sim {
namespace {

constexpr std::size_t kSector = 512;
constexpr std::uint64_t kCapacity = 1U << 16;
constexpr std::uint64_t kSeedsEach =
    20;  // what is left is drawn, so the same calls are tried often

// The sector as it lies on the medium: zeros behind the end.
std::string sector_of(const std::string& bytes, std::size_t index) {
  std::string sector =
      index * kSector < bytes.size() ? bytes.substr(index * kSector, kSector) : std::string();
  sector.resize(kSector);
  return sector;
}

// What may be left of one file.
class FileModel {
 public:
  const std::string& seen() const { return seen_; }

  void write(std::size_t offset, const std::string& bytes) {
    seen_.resize(std::max(seen_.size(), offset + bytes.size()));
    seen_.replace(offset, bytes.size(), bytes);
    std::string image = images_.back();
    image.resize(seen_.size());
    for (std::size_t at = offset / kSector * kSector; at < offset + bytes.size(); at += kSector) {
      const std::string sector = seen_.substr(at, kSector);
      image.replace(at, sector.size(), sector);
    }
    images_.push_back(image);
    versions_.push_back(image);
    resize_last(bare_);
  }
  void resize(std::size_t size) {
    seen_.resize(size);
    resize_last(images_);
    resize_last(bare_);
    // The cut may have met a version older than the last.
    for (auto& version : std::vector(versions_))
      if (version.size() > size) versions_.push_back(version.substr(0, size));
  }
  void sync() { start_from({images_.back()}); }
  // The data are lost and the sizes are not.
  void fail_sync() { start_from(std::vector(bare_)); }
  void survive(const std::string& left) {
    seen_ = left;
    start_from({left});
  }

  bool allows(const std::string& left) const {
    const auto [least, most] =
        std::ranges::minmax(images_, {}, [](const auto& image) { return image.size(); });
    const bool whole = std::ranges::any_of(
        images_, [&](const auto& image) { return image.size() == left.size(); });
    const bool torn =
        left.size() % kSector == 0 && left.size() > least.size() && left.size() < most.size();
    if (!whole && !torn) return false;
    for (std::size_t i = 0; i * kSector < left.size(); ++i) {
      const std::string sector = left.substr(i * kSector, kSector);
      if (std::ranges::none_of(versions_, [&](const auto& version) {
            return sector_of(version, i).starts_with(sector);
          }))
        return false;
    }
    return true;
  }

 private:
  void resize_last(std::vector<std::string>& images) const {
    images.push_back(images.back());
    images.back().resize(seen_.size());
  }
  void start_from(std::vector<std::string> images) {
    images_ = std::move(images);
    versions_ = images_;
    if (images_.size() == 1) bare_ = images_;
  }
  std::string seen_;
  std::vector<std::string> images_{""};    // the medium, if all up to here arrived
  std::vector<std::string> bare_{""};      // the same with sizes only
  std::vector<std::string> versions_{""};  // of sectors: images_, and where truncates may cut them
};

enum class Do { write, truncate, preallocate, sync, fail_sync, limit, crash };

struct Call {
  Do what = Do::write;
  std::size_t file = 0;
  std::size_t offset = 0;
  std::size_t count = 0;
  friend std::ostream& operator<<(std::ostream& out, const Call& call) {
    static constexpr std::array kNames{"write",     "truncate", "preallocate", "sync",
                                       "fail_sync", "limit",    "crash"};
    return out << kNames.at(static_cast<std::size_t>(call.what)) << ' ' << call.file << ' '
               << call.offset << ' ' << call.count;
  }
};

Call any_call() {
  Call call;
  call.what = *rc::gen::weightedElement<Do>({{10, Do::write},
                                             {2, Do::truncate},
                                             {1, Do::preallocate},
                                             {4, Do::sync},
                                             {1, Do::fail_sync},
                                             {1, Do::limit},
                                             {2, Do::crash}});
  call.file = *rc::gen::inRange<std::size_t>(0, 2);
  call.offset = *rc::gen::inRange<std::size_t>(0, 3000);
  call.count = *rc::gen::inRange<std::size_t>(1, 2500);
  return call;
}

// Two files with durable names, and what may be left of each.
class Contents {
 public:
  explicit Contents(std::uint64_t seed) : disk_(kCapacity, base::Prng(seed)) {
    for (const auto* name : kNames) RC_ASSERT(disk_.create(name).has_value());
    RC_ASSERT(disk_.sync_names().has_value());
    open();
  }

  void run(const Call& call) {
    auto& file = *files_.at(call.file);
    auto& model = models_.at(call.file);
    switch (call.what) {
      case Do::write: {
        const std::string bytes(call.count, static_cast<char>('A' + written_++ % 58));
        const auto done = file.write(call.offset, bytes);
        if (done) model.write(call.offset, bytes.substr(0, *done));
        break;
      }
      case Do::truncate:
        if (file.truncate(call.offset)) model.resize(call.offset);
        break;
      case Do::preallocate: {
        const std::size_t size = call.offset + call.count;
        const bool done = file.preallocate(size).has_value();
        model.resize(file.size().value());
        RC_ASSERT(done == (model.seen().size() >= size));
        break;
      }
      case Do::sync:
        RC_ASSERT(file.sync().has_value());
        model.sync();
        break;
      case Do::fail_sync:
        disk_.fail_next_sync();
        RC_ASSERT(!file.sync().has_value());
        model.fail_sync();
        break;
      case Do::limit:
        disk_.limit_free(call.count % 2 == 0 ? std::optional<std::uint64_t>(call.count)
                                             : std::nullopt);
        break;
      case Do::crash:
        crash();
        break;
    }
    for (std::size_t i = 0; i < files_.size(); ++i)
      RC_ASSERT(contents(*files_[i]) == models_[i].seen());
  }

  void crash() {
    disk_.crash();
    open();
    for (std::size_t i = 0; i < files_.size(); ++i) {
      const std::string left = contents(*files_[i]);
      RC_ASSERT(models_[i].allows(left));
      models_[i].survive(left);
    }
  }

 private:
  static constexpr std::array kNames{"a", "b"};
  void open() {
    for (std::size_t i = 0; i < kNames.size(); ++i) files_[i] = std::move(*disk_.open(kNames[i]));
  }
  Disk disk_;
  std::array<std::unique_ptr<runtime::DiskFile>, 2> files_;
  std::array<FileModel, 2> models_;
  int written_ = 0;
};

TEST(DiskContents, AreOldOrNewAndSyncedOnesAreThere) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const auto calls = *rc::gen::container<std::vector<Call>>(rc::gen::exec(any_call));
    for (std::uint64_t i = 0; i < kSeedsEach; ++i) {
      Contents contents(seed + i);
      for (const auto& call : calls) contents.run(call);
      contents.crash();
    }
  }));
}

}  // namespace
}  // namespace tickwitness::sim
