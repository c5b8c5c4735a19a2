// The bytes of one recording, whether it is plain, gzip or zstd.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/input_file.h"

namespace tickwitness::store {

// Turns the bytes of a file into those of its content.
class Decoder {
 public:
  struct Step {
    std::size_t consumed = 0, produced = 0;
  };
  virtual ~Decoder() = default;
  // An error when the bytes are no such format.
  virtual base::Result<Step> decode(std::span<const char> in, std::span<char> out) = 0;
  // Whether the content may end after what was decoded so far.
  virtual bool complete() const = 0;
};

// Reads forward only. Not thread-safe.
class RecordingFile {
 public:
  // The format is told by the first bytes. Errors name the path and the system's reason.
  static base::Result<RecordingFile> open(const std::string& path);

  // Up to out.size() bytes of the content, 0 at its end. Errors: unreadable, damaged, cut off; they
  // do not name the file.
  base::Result<std::size_t> read(std::span<char> out);

  // Bytes of the file itself, for progress.
  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint64_t bytes_total() const { return file_.size(); }

 private:
  base::Result<std::size_t> fill();

  runtime::InputFile file_;
  std::unique_ptr<Decoder> decoder_;
  std::vector<char> input_;
  std::size_t input_at_ = 0, input_end_ = 0;
  std::uint64_t bytes_read_ = 0;
};

}  // namespace tickwitness::store
