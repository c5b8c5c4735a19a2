#include "store/spooler.h"

#include <algorithm>
#include <utility>

#include "base/planted.h"
#include "store/recollect.h"

namespace tickwitness::store {
namespace {

std::optional<base::WallTime> first_received(std::string_view batch) {
  auto reader = BatchReader::open(batch);
  if (!reader) return std::nullopt;
  for (;;) {
    const auto record = reader->next();
    if (!record || !*record) return std::nullopt;
    if (const auto* tick = std::get_if<pipeline::Tick>(&**record)) return tick->received.wall;
  }
}

}  // namespace

Spooler::Spooler(const spool::SpoolSettings& settings, RecordRing& ring,
                 const runtime::Clock& clock, telemetry::Catalog& metrics, runtime::Log& log,
                 OpenDisk open_disk, std::uint64_t drawn)
    : settings_(settings),
      ring_(ring),
      clock_(clock),
      log_(log),
      open_disk_(std::move(open_disk)),
      drawn_(drawn),
      metrics_(metrics),
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
  for (RecordRing::Item item; ring_.try_pop(item);) lost_.inc();
  finished_ = true;
  answer();
  observe(now);
}

// A full batch takes nothing more: what the ring then loses is counted there.
void Spooler::take_in() {
  for (RecordRing::Item item; batch_.ticks() < kBatchTicks && batch_.bytes().size() < kBatchBytes &&
                              ring_.try_pop(item);) {
    if (const auto* tick = std::get_if<pipeline::Tick>(&item)) {
      batch_.add(*tick);
    } else {
      batch_.add(*std::get<1>(item));
    }
  }
}

// True when nothing waits any more but what is in the ring.
bool Spooler::flush(base::Now now) {
  if (spool_ && batch_.empty()) return true;
  if (now.mono < retry_at_ || !open(now)) return false;
  if (batch_.empty()) return true;
  const auto accepted = append(now);
  if (!accepted && !base::planted(base::PlantedBug::accepted_before_sync)) {
    failed(now, accepted.error().message);
    return false;
  }
  // Read as a later start will read it: what it counts is what that one will count.
  accepted_.add_batch(batch_.bytes());
  count_accepted();
  batch_.clear();
  retry_after_ = kRetryFirst;
  works();
  return true;
}

telemetry::Counter Spooler::counter_of(market::Venue venue, const market::Symbol& symbol) const {
  return metrics_.trades_accepted.at(static_cast<telemetry::label::Exchange>(venue),
                                     telemetry::label::Symbol{symbol.str()});
}

void Spooler::count_accepted() {
  const auto& markets = accepted_.markets();
  for (std::size_t i = 0; i < markets.size(); ++i) {
    if (i == counted_.size())
      counted_.push_back({.counter = counter_of(markets[i].venue, markets[i].symbol)});
    const std::uint64_t told = std::exchange(counted_[i].told, markets[i].trades);
    if (markets[i].trades != told) counted_[i].counter.add(markets[i].trades - told);
  }
  if (!ticks_) ticks_ = metrics_.spool_ticks.at();
  ticks_->add(accepted_.ticks() - std::exchange(ticks_told_, accepted_.ticks()));
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
  auto past = recollect(*spool_);
  if (!past) {
    spool_.reset();
    failed(now, past.error().message);
    return false;
  }
  accepted_ = std::move(past->accepted);
  past_is_whole_ = past->whole;
  spool_->set_preface([this] { return accepted_.checkpoint(); });
  works();
  tell_recovery();
  count_accepted();
  expect(expected_);
  return true;
}

bool Spooler::recover(base::Now now) {
  return open(now);
}

void Spooler::expect(const std::vector<Market>& markets) {
  expected_ = markets;
  if (!spool_) return;
  for (const auto& [venue, symbol] : markets) counter_of(venue, symbol);
}

void Spooler::tell_recovery() {
  const auto& found = spool_->recovery();
  torn_bytes_.add(found.torn_bytes);
  damage_.add(found.damaged.size());
  log_.info("store", "spool opened",
            {{"segments", found.segments}, {"last", found.last}, {"torn_bytes", found.torn_bytes}});
  if (!past_is_whole_) {
    damage_.inc();
    log_.error(
        "store",
        "what was accepted before is not all known any more: counters of it may have fallen, "
        "and trades that were missing are not all asked for");
  }
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
  spool::Lsn after = asked_after_.spool == spool_->id() ? asked_after_.lsn : 0;
  if (after > spool_->last()) {
    log_.error("store",
               "the database has more than the spool ever had: one of them was restored from a "
               "backup; all that the spool has is stored again, each trade once",
               {{"database", after}, {"spool", spool_->last()}});
    after = 0;
  }
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
    if (Accepted::is_checkpoint(read->record->payload)) continue;  // the store has it all
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
  refuses_ = true;
  log_.error("store", "the spool takes nothing now",
             {{"why", why}, {"again_in_seconds", base::seconds(retry_after_)}});
  retry_at_ = now.mono + retry_after_;
  retry_after_ = std::min(2 * retry_after_, kRetryMax);
}

void Spooler::works() {
  if (refuses_.exchange(false, std::memory_order_relaxed))
    log_.info("store", "the spool takes records again");
}

void Spooler::observe(base::Now now) {
  if (const auto lost = losses_.observe(ring_.lost(), now.mono, lost_))
    log_.error("store", "the spool is behind, ticks were lost", {{"lost", *lost}});
  buffer_depth_.set(static_cast<double>(ring_.size() + batch_.ticks()));
  if (asked_) {
    const auto age = oldest_ ? now.wall - *oldest_ : base::Duration::zero();
    lag_.set(base::seconds(std::max(age, base::Duration::zero())));
  }
  if (spool_) disk_bytes_.set(static_cast<double>(spool_->bytes()));
}

}  // namespace tickwitness::store
