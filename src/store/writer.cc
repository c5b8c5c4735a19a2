#include "store/writer.h"

#include <algorithm>
#include <utility>

#include "base/planted.h"

namespace tickwitness::store {

using telemetry::label::StoreResult;

Writer::Writer(runtime::Executor& executor, Sink& sink, Source source, telemetry::Catalog& metrics,
               runtime::Log& log)
    : executor_(executor),
      sink_(sink),
      source_(std::move(source)),
      log_(log),
      timer_(executor.make_timer()),
      inserted_(metrics.store_ticks.at(StoreResult::inserted)),
      duplicates_(metrics.store_ticks.at(StoreResult::duplicate)),
      conflicts_(metrics.store_ticks.at(StoreResult::conflict)),
      refused_(metrics.store_ticks.at(StoreResult::refused)),
      flushed_(metrics.batches_flushed.at()),
      retries_(metrics.batch_retries.at()),
      batches_failed_(metrics.batches_failed.at()),
      failures_(metrics.store_failures.at()),
      insert_seconds_(metrics.batch_insert_duration_seconds.at()),
      forgotten_(metrics.retention_removed.at(telemetry::label::RetentionKind::quotes)),
      connected_(metrics.store_connected.at()),
      disk_bytes_(metrics.store_disk_bytes.at()) {}

void Writer::start() {
  open();
}

void Writer::open() {
  waiting_ = false;
  if (failed_load_) retries_.inc();
  const auto cursor = sink_.open();
  if (!cursor) return failed(cursor.error());
  cursor_ = *cursor;
  connected_.set(1);
  if (const auto saved = sink_.saved(); saved != told_saved_) {
    told_saved_ = saved;
    if (saved)
      log_.info("store", "saved the tables of an earlier version, then changed them",
                {{"to", *saved}});
  }
  ask();
}

void Writer::ask() {
  source_.ask(cursor_, [this](const Load& load) { take(load); });
}

void Writer::take(const Load& load) {
  if (load.last) return ended();
  if (load.upto.spool != cursor_.spool) {
    const auto own = sink_.cursor(load.upto.spool);
    if (!own) return failed(own.error());
    cursor_ = *own;
    if (cursor_.lsn > 0) return ask();
  }
  decode(load);
  const base::Instant before = executor_.clock().now().mono;
  const auto stored = sink_.store(ticks_, gaps_, load.upto);
  if (!stored && !base::planted(base::PlantedBug::commit_believed)) {
    failed_load_ = true;
    return failed(stored.error());
  }
  insert_seconds_.observe(executor_.clock().now().mono - before);
  failed_load_ = false;
  retry_after_ = kRetryFirst;
  cursor_ = load.upto;
  if (stored) count(*stored);
  source_.stored(cursor_);
  if (const auto done = look_after(); !done) return failed(done.error());
  if (!measure()) return open();
  ask();
}

// Here, where nobody has been asked for the next load: after an error the store is opened anew.
SinkResult<void> Writer::look_after() {
  const base::Now now = executor_.clock().now();
  if (now.mono < look_after_at_) return {};
  look_after_at_ = now.mono + kForgetEvery;
  if (keep_quotes_) {
    const auto gone = sink_.forget_quotes(now.wall - *keep_quotes_, kForgetAtMost);
    if (!gone) return std::unexpected(gone.error());
    forgotten_.add(*gone);
    if (*gone == kForgetAtMost) look_after_at_ = now.mono + kForgetNext;
  }
  return {};
}

// False: the store is to be opened anew, as after any error; that a size is not known does no harm.
bool Writer::measure() {
  const base::Instant now = executor_.clock().now().mono;
  if (now < measure_at_) return true;
  const auto bytes = sink_.disk_bytes();
  measure_at_ = now + (bytes ? kForgetEvery : kMeasureAgain);
  if (bytes && *bytes) disk_bytes_.set(static_cast<double>(**bytes));
  if (bytes) return true;
  disk_bytes_.clear();
  log_.warning("store", "the size of the database cannot be read",
               {{"why", bytes.error().message}});
  return false;
}

// A batch that makes no sense is passed over: it would hold up what comes after it for ever.
void Writer::decode(const Load& load) {
  ticks_.clear();
  gaps_.clear();
  for (const auto& batch : load.batches) {
    auto reader = BatchReader::open(batch);
    base::Result<std::optional<pipeline::Record>> record =
        reader ? reader->next() : std::unexpected(reader.error());
    for (; record && *record; record = reader->next()) {
      if (auto* tick = std::get_if<pipeline::Tick>(&**record)) {
        ticks_.push_back(*tick);
      } else {
        gaps_.push_back(std::get<pipeline::GapEntry>(std::move(**record)));
      }
    }
    if (record) continue;
    batches_failed_.inc();
    log_.error("store", "a batch of the spool cannot be read", {{"why", record.error().message}});
  }
}

void Writer::count(const Stored& stored) {
  flushed_.inc();
  inserted_.add(stored.inserted);
  duplicates_.add(stored.duplicates);
  refused_.add(stored.refused);
  conflicts_.add(stored.conflicts.size());
  for (const auto& conflict : stored.conflicts) {
    const auto& trade = std::get<market::Trade>(conflict.tick.event);
    log_.error("store", "a trade has the id of another one; the store keeps what it has",
               {{"exchange", to_string(conflict.tick.venue)},
                {"symbol", trade.symbol.str()},
                {"id", trade.id},
                {"stored", conflict.stored}});
  }
}

void Writer::failed(const SinkError& error) {
  failures_.inc();
  connected_.set(0);
  log_.error("store", error.passing ? "the store does not answer" : "the store cannot be used",
             {{"why", error.message}, {"again_in_seconds", base::seconds(retry_after_)}});
  if (on_finished_) return ended();
  waiting_ = true;
  timer_->arm(executor_.clock().now().mono + retry_after_, [this] { open(); });
  retry_after_ = std::min(2 * retry_after_, kRetryMax);
}

void Writer::finish(std::function<void()> on_finished) {
  on_finished_ = std::move(on_finished);
  if (waiting_ || ended_) ended();
}

// What the store does not have stays in the spool, for the next start.
void Writer::ended() {
  ended_ = true;
  timer_->cancel();
  if (on_finished_) std::exchange(on_finished_, nullptr)();
}

}  // namespace tickwitness::store
