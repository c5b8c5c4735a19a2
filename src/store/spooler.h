// Puts what the core role hands over into the spool, and hands it on to the store from there.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "runtime/clock.h"
#include "runtime/disk.h"
#include "runtime/log.h"
#include "store/accepted.h"
#include "store/batch/batch_format.h"
#include "store/batch/sink.h"
#include "store/record_ring.h"
#include "store/ring_losses.h"
#include "store/spool/reader.h"
#include "store/spool/spool.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::store {

// Records for a store, whole batches.
struct Load {
  std::vector<std::string> batches;  // as batch_format.h has them, in their order
  Cursor upto;                       // where the store stands when it has them
  bool last = false;                 // there is nothing in it, and nothing will come any more
};

// On one thread.
class Spooler {
 public:
  using OpenDisk = std::function<runtime::DiskResult<std::unique_ptr<runtime::Disk>>()>;
  static constexpr std::size_t kBatchTicks = 1024;
  static constexpr std::size_t kBatchBytes = std::size_t{64} << 10;
  static constexpr std::size_t kLoadBytes = std::size_t{256} << 10;
  static constexpr base::Duration kRetryFirst = std::chrono::milliseconds(100);
  static constexpr base::Duration kRetryMax = std::chrono::seconds(10);

  using Market = std::pair<market::Venue, market::Symbol>;

  // All references outlive it. `drawn` names the spool if there is none yet.
  Spooler(const spool::SpoolSettings& settings, RecordRing& ring, const runtime::Clock& clock,
          telemetry::Catalog& metrics, runtime::Log& log, OpenDisk open_disk, std::uint64_t drawn);

  // Opens the spool and reads what was accepted before, so that the counters of it go on where they
  // were; step() does so too, if it was not done or failed. To be called before anybody can see
  // those counters: without it they would seem to fall. False: it cannot be opened now; the log
  // says why.
  bool recover(base::Now now);
  // The last attempt to write failed: nothing is accepted until one succeeds. Any thread.
  bool refuses() const { return refuses_.load(std::memory_order_relaxed); }
  // What was ever accepted, by this process or an earlier one.
  const Accepted& accepted() const { return accepted_; }
  // False: the spool is damaged where that was to be read.
  bool past_is_whole() const { return past_is_whole_; }
  // Markets whose trades are followed: they are counted from 0 on.
  void expect(const std::vector<Market>& markets);

  // Every 10 ms or so: what waits in the ring becomes durable, as one record if it fits. Blocks as
  // long as the disk does.
  void step(base::Now now);
  // Nothing is to come any more: takes in what is left. What cannot be written now is lost.
  void finish(base::Now now);

  // Calls `on_load` with what follows `after`, now or in the step in which there is something. One
  // call at a time. `after` of another spool, or none: from the oldest record.
  void ask(Cursor after, std::function<void(Load)> on_load);
  // The store has everything up to this.
  void stored(Cursor upto);

 private:
  bool open(base::Now now);
  void tell_recovery();
  telemetry::Counter counter_of(market::Venue venue, const market::Symbol& symbol) const;
  void count_accepted();
  void take_in();
  bool flush(base::Now now);
  void answer();
  Load load();
  runtime::DiskResult<spool::Lsn> append(base::Now now);
  void tell_lost(const spool::LostRecords& lost);
  void failed(base::Now now, const std::string& why);
  void works();
  void observe(base::Now now);

  spool::SpoolSettings settings_;
  RecordRing& ring_;
  const runtime::Clock& clock_;
  runtime::Log& log_;
  OpenDisk open_disk_;
  std::uint64_t drawn_;

  std::unique_ptr<runtime::Disk> disk_;
  std::optional<spool::Spool> spool_;  // nothing: it could not be opened yet
  std::optional<spool::Reader> reader_;
  spool::Lsn read_upto_ = 0;  // of reader_
  spool::Lsn told_upto_ = 0;  // of records that are lost
  BatchWriter batch_;         // what was taken out of the ring and is not accepted yet
  Accepted accepted_;
  bool past_is_whole_ = false;  // nor is it before it was read
  struct Counted {
    telemetry::Counter counter;
    std::uint64_t told = 0;
  };
  std::vector<Counted> counted_;  // as accepted_.markets()
  std::uint64_t ticks_told_ = 0;
  std::vector<Market> expected_;
  bool finished_ = false;
  std::atomic<bool> refuses_{false};

  Cursor asked_after_;
  std::function<void(Load)> on_load_;  // null: nobody waits
  bool asked_ = false;
  std::optional<base::WallTime> oldest_;  // receipt of the oldest tick that the store has not

  base::Instant retry_at_{};
  base::Duration retry_after_ = kRetryFirst;
  RingLosses losses_;
  std::uint64_t abandoned_seen_ = 0;

  telemetry::Catalog& metrics_;
  std::optional<telemetry::Counter> ticks_;  // once it is known how many there were before
  telemetry::Counter lost_, failures_, damage_, torn_bytes_, batches_failed_;
  telemetry::Histogram sync_seconds_;
  telemetry::Gauge disk_bytes_, lag_, buffer_depth_;
};

}  // namespace tickwitness::store
