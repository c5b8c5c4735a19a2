#include "sim/disk/disk.h"

#include <algorithm>
#include <utility>

namespace tickwitness::sim {

using runtime::disk_fail;
using runtime::DiskFault;
using runtime::DiskResult;

namespace {

// The real disk's words, so that nobody can come to depend on a difference.
constexpr std::string_view kNoSpace = "No space left on device";
constexpr std::string_view kIo = "Input/output error";
constexpr std::string_view kNotFound = "No such file or directory";
constexpr std::string_view kBadName = "this is no name of a file";

}  // namespace

class Disk::File final : public runtime::DiskFile {
 public:
  File(Disk& disk, std::string name, std::shared_ptr<FileImage> image)
      : disk_(disk), crashes_(disk.crashes_), name_(std::move(name)), image_(std::move(image)) {}

  DiskResult<std::size_t> read(std::uint64_t offset, std::span<char> into) const override {
    if (auto ok = alive("read"); !ok) return std::unexpected(ok.error());
    if (disk_.fail_reads_) return disk_fail(DiskFault::io, name_, "read", kIo);
    const std::string_view seen = image_->seen();
    return seen.substr(std::min<std::uint64_t>(offset, seen.size())).copy(into.data(), into.size());
  }

  DiskResult<std::size_t> write(std::uint64_t offset, std::string_view bytes) override {
    if (auto ok = alive("written"); !ok) return std::unexpected(ok.error());
    if (bytes.empty()) return 0;
    const std::uint64_t end = reachable();
    if (offset >= end) return disk_fail(DiskFault::no_space, name_, "written", kNoSpace);
    bytes = bytes.substr(0, end - offset);
    image_->write(offset, bytes);
    return bytes.size();
  }

  DiskResult<void> sync() override {
    if (auto ok = alive("synced"); !ok) return ok;
    if (disk_.sync_fails()) {
      image_->fail_sync();
      return disk_fail(DiskFault::io, name_, "synced", kIo);
    }
    image_->sync();
    return {};
  }

  DiskResult<void> preallocate(std::uint64_t size) override {
    if (auto ok = alive("preallocated"); !ok) return ok;
    const std::uint64_t reached = std::min(size, reachable());
    if (reached > image_->seen().size()) image_->resize(reached);
    if (reached < size) return disk_fail(DiskFault::no_space, name_, "preallocated", kNoSpace);
    return {};
  }

  DiskResult<void> truncate(std::uint64_t size) override {
    if (auto ok = alive("truncated"); !ok) return ok;
    const std::uint64_t now = image_->seen().size();
    if (size > now)
      return disk_fail(DiskFault::invalid, name_, "truncated", "the file is shorter than that");
    if (size < now) image_->resize(size);
    return {};
  }

  DiskResult<std::uint64_t> size() const override {
    if (auto ok = alive("measured"); !ok) return std::unexpected(ok.error());
    return image_->seen().size();
  }

 private:
  DiskResult<void> alive(std::string_view attempt) const {
    if (crashes_ == disk_.crashes_) return {};
    return disk_fail(DiskFault::io, name_, attempt, "the power failed since it was opened");
  }
  // How far it can grow.
  std::uint64_t reachable() const { return image_->room() + disk_.free_room(); }

  Disk& disk_;
  std::uint64_t crashes_;  // before it was opened
  std::string name_;       // when it was opened, for messages
  std::shared_ptr<FileImage> image_;
};

std::uint64_t Disk::free_room() const {
  std::uint64_t used = 0;
  for (const auto& image : images_)
    if (const auto held = image.lock()) used += kFileCost + held->room();
  const std::uint64_t limit = limit_.value_or(capacity_);
  return limit > used ? limit - used : 0;
}

void Disk::limit_free(std::optional<std::uint64_t> bytes) {
  limit_.reset();
  if (bytes) limit_ = capacity_ - free_room() + std::min(*bytes, free_room());
}

std::unique_ptr<runtime::DiskFile> Disk::handle(std::string_view name,
                                                std::shared_ptr<FileImage> image) {
  return std::make_unique<File>(*this, std::string(name), std::move(image));
}

DiskResult<std::unique_ptr<runtime::DiskFile>> Disk::create(std::string_view name) {
  if (!runtime::valid_file_name(name))
    return disk_fail(DiskFault::invalid, name, "created", kBadName);
  if (names_.seen().contains(name))
    return disk_fail(DiskFault::exists, name, "created", "File exists");
  if (free_room() < kFileCost) return disk_fail(DiskFault::no_space, name, "created", kNoSpace);
  auto image = std::make_shared<FileImage>();
  std::erase_if(images_, [](const auto& held) { return held.expired(); });
  images_.push_back(image);
  names_.add(std::string(name), image);
  return handle(name, std::move(image));
}

DiskResult<std::unique_ptr<runtime::DiskFile>> Disk::open(std::string_view name) {
  if (!runtime::valid_file_name(name))
    return disk_fail(DiskFault::invalid, name, "opened", kBadName);
  const auto found = names_.seen().find(name);
  if (found == names_.seen().end())
    return disk_fail(DiskFault::not_found, name, "opened", kNotFound);
  return handle(name, found->second);
}

DiskResult<void> Disk::rename(std::string_view from, std::string_view to) {
  const std::string attempt = "renamed to " + std::string(to);
  if (!runtime::valid_file_name(from) || !runtime::valid_file_name(to))
    return disk_fail(DiskFault::invalid, from, attempt, kBadName);
  if (!names_.seen().contains(from))
    return disk_fail(DiskFault::not_found, from, attempt, kNotFound);
  names_.rename(std::string(from), std::string(to));
  return {};
}

DiskResult<void> Disk::remove(std::string_view name) {
  if (!runtime::valid_file_name(name))
    return disk_fail(DiskFault::invalid, name, "removed", kBadName);
  if (!names_.seen().contains(name))
    return disk_fail(DiskFault::not_found, name, "removed", kNotFound);
  names_.remove(std::string(name));
  return {};
}

DiskResult<std::vector<std::string>> Disk::list() const {
  std::vector<std::string> names;
  for (const auto& [name, image] : names_.seen()) names.push_back(name);
  return names;
}

DiskResult<void> Disk::sync_names() {
  if (sync_fails()) return disk_fail(DiskFault::io, ".", "synced", kIo);
  names_.sync();
  return {};
}

DiskResult<std::uint64_t> Disk::free_bytes() const {
  return free_room();
}

void Disk::crash() {
  ++crashes_;
  Dice dice(prng_);
  names_.lose_power(dice);
  // Files that were removed but open are gone with those who had them open.
  images_.clear();
  for (const auto& [name, image] : names_.seen()) {
    image->lose_power(dice);
    images_.push_back(image);
  }
}

}  // namespace tickwitness::sim
