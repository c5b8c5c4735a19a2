// A directory for one run: the demo and tests keep their data in one.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace tickwitness::runtime {

// Empty (0700) below the system's temporary directory; removed with all that is in it at the end.
class TemporaryDirectory {
 public:
  static base::Result<TemporaryDirectory> make();
  TemporaryDirectory(TemporaryDirectory&& other) noexcept
      : path_(std::exchange(other.path_, std::string())) {}
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory();

  const std::string& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;  // empty: moved from
};

}  // namespace tickwitness::runtime
