// Takes what the feed put into the ring and writes it to recordings, with a limit on what they take
// of the disk. Whatever the disk does, the feed is not held up: while nothing can be written the
// ring fills, and what it then loses is counted and marked.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "runtime/disk.h"
#include "runtime/log.h"
#include "store/frame_ring.h"
#include "store/recording_folder.h"
#include "store/recording_format.h"
#include "store/ring_losses.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::store {

struct RecorderSettings {
  std::string instance;                                 // written into every recording
  std::uint64_t file_bytes = std::uint64_t{64} << 20;   // then a new one is begun
  base::Duration file_age = std::chrono::hours(1);      // the same
  std::uint64_t total_bytes = std::uint64_t{10} << 30;  // of all; then the oldest goes
  base::Duration keep = std::chrono::days(7);           // since it was begun; then it goes
};

// On one thread, the ring's consumer.
class Recorder {
 public:
  static constexpr std::size_t kBlockBytes = std::size_t{256} << 10;
  // What is received is on the disk after this, at the latest, when all is well.
  static constexpr base::Duration kBlockAge = std::chrono::seconds(1);
  static constexpr base::Duration kRetryFirst = std::chrono::seconds(1);
  static constexpr base::Duration kRetryMax = std::chrono::seconds(60);

  // All references outlive it.
  Recorder(RecorderSettings settings, FrameRing& ring, telemetry::Catalog& metrics,
           runtime::Log& log, RecordingFolder::OpenDisk open_disk);

  // Some times a second. Blocks for as long as the disk does.
  void step(base::Now now);
  // Writes what is left and finishes the recording; what cannot be written now is lost. Nothing is
  // to come any more.
  void finish(base::Now now);

 private:
  void drain(base::Now now);
  void take(const FrameRing::Entry& entry, base::Now now);
  // True when no whole block waits any more.
  bool flush(base::Now now);
  runtime::DiskResult<void> write_block(base::Now now);
  runtime::DiskResult<void> begin_file(base::Now now);
  void end_file(base::Now now);
  void failed(base::Now now, const std::string& why);
  void written();
  void give_up();
  void observe(base::Now now);

  RecorderSettings settings_;
  FrameRing& ring_;
  runtime::Log& log_;
  RecordingFolder folder_;
  std::vector<StreamName> names_;  // by stream

  BlockWriter writer_;  // the block that is being filled
  base::Instant block_began_{};
  std::uint64_t records_ = 0, frames_ = 0, text_bytes_ = 0;  // in it, without marks of loss

  std::unique_ptr<runtime::DiskFile> file_;  // null: none was begun yet, or it failed
  std::uint64_t file_bytes_ = 0;
  base::Instant file_began_{};

  std::string block_;  // that is to be written
  std::uint64_t block_records_ = 0, block_frames_ = 0, block_text_bytes_ = 0;
  base::Instant retry_at_{};
  base::Duration retry_after_ = kRetryFirst;
  RingLosses losses_;
  std::uint64_t removed_seen_ = 0;

  telemetry::Counter frames_written_, raw_bytes_, compressed_bytes_, lost_, failures_, removed_;
  telemetry::Gauge files_, disk_bytes_;
};

}  // namespace tickwitness::store
