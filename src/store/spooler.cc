#include "store/spooler.h"

#include <algorithm>
#include <utility>

namespace tickwitness::store {
namespace {

constexpr base::Duration kTellLostEvery = std::chrono::seconds(10);

std::optional<base::WallTime> first_received(std::string_view batch) {
  auto reader = BatchReader::open(batch);
  if (!reader) return std::nullopt;
  const auto tick = reader->next();
  if (!tick || !*tick) return std::nullopt;
  return (*tick)->received.wall;
}

}  // namespace

Spooler::Spooler(const spool::SpoolSettings& settings, TickRing& ring, const runtime::Clock& clock,
                 telemetry::Catalog& metrics, runtime::Log& log, OpenDisk open_disk,
                 std::uint64_t drawn)
    : settings_(settings),
      ring_(ring),
      clock_(clock),
      log_(log),
      open_disk_(std::move(open_disk)),
      drawn_(drawn),
      ticks_(metrics.spool_ticks.at()),
      lost_(metrics.spool_ticks_lost.at()),
      failures_(metrics.spool_write_failures.at()),
      damage_(metrics.spool_damage.at()),
      torn_bytes_(metrics.spool_torn_bytes.at()),
      batches_failed_(metrics.batches_failed.at()),
      sync_seconds_(metrics.spool_sync_duration_seconds.at()),
      disk_bytes_(metrics.spool_disk_bytes.at()),
      lag_(metrics.store_lag_seconds.at()),
      buffer_depth_(metrics.batch_buffer_depth.at()) {}

void Spooler::step(base::Now now) {
  do {
    take_in();
  } while (flush(now) && ring_.size() > 0);
  answer();
  observe(now);
}

void Spooler::finish(base::Now now) {
  retry_at_ = {};  // there is no later
  step(now);
  lost_.add(batch_.ticks());
  batch_.clear();
  for (pipeline::Tick tick; ring_.try_pop(tick);) lost_.inc();
  finished_ = true;
  answer();
  observe(now);
}

// A full batch takes nothing more: what the ring then loses is counted there.
void Spooler::take_in() {
  for (pipeline::Tick tick; batch_.ticks() < kBatchTicks && batch_.bytes().size() < kBatchBytes &&
                            ring_.try_pop(tick);) {
    batch_.add(tick);
  }
}

// True when nothing waits any more but what is in the ring.
bool Spooler::flush(base::Now now) {
  if (spool_ && batch_.ticks() == 0) return true;
  if (now.mono < retry_at_ || !open(now)) return false;
  if (batch_.ticks() == 0) return true;
  const auto accepted = append(now);
  if (!accepted) {
    failed(now, accepted.error().message);
    return false;
  }
  ticks_.add(batch_.ticks());
  batch_.clear();
  retry_after_ = kRetryFirst;
  return true;
}

runtime::DiskResult<spool::Lsn> Spooler::append(base::Now now) {
  const base::Instant before = clock_.now().mono;
  auto accepted = spool_->append(batch_.bytes(), now.wall);
  if (!accepted) return accepted;
  sync_seconds_.observe(clock_.now().mono - before);
  const std::uint64_t abandoned = spool_->abandoned();
  if (const auto since = abandoned - std::exchange(abandoned_seen_, abandoned); since > 0) {
    failures_.add(since);
    log_.error("store", "a write to the spool failed; the record went into another segment",
               {{"segments", since}});
  }
  return accepted;
}

bool Spooler::open(base::Now now) {
  if (spool_) return true;
  auto disk = open_disk_();
  if (!disk) {
    failed(now, disk.error().message);
    return false;
  }
  disk_ = std::move(*disk);
  auto spool = spool::Spool::open(*disk_, settings_, drawn_);
  if (!spool) {
    failed(now, spool.error().message);
    return false;
  }
  spool_.emplace(std::move(*spool));
  tell_recovery();
  return true;
}

void Spooler::tell_recovery() {
  const auto& found = spool_->recovery();
  torn_bytes_.add(found.torn_bytes);
  damage_.add(found.damaged.size());
  log_.info("store", "spool opened",
            {{"segments", found.segments}, {"last", found.last}, {"torn_bytes", found.torn_bytes}});
  for (const auto& name : found.damaged) {
    log_.error("store", "a segment of the spool has no head any more; what it held is lost here",
               {{"segment", name}, {"kept_as", name + ".damaged"}});
  }
}

void Spooler::ask(Cursor after, std::function<void(Load)> on_load) {
  asked_after_ = after;
  on_load_ = std::move(on_load);
  answer();
}

void Spooler::stored(Cursor upto) {
  oldest_.reset();
  if (!spool_ || upto.spool != spool_->id()) return;
  if (const auto done = spool_->retire(upto.lsn); !done) {
    failures_.inc();
    log_.error("store", "segments of the spool cannot be removed", {{"why", done.error().message}});
  }
}

void Spooler::answer() {
  if (!on_load_) return;
  if (!spool_ && !finished_) return;
  Load load;
  if (spool_) load = this->load();
  load.last = finished_ && load.batches.empty();
  if (load.batches.empty() && !finished_) return;
  std::exchange(on_load_, nullptr)(std::move(load));
}

// Bounded; empty where nothing follows or the disk cannot be read now.
Load Spooler::load() {
  const spool::Lsn after = asked_after_.spool == spool_->id() ? asked_after_.lsn : 0;
  if (!reader_ || after != read_upto_) reader_.emplace(*spool_, after);
  Load load{.upto = asked_after_};
  read_upto_ = after;
  for (std::size_t bytes = 0; bytes < kLoadBytes;) {
    const auto read = reader_->next();
    if (!read) {
      failures_.inc();
      log_.error("store", "the spool cannot be read", {{"why", read.error().message}});
      break;
    }
    if (read->lost) tell_lost(*read->lost);
    if (!read->record) break;
    if (load.batches.empty()) oldest_ = first_received(read->record->payload);
    load.batches.emplace_back(read->record->payload);
    load.upto = {.spool = spool_->id(), .lsn = read->record->lsn};
    read_upto_ = read->record->lsn;
    bytes += read->record->payload.size();
  }
  asked_ = true;
  return load;
}

void Spooler::tell_lost(const spool::LostRecords& lost) {
  if (lost.last <= told_upto_) return;
  told_upto_ = lost.last;
  damage_.inc();
  batches_failed_.inc();
  log_.error("store", "accepted records of the spool cannot be read any more",
             {{"segment", lost.segment}, {"first", lost.first}, {"last", lost.last}});
}

void Spooler::failed(base::Now now, const std::string& why) {
  failures_.inc();
  log_.error(
      "store", "the spool takes nothing now",
      {{"why", why}, {"again_in_seconds", std::chrono::duration<double>(retry_after_).count()}});
  retry_at_ = now.mono + retry_after_;
  retry_after_ = std::min(2 * retry_after_, kRetryMax);
}

void Spooler::observe(base::Now now) {
  const std::uint64_t lost = ring_.lost();
  lost_.add(lost - std::exchange(lost_seen_, lost));
  if (lost != lost_told_ && now.mono >= tell_lost_at_) {
    log_.error("store", "the spool is behind, ticks were lost",
               {{"lost", lost - std::exchange(lost_told_, lost)}});
    tell_lost_at_ = now.mono + kTellLostEvery;
  }
  buffer_depth_.set(static_cast<double>(ring_.size() + batch_.ticks()));
  if (asked_) {
    const auto age = oldest_ ? now.wall - *oldest_ : base::Duration::zero();
    lag_.set(std::chrono::duration<double>(std::max(age, base::Duration::zero())).count());
  }
  if (spool_) disk_bytes_.set(static_cast<double>(spool_->bytes()));
}

}  // namespace tickwitness::store
