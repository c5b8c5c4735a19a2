#include "cache/stream_follower.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tickwitness::cache {
namespace {

// Of TIME: seconds and microseconds.
std::optional<std::uint64_t> milliseconds_of(const Reply& reply) {
  if (reply.items.size() != 2) return std::nullopt;
  std::array<std::uint64_t, 2> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string& text = reply.items[i].text;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parts[i]);
    if (error != std::errc()) return std::nullopt;
  }
  return parts[0] * 1000 + parts[1] / 1000;
}

base::Duration age_of(EntryId id, std::uint64_t now_ms) {
  constexpr std::uint64_t kAgeMax = 366ULL * 24 * 3600 * 1000;
  const std::uint64_t age = now_ms > id.milliseconds ? now_ms - id.milliseconds : 0;
  return std::chrono::milliseconds(std::min(age, kAgeMax));
}

}  // namespace

StreamFollower::StreamFollower(FollowSettings settings, runtime::Executor& executor,
                               RedisClient& client, Events events)
    : settings_(std::move(settings)),
      executor_(executor),
      client_(client),
      events_(std::move(events)),
      timer_(executor.make_timer()),
      last_(settings_.streams.size()) {
  client.on_ready([this] { begin(); });
  client.on_down([this](const std::string& why) {
    timer_->cancel();
    if (events_.on_down) events_.on_down(why);
  });
}

StreamFollower::~StreamFollower() = default;

void StreamFollower::begin() {
  ++life_;
  timer_->cancel();
  client_.submit(
      {.words = {"TIME"}, .on_outcome = [this, life = life_](base::Now, const Outcome& outcome) {
         if (life != life_) return;
         if (!outcome) return again(outcome.error());
         const auto now = milliseconds_of(*outcome);
         if (!now) return again({.why = Failure::error, .detail = "TIME tells no time"});
         look_back(0, *now);
       }});
}

void StreamFollower::look_back(std::size_t at, std::uint64_t now_ms) {
  if (at == settings_.streams.size()) {
    if (events_.on_up) events_.on_up();
    return read();
  }
  client_.submit(
      {.words = {"XREVRANGE", settings_.streams[at], "+", "-", "COUNT",
                 std::to_string(settings_.backlog)},
       .on_outcome = [this, at, now_ms, life = life_](base::Now, const Outcome& outcome) {
         if (life != life_) return;
         if (!outcome) return again(outcome.error());
         auto entries = read_entries(*outcome);
         if (!entries)
           return again({.why = Failure::error, .detail = "entries are not understood"});
         take_backlog(at, now_ms, *std::move(entries));
         look_back(at + 1, now_ms);
       }});
}

void StreamFollower::take_backlog(std::size_t at, std::uint64_t now_ms,
                                  std::vector<StreamEntry> newest_first) {
  auto& last = last_[at];
  // Another stream of that name, which began anew: its entries are older by their numbers.
  if (last && !newest_first.empty() && newest_first.front().id < *last) last.reset();
  for (auto entry = newest_first.rbegin(); entry != newest_first.rend(); ++entry) {
    if (last && entry->id <= *last) continue;
    take(at, *entry, age_of(entry->id, now_ms));
  }
}

void StreamFollower::take(std::size_t at, const StreamEntry& entry, base::Duration age) {
  last_[at] = entry.id;
  if (!entry.too_long) events_.on_entry(settings_.streams[at], entry, age);
}

void StreamFollower::read() {
  std::vector<std::string> words{
      "XREAD",
      "COUNT",
      std::to_string(kAnswerEntriesMax / settings_.streams.size()),
      "BLOCK",
      std::to_string(std::chrono::round<std::chrono::milliseconds>(settings_.block).count()),
      "STREAMS"};
  words.insert(words.end(), settings_.streams.begin(), settings_.streams.end());
  for (const auto& last : last_) words.push_back(last ? last->str() : "0-0");
  client_.submit({.words = std::move(words),
                  .on_outcome =
                      [this, life = life_](base::Now, const Outcome& outcome) {
                        if (life != life_) return;
                        if (!outcome) return again(outcome.error());
                        const auto streams = read_streams(*outcome);
                        if (!streams)
                          return again(
                              {.why = Failure::error, .detail = "entries are not understood"});
                        for (const auto& [name, entries] : *streams) {
                          const auto at = std::ranges::find(settings_.streams, name);
                          if (at == settings_.streams.end()) continue;
                          for (const StreamEntry& entry : entries) {
                            take(static_cast<std::size_t>(at - settings_.streams.begin()), entry,
                                 base::Duration::zero());
                          }
                        }
                        read();
                      },
                  .patience = settings_.block + std::chrono::seconds(2),
                  .blocks = true});
}

// With a lost connection the next one begins anew; after an error this one does.
void StreamFollower::again(const Failed& failed) {
  if (!client_.ready()) return;
  if (events_.on_down) events_.on_down(failed.detail);
  timer_->arm(executor_.clock().now().mono + settings_.retry_after, [this] { begin(); });
}

}  // namespace tickwitness::cache
