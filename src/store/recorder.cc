#include "store/recorder.h"

#include <algorithm>
#include <utility>

namespace tickwitness::store {
namespace {

using runtime::DiskResult;
using telemetry::label::RecordedAs;

}  // namespace

Recorder::Recorder(RecorderSettings settings, FrameRing& ring, telemetry::Catalog& metrics,
                   runtime::Log& log, RecordingFolder::OpenDisk open_disk)
    : settings_(std::move(settings)),
      ring_(ring),
      log_(log),
      folder_(std::move(open_disk)),
      frames_written_(metrics.recorder_frames.at()),
      raw_bytes_(metrics.recorder_bytes.at(RecordedAs::raw)),
      compressed_bytes_(metrics.recorder_bytes.at(RecordedAs::compressed)),
      lost_(metrics.recorder_lost.at()),
      failures_(metrics.recorder_write_failures.at()),
      removed_(metrics.retention_removed.at(telemetry::label::RetentionKind::recordings)),
      files_(metrics.recorder_files.at()),
      disk_bytes_(metrics.recorder_disk_bytes.at()) {}

void Recorder::step(base::Now now) {
  drain(now);
  const bool due = writer_.records() != 0 && now.mono - block_began_ >= kBlockAge;
  if (due || !block_.empty()) flush(now);
  if (file_ && now.mono - file_began_ >= settings_.file_age) end_file(now);
  observe(now);
}

void Recorder::finish(base::Now now) {
  retry_at_ = {};  // there is no later
  do {
    drain(now);
  } while (flush(now) && (writer_.records() != 0 || ring_.front() != nullptr));
  give_up();
  if (file_) end_file(now);
  observe(now);
}

void Recorder::give_up() {
  lost_.add(block_records_ + records_);
  for (; const FrameRing::Entry* entry = ring_.front(); ring_.pop()) {
    // What the ring lost is counted by it.
    if (!entry->name && entry->record.kind != Record::Kind::lost) lost_.inc();
  }
}

void Recorder::drain(base::Now now) {
  while (const FrameRing::Entry* entry = ring_.front()) {
    if (writer_.raw_bytes() >= kBlockBytes && !flush(now)) return;
    take(*entry, now);
    ring_.pop();
  }
}

void Recorder::take(const FrameRing::Entry& entry, base::Now now) {
  Record record = entry.record;
  if (entry.name) {
    if (names_.size() <= record.stream) names_.resize(record.stream + 1);
    names_[record.stream] = *entry.name;
    return;
  }
  // Nothing came before the first loss, of which it would have the time.
  if (record.kind == Record::Kind::lost && record.at.wall == base::WallTime{}) record.at = now;
  if (writer_.records() == 0) block_began_ = record.at.mono;
  if (record.kind == Record::Kind::lost) {
    writer_.add(record, {});
    return;
  }
  ++records_;
  if (record.kind == Record::Kind::frame) ++frames_;
  if (record.kind != Record::Kind::closed) text_bytes_ += record.text.size();
  writer_.add(record, names_[record.stream]);
}

bool Recorder::flush(base::Now now) {
  if (block_.empty() && writer_.records() != 0) {
    block_records_ = std::exchange(records_, 0);
    block_frames_ = std::exchange(frames_, 0);
    block_text_bytes_ = std::exchange(text_bytes_, 0);
    if (const auto made = writer_.finish(block_); !made) {
      lost_.add(std::exchange(block_records_, 0));
      failed(now, made.error().message);
      return true;
    }
  }
  if (block_.empty()) return true;
  if (now.mono < retry_at_) return false;
  if (const auto done = write_block(now); !done) {
    // What a disk that failed once holds of this file is unsure: the block goes into another.
    if (file_) folder_.abandon(std::move(file_), file_bytes_);
    failed(now, done.error().message);
    return false;
  }
  written();
  if (file_bytes_ >= settings_.file_bytes) end_file(now);
  return true;
}

DiskResult<void> Recorder::write_block(base::Now now) {
  if (!file_) {
    if (auto ok = begin_file(now); !ok) return ok;
  }
  std::string head;
  if (file_bytes_ == 0)
    append_file_head({.instance = settings_.instance, .created = now.wall}, head);
  const std::uint64_t bytes = head.size() + block_.size();
  if (auto ok = folder_.trim(settings_.total_bytes, bytes, now.wall - settings_.keep); !ok)
    return ok;
  if (auto ok = runtime::write_all(*file_, file_bytes_, head); !ok) return ok;
  if (auto ok = runtime::write_all(*file_, file_bytes_ + head.size(), block_); !ok) return ok;
  file_bytes_ += bytes;
  folder_.grown_to(file_bytes_);
  compressed_bytes_.add(bytes);
  return {};
}

DiskResult<void> Recorder::begin_file(base::Now now) {
  if (auto ok = folder_.open(); !ok) return ok;
  auto file = folder_.begin(now.wall);
  if (!file) return std::unexpected(file.error());
  file_ = std::move(*file);
  file_bytes_ = 0;
  file_began_ = now.mono;
  return {};
}

void Recorder::written() {
  block_.clear();
  block_records_ = 0;
  frames_written_.add(std::exchange(block_frames_, 0));
  raw_bytes_.add(std::exchange(block_text_bytes_, 0));
  retry_after_ = kRetryFirst;
}

// A recording that cannot be synced or renamed keeps what it has, and another is begun.
void Recorder::end_file(base::Now now) {
  const auto synced = file_->sync();
  file_.reset();
  if (!synced) return failed(now, synced.error().message);
  if (const auto done = folder_.finish(); !done) failed(now, done.error().message);
}

void Recorder::failed(base::Now now, const std::string& why) {
  failures_.inc();
  log_.error("store", "recording failed",
             {{"why", why}, {"again_in_seconds", base::seconds(retry_after_)}});
  retry_at_ = now.mono + retry_after_;
  retry_after_ = std::min(2 * retry_after_, kRetryMax);
}

void Recorder::observe(base::Now now) {
  if (const auto lost = losses_.observe(ring_.lost(), now.mono, lost_))
    log_.warning("store", "the recorder is behind, records were lost", {{"lost", *lost}});
  if (!folder_.is_open()) return;
  const std::uint64_t removed = folder_.trimmed();
  removed_.add(removed - std::exchange(removed_seen_, removed));
  files_.set(static_cast<double>(folder_.files()));
  disk_bytes_.set(static_cast<double>(folder_.bytes()));
}

}  // namespace tickwitness::store
