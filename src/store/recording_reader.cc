#include "store/recording_reader.h"

#include <fmt/format.h>

#include <utility>

#include "runtime/input_file.h"
#include "store/recording_file.h"
#include "store/recording_name.h"
#include "store/text_lines.h"

namespace tickwitness::store {
namespace {

using base::fail;
using base::Result;

// Folders become the recordings in them.
Result<std::vector<std::string>> files_of(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const auto& path : paths) {
    if (!runtime::is_folder(path)) {
      files.push_back(path);
      continue;
    }
    const auto names = runtime::names_in(path);
    if (!names) return fail(fmt::format("cannot read folder {}: {}", path, names.error().message));
    const std::size_t before = files.size();
    for (const auto& name : *names) {
      if (RecordingName::parse(name)) files.push_back(fmt::format("{}/{}", path, name));
    }
    if (files.size() == before)
      return fail(fmt::format("folder {} holds no recordings; name files of other formats", path));
  }
  return files;
}

RecordedLine line_of(const Record& record, const BlockStream& blocks) {
  using Kind = RecordedLine::Kind;
  RecordedLine line{.received = record.at.wall, .mono = record.at.mono, .text = record.text};
  if (record.kind == Record::Kind::lost) {
    line.kind = Kind::lost;
    line.lost = record.lost;
    return line;
  }
  const StreamName& name = blocks.name(record.stream);
  line.exchange = name.exchange;
  line.connection = name.connection;
  line.url = name.url;
  if (record.kind == Record::Kind::open) line.kind = Kind::open;
  if (record.kind == Record::Kind::closed) line.kind = Kind::closed;
  if (record.kind == Record::Kind::rest) {
    line.kind = Kind::rest;
    line.url = record.target;
  }
  return line;
}

}  // namespace

// On the heap, because what is inside refers to each other.
struct RecordingReader::Open {
  explicit Open(RecordingFile opened)
      : file(std::move(opened)),
        content([this](std::span<char> into) { return file.read(into); }),
        blocks(content),
        lines(content) {}

  Result<std::optional<RecordedLine>> next() {
    if (!own) {
      content.want(kFileMagic.size());
      // One that a crash cut off in its first bytes is of tickwitness's own, too.
      const auto start = content.view().substr(0, kFileMagic.size());
      own = !start.empty() && kFileMagic.starts_with(start);
    }
    if (!*own) return lines.next();
    const auto record = blocks.next();
    if (!record) return std::unexpected(record.error());
    if (!*record) return std::nullopt;
    auto line = line_of(**record, blocks);
    line.line_number = ++records;
    return line;
  }
  std::uint64_t place() const { return own.value_or(false) ? records : lines.line_number(); }

  RecordingFile file;
  Content content;
  BlockStream blocks;
  TextLines lines;
  std::optional<bool> own;  // of tickwitness's own format
  std::uint64_t records = 0;
};

RecordingReader::RecordingReader(RecordingReader&&) noexcept = default;
RecordingReader& RecordingReader::operator=(RecordingReader&&) noexcept = default;
RecordingReader::~RecordingReader() = default;

Result<RecordingReader> RecordingReader::open(const std::vector<std::string>& paths) {
  if (paths.empty()) return fail("no recording was named");
  auto files = files_of(paths);
  if (!files) return std::unexpected(files.error());
  RecordingReader reader;
  reader.paths_ = std::move(*files);
  for (const auto& path : reader.paths_) {
    const auto file = RecordingFile::open(path);
    if (!file) return std::unexpected(file.error());
    reader.bytes_total_ += file->bytes_total();
  }
  if (auto ok = reader.open_file(); !ok) return std::unexpected(ok.error());
  return reader;
}

Result<void> RecordingReader::open_file() {
  auto file = RecordingFile::open(paths_[at_]);
  if (!file) {
    at_ = paths_.size();
    return std::unexpected(file.error());
  }
  open_ = std::make_unique<Open>(std::move(*file));
  return {};
}

void RecordingReader::close_file() {
  for (const auto& note : open_->blocks.notes()) {
    notes_.push_back(fmt::format("{}: {}", paths_[at_], note));
  }
  const Damage& damage = open_->blocks.damage();
  damage_.stretches += damage.stretches;
  damage_.bytes += damage.bytes;
  damage_.torn_bytes += damage.torn_bytes;
  bytes_before_ += open_->file.bytes_total();
  open_.reset();
}

Result<std::optional<RecordedLine>> RecordingReader::next() {
  while (open_) {
    auto line = open_->next();
    if (!line) {
      const std::string why =
          fmt::format("{}:{}: {}", paths_[at_], open_->place(), line.error().message);
      close_file();
      at_ = paths_.size();
      return fail(why);
    }
    if (*line) {
      (*line)->file = paths_[at_];
      return line;
    }
    close_file();
    if (++at_ == paths_.size()) break;
    if (auto ok = open_file(); !ok) return std::unexpected(ok.error());
  }
  return std::nullopt;
}

RecordingReader::Progress RecordingReader::progress() const {
  return {bytes_before_ + (open_ ? open_->file.bytes_read() : 0), bytes_total_};
}

}  // namespace tickwitness::store
