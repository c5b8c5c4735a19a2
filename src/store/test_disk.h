// A disk in memory that fails when told to. For the tests of this room.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/disk.h"

namespace tickwitness::store::test {

struct Files {
  std::map<std::string, std::shared_ptr<std::string>> by_name;
  bool full = false;             // no byte more can be written
  std::uint64_t take_bytes = 0;  // then so many of the next write are taken, before it fails
  bool refuse_names = false;     // create, rename and remove fail
  bool refuse_sync = false;
  int syncs = 0;

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

class TestFile final : public runtime::DiskFile {
 public:
  TestFile(Files& files, std::shared_ptr<std::string> text)
      : files_(files), text_(std::move(text)) {}
  runtime::DiskResult<std::size_t> read(std::uint64_t offset, std::span<char> into) const override {
    return text_->copy(into.data(), into.size(), offset);
  }
  runtime::DiskResult<std::size_t> write(std::uint64_t offset, std::string_view bytes) override {
    if (files_.full) {
      text_->resize(offset);
      text_->append(bytes.substr(0, std::min<std::size_t>(files_.take_bytes, bytes.size())));
      return runtime::disk_fail(runtime::DiskFault::no_space, "it", "written", "no space");
    }
    const std::size_t some = (bytes.size() + 1) / 2;  // as any disk may
    text_->resize(offset);
    text_->append(bytes.substr(0, some));
    return some;
  }
  runtime::DiskResult<void> sync() override {
    ++files_.syncs;
    if (files_.refuse_sync)
      return runtime::disk_fail(runtime::DiskFault::io, "it", "synced", "input/output error");
    return {};
  }
  runtime::DiskResult<void> preallocate(std::uint64_t) override { return {}; }
  runtime::DiskResult<void> truncate(std::uint64_t size) override {
    text_->resize(size);
    return {};
  }
  runtime::DiskResult<std::uint64_t> size() const override { return text_->size(); }

 private:
  Files& files_;
  std::shared_ptr<std::string> text_;
};

class TestDisk final : public runtime::Disk {
 public:
  explicit TestDisk(Files& files) : files_(files) {}
  runtime::DiskResult<std::unique_ptr<runtime::DiskFile>> create(std::string_view name) override {
    if (auto ok = allowed("created"); !ok) return std::unexpected(ok.error());
    auto& text = files_.by_name[std::string(name)];
    if (text) return runtime::disk_fail(runtime::DiskFault::exists, name, "created", "exists");
    text = std::make_shared<std::string>();
    return std::make_unique<TestFile>(files_, text);
  }
  runtime::DiskResult<std::unique_ptr<runtime::DiskFile>> open(std::string_view name) override {
    return std::make_unique<TestFile>(files_, files_.by_name.at(std::string(name)));
  }
  runtime::DiskResult<void> rename(std::string_view from, std::string_view to) override {
    if (auto ok = allowed("renamed"); !ok) return ok;
    auto node = files_.by_name.extract(std::string(from));
    node.key() = to;
    files_.by_name.insert(std::move(node));
    return {};
  }
  runtime::DiskResult<void> remove(std::string_view name) override {
    if (auto ok = allowed("removed"); !ok) return ok;
    files_.by_name.erase(std::string(name));
    return {};
  }
  runtime::DiskResult<std::vector<std::string>> list() const override { return files_.names(); }
  runtime::DiskResult<void> sync_names() override { return {}; }
  runtime::DiskResult<std::uint64_t> free_bytes() const override { return 0; }

 private:
  runtime::DiskResult<void> allowed(std::string_view attempt) const {
    if (files_.refuse_names)
      return runtime::disk_fail(runtime::DiskFault::denied, "it", attempt, "denied");
    return {};
  }
  Files& files_;
};

}  // namespace tickwitness::store::test
