#include "cache/signal_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json_write.h"

namespace tickwitness::cache {
namespace {

using telemetry::label::SignalResult;
using telemetry::label::SignalStream;

constexpr std::size_t kPage = 50;             // entries of one stream in one answer
constexpr const char* kRefusedKept = "1000";  // about so many are kept
constexpr std::size_t kRefusedBytesMax = 4096;

static_assert(2 * kPage <= kAnswerEntriesMax);  // of both streams
// No signal is too long to be read.
constexpr RespLimits kLimits;
static_assert(kLimits.list_items_max >= 2 * kSignalFieldsMax);
static_assert(kLimits.list_bytes_max >= kSignalFieldsMax * (kSignalNameMax + kSignalValueMax));

std::string as_json(const StreamFields& fields) {
  std::string text;
  base::JsonWriter json(text);
  json.begin_object();
  for (const auto& [name, value] : fields) {
    if (text.size() + name.size() + value.size() > kRefusedBytesMax) break;
    json.member(name, std::string_view(value));
  }
  json.end_object();
  return text;
}

std::string too_long() {
  return fmt::format("longer than any signal, of at most {} fields with values of {} bytes",
                     kSignalFieldsMax, kSignalValueMax);
}

}  // namespace

SignalReader::SignalReader(SignalSettings settings, runtime::Executor& executor,
                           RedisClient& client, telemetry::Catalog& metrics, runtime::Log& log)
    : settings_(std::move(settings)),
      client_(client),
      metrics_(metrics),
      log_(log),
      executor_(executor),
      timer_(executor.make_timer()),
      streams_{
          Stream{.label = SignalStream::paper, .name = "signals:paper", .held = {}, .seen = {}},
          Stream{.label = SignalStream::live, .name = "signals:live", .held = {}, .seen = {}}},
      page_(kPage) {
  for (const Stream& stream : streams_) {
    for (const auto result : {SignalResult::valid, SignalResult::invalid, SignalResult::too_long})
      metrics.signals_received.at(stream.label, result);
  }
  client.on_ready([this] { begin(); });
  client.on_down([this](const std::string&) { timer_->cancel(); });
}

SignalReader::~SignalReader() = default;

void SignalReader::begin() {
  ++life_;
  timer_->cancel();
  look_again_at_.reset();
  for (Stream& stream : streams_) {
    // What a pass that broke off has seen is counted.
    stream.held.merge(stream.seen);
    stream.seen.clear();
  }
  create_group(0);
}

// Of a stream that is there from its beginning, else with the group: nothing is missed.
void SignalReader::create_group(std::size_t at) {
  if (at == streams_.size()) return claim(0, "0-0");
  client_.submit(
      {.words = {"XGROUP", "CREATE", streams_[at].name, settings_.group, "0", "MKSTREAM"},
       .on_outcome = [this, at, life = life_](base::Now, const Outcome& outcome) {
         if (life != life_) return;
         const bool there = outcome || outcome.error().detail.starts_with("BUSYGROUP");
         if (!there) return again("the group cannot be made", outcome.error());
         create_group(at + 1);
       }});
}

// What an earlier life of this engine had read and not acknowledged.
void SignalReader::claim(std::size_t at, const std::string& from) {
  if (at == streams_.size()) return read();
  client_.submit({.words = {"XAUTOCLAIM", streams_[at].name, settings_.group, kConsumer, "0", from,
                            "COUNT", std::to_string(page_)},
                  .on_outcome = [this, at, life = life_](base::Now, const Outcome& outcome) {
                    if (life != life_) return;
                    if (!outcome) return again("what is pending cannot be read", outcome.error());
                    const auto claimed = read_claimed(*outcome);
                    if (!claimed) return again("what is pending is not understood", {});
                    Stream& stream = streams_[at];
                    for (const StreamEntry& entry : claimed->entries)
                      take(stream, entry, stream.seen);
                    page_ = std::min(kPage, page_ + 1);
                    if (claimed->next != "0-0" && stream.seen.size() < settings_.pending_max)
                      return claim(at, claimed->next);
                    end_pass(stream, claimed->next);
                    claim(at + 1, "0-0");
                  }});
}

// What was held and is pending no more was acknowledged or removed by somebody. `next`: where a
// pass stopped that had seen enough; what lies behind is as it was.
void SignalReader::end_pass(Stream& stream, const std::string& next) {
  const auto stopped_at = next == "0-0" ? std::nullopt : EntryId::parse(next);
  stream.held.erase(stream.held.begin(),
                    stopped_at ? stream.held.lower_bound(*stopped_at) : stream.held.end());
  stream.held.merge(stream.seen);
  stream.seen.clear();
  show(stream);
}

// The names of those of which more may be read.
std::vector<std::string> SignalReader::streams_with_room() const {
  std::vector<std::string> names;
  for (const Stream& stream : streams_)
    if (stream.held.size() < settings_.pending_max) names.push_back(stream.name);
  return names;
}

void SignalReader::read() {
  const std::vector<std::string> streams = streams_with_room();
  if (streams.size() == streams_.size()) {
    look_again_at_.reset();
  } else {
    // Somebody may have made room. All that is pending is read to know: not often.
    const base::Instant now = executor_.clock().now().mono;
    if (!look_again_at_) look_again_at_ = now + settings_.look_again_after;
    if (*look_again_at_ <= now) return begin();
    if (streams.empty()) {
      warned_.clear();
      return timer_->arm(*look_again_at_, [this] { begin(); });
    }
  }
  std::vector<std::string> words{
      "XREADGROUP",
      "GROUP",
      settings_.group,
      kConsumer,
      "COUNT",
      std::to_string(page_),
      "BLOCK",
      std::to_string(std::chrono::round<std::chrono::milliseconds>(settings_.block).count()),
      "STREAMS"};
  words.insert(words.end(), streams.begin(), streams.end());
  words.insert(words.end(), streams.size(), ">");
  client_.submit({.words = std::move(words),
                  .on_outcome =
                      [this, life = life_](base::Now, const Outcome& outcome) {
                        if (life == life_) on_read(outcome);
                      },
                  .patience = settings_.block + std::chrono::seconds(2),
                  .blocks = true});
}

void SignalReader::on_read(const Outcome& outcome) {
  if (!outcome) return again("signals cannot be read", outcome.error());
  const auto streams = read_streams(*outcome);
  if (!streams) return again("signals are not understood", {});
  warned_.clear();
  page_ = std::min(kPage, page_ + 1);
  for (const auto& [name, entries] : *streams) {
    const auto stream = std::ranges::find(streams_, name, &Stream::name);
    if (stream == streams_.end()) continue;
    for (const auto& entry : entries) take(*stream, entry, stream->held);
    show(*stream);
  }
  read();
}

void SignalReader::take(Stream& stream, const StreamEntry& entry, std::map<EntryId, bool>& into) {
  const base::Result<Signal> signal =
      entry.too_long ? base::fail(too_long()) : read_signal(entry.fields);
  if (!stream.held.contains(entry.id) && !into.contains(entry.id)) {
    const auto result = signal           ? SignalResult::valid
                        : entry.too_long ? SignalResult::too_long
                                         : SignalResult::invalid;
    metrics_.signals_received.at(stream.label, result).inc();
  }
  into[entry.id] = signal.has_value();
  if (!signal) refuse(stream, entry, signal.error().message);
}

// Acknowledged only once it is written down.
void SignalReader::refuse(Stream& stream, const StreamEntry& entry, const std::string& problem) {
  client_.submit(
      {.words = {"XADD", kRefused, "MAXLEN", "~", kRefusedKept, "*", "stream", stream.name, "id",
                 entry.id.str(), "problem", problem, "fields", as_json(entry.fields)},
       .on_outcome = [this, &stream, id = entry.id, life = life_](base::Now,
                                                                  const Outcome& outcome) {
         // Else it stays pending, and is read again when the group is.
         if (outcome && life == life_) acknowledge(stream, id);
       }});
}

void SignalReader::acknowledge(Stream& stream, EntryId id) {
  client_.submit({.words = {"XACK", stream.name, settings_.group, id.str()},
                  .on_outcome = [&stream, id](base::Now, const Outcome& outcome) {
                    if (!outcome) return;
                    stream.held.erase(id);
                    stream.seen.erase(id);
                  }});
}

// With a lost connection the next one begins anew; after an error this one does.
void SignalReader::again(const std::string& what, const Failed& failed) {
  // A page that was too much for the line is asked for in smaller ones, which grow slowly.
  if (failed.why == Failure::timeout) page_ = std::max<std::size_t>(1, page_ / 2);
  const bool lost = failed.why == Failure::lost || failed.why == Failure::timeout ||
                    failed.why == Failure::dropped;
  if (lost && !client_.ready()) return;
  // Once, however often it is tried.
  const std::string warning = fmt::format("{}: {}", what, failed.detail);
  if (std::exchange(warned_, warning) != warning)
    log_.warning("cache", what, {{"why", failed.detail}});
  timer_->arm(executor_.clock().now().mono + settings_.retry_after, [this] { begin(); });
}

void SignalReader::show(const Stream& stream) const {
  const auto good = std::ranges::count_if(stream.held, [](const auto& one) { return one.second; });
  metrics_.signals_pending.at(stream.label).set(static_cast<double>(good));
}

}  // namespace tickwitness::cache
