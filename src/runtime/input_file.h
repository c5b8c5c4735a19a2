// A file that is only read, from its beginning to its end: plain files and pipes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/descriptor.h"

namespace tickwitness::runtime {

// Not thread-safe. Errors of all of these: the system's reason alone, without the path.
class InputFile {
 public:
  // Follows symbolic links. Not of a folder.
  static base::Result<InputFile> open(const std::string& path);

  // Fills `out` as far as there is something: less only where the file ends, 0 at its end.
  base::Result<std::size_t> read(std::span<char> out);
  // In bytes, as of open(); 0 of a pipe.
  std::uint64_t size() const { return size_; }

 private:
  Descriptor file_;
  std::uint64_t size_ = 0;
};

bool is_folder(const std::string& path);
// The names in a folder, sorted by bytes.
base::Result<std::vector<std::string>> names_in(const std::string& folder);

}  // namespace tickwitness::runtime
