// A directory that appears whole or not at all: filled beside its place, then renamed into it.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace tickwitness::runtime {

// Removed with all that is in it unless it is put in place. Not thread-safe. Errors are one line
// for the operator.
class StagedDirectory {
 public:
  // A new directory (0700) beside `place`, which must not be there, or be an empty directory: who
  // has it open may be using it. What an earlier attempt left there is removed.
  static base::Result<StagedDirectory> make(const std::string& place);
  StagedDirectory(StagedDirectory&& other) noexcept
      : place_(std::move(other.place_)), path_(std::exchange(other.path_, std::string())) {}
  StagedDirectory& operator=(StagedDirectory&&) = delete;
  ~StagedDirectory();

  const std::string& path() const { return path_; }
  // A directory in it (0700).
  base::Result<void> make_inside(const std::string& name);
  // Syncs all that is in it and gives it its place, if that is still free.
  base::Result<void> put_in_place();

 private:
  StagedDirectory(std::string place, std::string path)
      : place_(std::move(place)), path_(std::move(path)) {}
  std::string place_;
  std::string path_;  // empty: it is in place, or moved from
};

}  // namespace tickwitness::runtime
