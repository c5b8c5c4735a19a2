#include "cache/signal_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json_write.h"

namespace tickwitness::cache {
namespace {

using telemetry::label::SignalResult;
using telemetry::label::SignalStream;

constexpr const char* kPage = "100";          // entries in one answer
constexpr const char* kRefusedKept = "1000";  // about so many are kept
constexpr std::size_t kRefusedBytesMax = 4096;

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
          Stream{.label = SignalStream::live, .name = "signals:live", .held = {}, .seen = {}}} {
  for (const Stream& stream : streams_) {
    for (const auto result : {SignalResult::valid, SignalResult::invalid})
      metrics.signals_received.at(stream.label, result);
  }
  client.on_ready([this] { begin(); });
  client.on_down([this](const std::string&) { timer_->cancel(); });
}

SignalReader::~SignalReader() = default;

void SignalReader::begin() {
  ++life_;
  timer_->cancel();
  for (Stream& stream : streams_) {
    stream.claimed = false;
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
                            "COUNT", kPage},
                  .on_outcome = [this, at, life = life_](base::Now, const Outcome& outcome) {
                    if (life != life_) return;
                    if (!outcome) return again("what is pending cannot be read", outcome.error());
                    const auto claimed = read_claimed(*outcome);
                    if (!claimed) return again("what is pending is not understood", {});
                    Stream& stream = streams_[at];
                    for (const StreamEntry& entry : claimed->entries)
                      take(stream, entry, stream.seen);
                    if (claimed->next != "0-0" && stream.seen.size() < settings_.pending_max)
                      return claim(at, claimed->next);
                    // What was held and is pending no more was acknowledged or removed by somebody.
                    stream.held = std::exchange(stream.seen, {});
                    stream.claimed = true;
                    show(stream);
                    claim(at + 1, "0-0");
                  }});
}

void SignalReader::read() {
  std::vector<std::string> words{
      "XREADGROUP",
      "GROUP",
      settings_.group,
      kConsumer,
      "COUNT",
      kPage,
      "BLOCK",
      std::to_string(std::chrono::round<std::chrono::milliseconds>(settings_.block).count()),
      "STREAMS"};
  const std::size_t fixed = words.size();
  for (const Stream& stream : streams_)
    if (stream.held.size() < settings_.pending_max) words.push_back(stream.name);
  const std::size_t wanted = words.size() - fixed;
  if (wanted == 0)
    return timer_->arm(executor_.clock().now().mono + settings_.retry_after, [this] { begin(); });
  words.insert(words.end(), wanted, ">");
  client_.submit({.words = std::move(words),
                  .on_outcome =
                      [this, life = life_](base::Now, const Outcome& outcome) {
                        if (life != life_) return;
                        if (!outcome) return again("signals cannot be read", outcome.error());
                        const auto streams = read_streams(*outcome);
                        if (!streams) return again("signals are not understood", {});
                        for (const auto& [name, entries] : *streams) {
                          const auto stream = std::ranges::find(streams_, name, &Stream::name);
                          if (stream == streams_.end()) continue;
                          for (const auto& entry : entries) take(*stream, entry, stream->held);
                          show(*stream);
                        }
                        read();
                      },
                  .patience = settings_.block + std::chrono::seconds(2),
                  .blocks = true});
}

void SignalReader::take(Stream& stream, const StreamEntry& entry, std::map<EntryId, bool>& into) {
  const auto signal = read_signal(entry.fields);
  const bool known = stream.held.contains(entry.id) || into.contains(entry.id);
  if (!known) {
    metrics_.signals_received.at(stream.label, signal ? SignalResult::valid : SignalResult::invalid)
        .inc();
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
  const bool lost = failed.why == Failure::lost || failed.why == Failure::timeout ||
                    failed.why == Failure::dropped;
  if (lost && !client_.ready()) return;
  log_.warning("cache", what, {{"why", failed.detail}});
  timer_->arm(executor_.clock().now().mono + settings_.retry_after, [this] { begin(); });
}

void SignalReader::show(const Stream& stream) const {
  const auto good = std::ranges::count_if(stream.held, [](const auto& one) { return one.second; });
  metrics_.signals_pending.at(stream.label).set(static_cast<double>(good));
}

}  // namespace tickwitness::cache
