// A disk in memory that fails when told to. For tests; sim/disk has one whose power fails.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/disk.h"

namespace tickwitness::runtime::test {

struct Files {
  std::map<std::string, std::shared_ptr<std::string>> by_name;
  bool full = false;             // no byte more can be written
  std::uint64_t take_bytes = 0;  // then so many of the next write are taken, before it fails
  bool refuse_names = false;     // create, rename and remove fail
  int refuse_syncs = 0;          // so many of the next fail
  int syncs = 0;
  std::uint64_t free = std::uint64_t{1} << 40;

  std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const auto& [name, text] : by_name) sum += text->size();
    return sum;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& [name, text] : by_name) all.push_back(name);
    return all;
  }
};

class TestFile final : public DiskFile {
 public:
  TestFile(Files& files, std::shared_ptr<std::string> text)
      : files_(files), text_(std::move(text)) {}
  DiskResult<std::size_t> read(std::uint64_t offset, std::span<char> into) const override {
    if (offset >= text_->size()) return 0;
    return text_->copy(into.data(), into.size(), offset);
  }
  DiskResult<std::size_t> write(std::uint64_t offset, std::string_view bytes) override {
    if (files_.full) {
      put(offset, bytes.substr(0, std::min<std::size_t>(files_.take_bytes, bytes.size())));
      return disk_fail(DiskFault::no_space, "it", "written", "no space");
    }
    const std::size_t some = (bytes.size() + 1) / 2;  // as any disk may
    put(offset, bytes.substr(0, some));
    return some;
  }
  DiskResult<void> sync() override {
    ++files_.syncs;
    if (files_.refuse_syncs > 0) {
      --files_.refuse_syncs;
      return disk_fail(DiskFault::io, "it", "synced", "input/output error");
    }
    return {};
  }
  DiskResult<void> preallocate(std::uint64_t size) override {
    text_->resize(std::max<std::size_t>(size, text_->size()));
    return {};
  }
  DiskResult<void> truncate(std::uint64_t size) override {
    text_->resize(size);
    return {};
  }
  DiskResult<std::uint64_t> size() const override { return text_->size(); }

 private:
  void put(std::uint64_t offset, std::string_view bytes) {
    text_->resize(std::max<std::size_t>(text_->size(), offset + bytes.size()));
    text_->replace(offset, bytes.size(), bytes);
  }

  Files& files_;
  std::shared_ptr<std::string> text_;
};

class TestDisk final : public Disk {
 public:
  explicit TestDisk(Files& files) : files_(files) {}
  DiskResult<std::unique_ptr<DiskFile>> create(std::string_view name) override {
    if (auto ok = allowed("created"); !ok) return std::unexpected(ok.error());
    auto& text = files_.by_name[std::string(name)];
    if (text) return disk_fail(DiskFault::exists, name, "created", "exists");
    text = std::make_shared<std::string>();
    return std::make_unique<TestFile>(files_, text);
  }
  DiskResult<std::unique_ptr<DiskFile>> open(std::string_view name) override {
    const auto found = files_.by_name.find(std::string(name));
    if (found == files_.by_name.end())
      return disk_fail(DiskFault::not_found, name, "opened", "no such file");
    return std::make_unique<TestFile>(files_, found->second);
  }
  DiskResult<void> rename(std::string_view from, std::string_view to) override {
    if (auto ok = allowed("renamed"); !ok) return ok;
    auto node = files_.by_name.extract(std::string(from));
    node.key() = to;
    files_.by_name.erase(std::string(to));
    files_.by_name.insert(std::move(node));
    return {};
  }
  DiskResult<void> remove(std::string_view name) override {
    if (auto ok = allowed("removed"); !ok) return ok;
    files_.by_name.erase(std::string(name));
    return {};
  }
  DiskResult<std::vector<std::string>> list() const override { return files_.names(); }
  DiskResult<void> sync_names() override { return {}; }
  DiskResult<std::uint64_t> free_bytes() const override { return files_.free; }

 private:
  DiskResult<void> allowed(std::string_view attempt) const {
    if (files_.refuse_names) return disk_fail(DiskFault::denied, "it", attempt, "denied");
    return {};
  }
  Files& files_;
};

}  // namespace tickwitness::runtime::test
