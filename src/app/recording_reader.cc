#include "app/recording_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace tickwitness::app {
namespace {

using base::fail;
using base::Result;

constexpr std::size_t kBufferBytesMin = std::size_t{256} << 10;

// What stands before the first space; `text` keeps what follows it.
std::string_view take_word(std::string_view& text) {
  const auto space = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, space);
  text.remove_prefix(std::min(space + 1, text.size()));
  return word;
}

// Frames never start with a digit, so a number in front is the receive time.
Result<std::optional<base::WallTime>> take_time(std::string_view& text) {
  if (text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto word = take_word(text);
  std::int64_t nanos = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), nanos);
  if (error != std::errc{} || end != word.data() + word.size())
    return fail(fmt::format("\"{:.40}\" is not a receive time in ns since 1970", word));
  return base::WallTime{base::Duration{nanos}};
}

Result<RecordedLine> parse(std::string_view text) {
  RecordedLine line;
  const auto received = take_time(text);
  if (!received) return fail(received.error().message);
  line.received = *received;
  if (text.empty()) return fail("there is a receive time but no frame after it");
  const bool rest = text.starts_with("REST ");
  if (rest || text.starts_with("OPEN ")) {
    line.kind = rest ? RecordedLine::Kind::rest : RecordedLine::Kind::open;
    take_word(text);
    line.url = take_word(text);
    if (line.url.empty()) return fail("the URL is missing");
    if (rest && text.empty()) return fail("the reply after the URL is missing");
  }
  line.text = text;
  return line;
}

}  // namespace

Result<RecordingReader> RecordingReader::open(std::vector<std::string> paths) {
  if (paths.empty()) return fail("no recording was named");
  RecordingReader reader;
  // From the last to the first, which stays open.
  for (auto path = paths.rbegin(); path != paths.rend(); ++path) {
    auto file = RecordingFile::open(*path);
    if (!file) return fail(file.error().message);
    reader.bytes_total_ += file->bytes_total();
    reader.file_ = std::move(*file);
  }
  reader.paths_ = std::move(paths);
  reader.buffer_.resize(kBufferBytesMin);
  return reader;
}

Result<std::optional<RecordedLine>> RecordingReader::next() {
  while (at_ < paths_.size()) {
    const auto text = next_in_file();
    if (!text) return fail_here(text.error().message);
    if (*text && (*text)->empty()) continue;
    if (*text) {
      auto line = parse(**text);
      if (!line) return fail_here(line.error().message);
      line->file = paths_[at_];
      line->line_number = line_number_;
      return *line;
    }
    bytes_before_ += file_->bytes_total();
    line_number_ = 0;
    if (++at_ == paths_.size()) break;
    auto file = RecordingFile::open(paths_[at_]);
    if (!file) {
      at_ = paths_.size();
      return fail(file.error().message);
    }
    file_ = std::move(*file);
  }
  return std::nullopt;
}

Result<std::optional<std::string_view>> RecordingReader::next_in_file() {
  std::size_t searched = begin_;
  for (;;) {
    const auto* const newline =
        static_cast<const char*>(std::memchr(buffer_.data() + searched, '\n', end_ - searched));
    std::size_t line_end = newline ? static_cast<std::size_t>(newline - buffer_.data()) : end_;
    std::size_t next_begin = newline ? line_end + 1 : end_;
    if (!newline) {
      if (end_ - begin_ > kLineBytesMax) {
        ++line_number_;
        return fail(fmt::format("the line is longer than {} MiB", kLineBytesMax >> 20));
      }
      searched = end_ - begin_;
      std::copy(buffer_.data() + begin_, buffer_.data() + end_, buffer_.data());
      begin_ = 0;
      end_ = searched;
      if (buffer_.size() < 2 * end_) buffer_.resize(2 * buffer_.size());
      const auto produced = file_->read({buffer_.data() + end_, buffer_.size() - end_});
      if (!produced) {
        ++line_number_;
        return fail(produced.error().message);
      }
      end_ += *produced;
      if (*produced > 0) continue;
      if (end_ == 0) return std::nullopt;
      line_end = next_begin = end_;
    }
    std::string_view line(buffer_.data() + begin_, line_end - begin_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    begin_ = next_begin;
    ++line_number_;
    return line;
  }
}

Result<std::optional<RecordedLine>> RecordingReader::fail_here(std::string_view what) {
  const auto& path = paths_[at_];
  at_ = paths_.size();
  return fail(fmt::format("{}:{}: {}", path, line_number_, what));
}

RecordingReader::Progress RecordingReader::progress() const {
  const bool reading = at_ < paths_.size();
  return {bytes_before_ + (reading ? file_->bytes_read() : 0), bytes_total_};
}

}  // namespace tickwitness::app
