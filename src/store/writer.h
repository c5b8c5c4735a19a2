// Keeps a store up to date with the spool: what was accepted reaches it once, whatever it does.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/executor.h"
#include "runtime/log.h"
#include "store/batch/sink.h"
#include "store/spooler.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::store {

// On its executor's thread, where the store may block as long as it likes.
class Writer {
 public:
  static constexpr base::Duration kRetryFirst = std::chrono::milliseconds(250);
  static constexpr base::Duration kRetryMax = std::chrono::seconds(30);

  // The spooler, on whatever thread it is: `ask` answers on the writer's thread.
  struct Source {
    std::function<void(Cursor after, std::function<void(Load)> on_load)> ask;
    std::function<void(Cursor upto)> stored;
  };

  // The store is looked after so often; of the quotes that are too old so many go at a time, and
  // while there are more the next ones go soon.
  static constexpr base::Duration kForgetEvery = std::chrono::seconds(60);
  static constexpr base::Duration kForgetNext = std::chrono::milliseconds(100);
  static constexpr std::uint64_t kForgetAtMost = 1000;
  // Its size is asked as often as it is looked after; after an error not so soon.
  static constexpr base::Duration kMeasureAgain = std::chrono::hours(1);

  // All references outlive it.
  Writer(runtime::Executor& executor, Sink& sink, Source source, telemetry::Catalog& metrics,
         runtime::Log& log);

  // Quotes that were received longer ago are removed, in small steps between what is stored.
  // Without this all are kept. Before start().
  void keep_quotes(base::Duration length) { keep_quotes_ = length; }

  void start();
  // The spooler is finished: calls back when the store has everything, or does not answer.
  void finish(std::function<void()> on_finished);

 private:
  void open();
  void ask();
  void take(const Load& load);
  void decode(const Load& load);
  void count(const Stored& stored);
  SinkResult<void> look_after();
  bool measure();
  void failed(const SinkError& error);
  void ended();

  runtime::Executor& executor_;
  Sink& sink_;
  Source source_;
  std::optional<base::Duration> keep_quotes_;
  runtime::Log& log_;
  std::unique_ptr<runtime::Timer> timer_;
  Cursor cursor_;
  std::vector<pipeline::Tick> ticks_;  // memory of take(), as the next
  std::vector<pipeline::GapEntry> gaps_;
  base::Duration retry_after_ = kRetryFirst;
  bool waiting_ = false;  // to try again
  bool ended_ = false;
  bool failed_load_ = false;
  std::optional<std::string> told_saved_;
  base::Instant look_after_at_{}, measure_at_{};
  std::function<void()> on_finished_;  // null: it is not to end yet

  telemetry::Counter inserted_, duplicates_, conflicts_, refused_;
  telemetry::Counter flushed_, retries_, batches_failed_, failures_;
  telemetry::Histogram insert_seconds_;
  telemetry::Counter forgotten_;
  telemetry::Gauge connected_, disk_bytes_;
};

}  // namespace tickwitness::store
