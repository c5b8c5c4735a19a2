// Recordings as `tickwitness replay` reads them, line by line:
//   <receive time, ns since 1970> <frame>        a received frame
//   <frame>                                      the same, receive time unknown
//   [<time> ]REST <url> <body>                   a reply over REST
//   [<time> ]OPEN <url>                          a new connection
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/recording_file.h"
#include "base/time.h"

namespace tickwitness::app {

// Views hold until the next line is read.
struct RecordedLine {
  enum class Kind : std::uint8_t { frame, rest, open };
  Kind kind = Kind::frame;
  std::optional<base::WallTime> received;
  std::string_view url;   // rest, open
  std::string_view text;  // the frame, or the body of the reply
  std::string_view file;
  std::uint64_t line_number = 0;  // from 1
};

// Several files as one stream, in the order given. Not thread-safe.
class RecordingReader {
 public:
  static constexpr std::size_t kLineBytesMax = std::size_t{16} << 20;

  // Opens the first file and sees that the others can be read, so that a wrong name is told before
  // hours of replay.
  static base::Result<RecordingReader> open(std::vector<std::string> paths);

  // The next line that is not empty; nothing at the end of the last file. Errors name file and
  // line; after one the reader is at its end.
  base::Result<std::optional<RecordedLine>> next();

  // Bytes on disk, over all files.
  struct Progress {
    std::uint64_t done = 0, total = 0;
  };
  Progress progress() const;

 private:
  // The next line's bytes without its end; nothing at the end of the file.
  base::Result<std::optional<std::string_view>> next_in_file();
  base::Result<std::optional<RecordedLine>> fail_here(std::string_view what);

  std::vector<std::string> paths_;
  std::size_t at_ = 0;  // index of the open file; paths_.size() at the end
  std::optional<RecordingFile> file_;
  std::uint64_t line_number_ = 0;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // of what is not handed out yet
  std::uint64_t bytes_before_ = 0, bytes_total_ = 0;
};

}  // namespace tickwitness::app
