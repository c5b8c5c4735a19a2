// Recordings as `tickwitness replay` reads them: tickwitness's own (docs/recording-format.md), and
// lines of text:
//   <receive time, ns since 1970> <frame>        a received frame
//   <frame>                                      the same, receive time unknown
//   [<time> ]REST <url> <body>                   a reply over REST
//   [<time> ]OPEN <url>                          a new connection
// Each plain, gzip or zstd.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/block_stream.h"

namespace tickwitness::store {

// Views hold until the next line is read; an empty one was not said.
struct RecordedLine {
  enum class Kind : std::uint8_t { frame, rest, open, closed, lost };
  Kind kind = Kind::frame;
  std::optional<base::WallTime> received;
  std::optional<base::Instant> mono;  // of the machine that recorded, since it was started
  std::string_view exchange;          // "kraken"
  std::string_view connection;        // "main"
  std::string_view url;               // of a reply or a connection
  std::string_view text;              // the frame, the body of the reply, why it was closed
  std::uint64_t lost = 0;             // lost: how many are missing; 0: nobody knows
  std::string_view file;
  std::uint64_t line_number = 0;  // from 1; of the record in tickwitness's own
};

// Several files as one stream, in the order given. Not thread-safe.
class RecordingReader {
 public:
  static constexpr std::size_t kLineBytesMax = std::size_t{16} << 20;

  // A folder stands for the recordings in it, in the order of their writing. Opens the first file
  // and sees that the others can be read, so that a wrong name is told before hours of replay.
  static base::Result<RecordingReader> open(const std::vector<std::string>& paths);
  RecordingReader(RecordingReader&&) noexcept;
  RecordingReader& operator=(RecordingReader&&) noexcept;
  ~RecordingReader();

  // The next line that is not empty; nothing at the end of the last file. Errors name file and
  // line; after one the reader is at its end. What is damaged or cut off in tickwitness's own
  // recordings is no error: it is left out, noted, and stands there as `lost` if more follows.
  base::Result<std::optional<RecordedLine>> next();

  // What was left out of the files read so far, each named; at most BlockStream::kNotesMax a file.
  const std::vector<std::string>& notes() const { return notes_; }
  // Over all files read so far.
  const Damage& damage() const { return damage_; }

  // Bytes on disk, over all files.
  struct Progress {
    std::uint64_t done = 0, total = 0;
  };
  Progress progress() const;

 private:
  struct Open;
  RecordingReader() = default;
  base::Result<void> open_file();
  void close_file();

  std::vector<std::string> paths_;
  std::size_t at_ = 0;          // index of the open file; paths_.size() at the end
  std::unique_ptr<Open> open_;  // null at the end
  std::vector<std::string> notes_;
  Damage damage_;
  std::uint64_t bytes_before_ = 0, bytes_total_ = 0;
};

}  // namespace tickwitness::store
