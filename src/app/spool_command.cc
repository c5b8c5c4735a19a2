// tickwitness spool: what waits between the engine and its database, segment by segment.

#include <fmt/format.h>

#include <algorithm>

#include "app/commands.h"
#include "app/open_disk.h"
#include "app/say.h"
#include "base/json_write.h"
#include "runtime/posix_disk.h"
#include "store/accepted.h"
#include "store/batch/batch_format.h"
#include "store/spool/survey.h"

namespace tickwitness::app {
namespace {

// Of all batches together.
struct Ticks {
  std::uint64_t trades = 0, quotes = 0, candles = 0, gaps = 0;
  std::uint64_t unreadable = 0;  // batches and checkpoints that make no sense
};

void count(std::string_view batch, Ticks& ticks) {
  if (store::Accepted::is_checkpoint(batch)) {
    if (!store::Accepted::read(batch)) ++ticks.unreadable;
    return;
  }
  auto reader = store::BatchReader::open(batch);
  if (!reader) {
    ++ticks.unreadable;
    return;
  }
  for (;;) {
    const auto record = reader->next();
    if (!record) ++ticks.unreadable;
    if (!record || !*record) return;
    const auto* tick = std::get_if<pipeline::Tick>(&**record);
    if (tick == nullptr) {
      ++ticks.gaps;
      continue;
    }
    const auto& event = tick->event;
    if (std::holds_alternative<market::Trade>(event)) ++ticks.trades;
    if (std::holds_alternative<market::Quote>(event)) ++ticks.quotes;
    if (std::holds_alternative<market::Candle>(event)) ++ticks.candles;
  }
}

void print_json(const store::spool::Survey& all, const Ticks& ticks) {
  std::string line;
  base::JsonWriter json(line);
  json.begin_object().key("segments").begin_array();
  for (const auto& one : all.segments) {
    json.begin_object()
        .member("name", one.segment.name)
        .member("bytes", one.segment.bytes)
        .member("records", one.records)
        .member("first", one.segment.head.first)
        .member("last", one.last)
        .member("lost", one.lost)
        .member("behind_bytes", one.behind_bytes)
        .end_object();
  }
  json.end_array().key("damaged").begin_array();
  for (const auto& name : all.damaged) json.value(name);
  json.end_array()
      .member("trades", ticks.trades)
      .member("quotes", ticks.quotes)
      .member("candles", ticks.candles)
      .member("gaps", ticks.gaps)
      .member("unreadable", ticks.unreadable)
      .end_object();
  fmt::print("{}\n", line);
}

void print_table(const store::spool::Survey& all, const Ticks& ticks) {
  fmt::print("{:<22}  {:>12}  {:>9}  {:>12}  {}\n", "segment", "bytes", "records", "of payload",
             "damage");
  for (const auto& one : all.segments) {
    std::string damage = "none";
    if (one.lost > 0) damage = fmt::format("{} runs of records lost", one.lost);
    if (one.behind_bytes > 0)
      damage += fmt::format(", {} bytes behind the last record", one.behind_bytes);
    fmt::print("{:<22}  {:>12}  {:>9}  {:>12}  {}\n", one.segment.name, one.segment.bytes,
               one.records, one.payload_bytes, damage);
  }
  for (const auto& name : all.damaged)
    fmt::print("{:<22}  cannot be read: its head is gone\n", name);
  fmt::print("In them: {} trades, {} quotes, {} candles, {} entries of the gap ledger",
             ticks.trades, ticks.quotes, ticks.candles, ticks.gaps);
  if (ticks.unreadable > 0) fmt::print(", {} records that make no sense", ticks.unreadable);
  fmt::print(".\n");
}

}  // namespace

int spool_command(const SpoolOptions& options) {
  const std::string directory = options.data + "/spool";
  auto disk = runtime::PosixDisk::at(directory);
  if (!disk) {
    say("tickwitness spool: {}\n", disk.error().message);
    return kNoInput;
  }
  Ticks ticks;
  const auto all = store::spool::survey(
      *disk, [&](const store::spool::Record& record) { count(record.payload, ticks); });
  if (!all) {
    say("tickwitness spool: {}/{}\n", directory, all.error().message);
    return kIoError;
  }
  options.json ? print_json(*all, ticks) : print_table(*all, ticks);
  const bool lost =
      std::ranges::any_of(all->segments, [](const auto& one) { return one.lost > 0; });
  return lost || !all->damaged.empty() || ticks.unreadable > 0 ? kDataError : kOk;
}

}  // namespace tickwitness::app
