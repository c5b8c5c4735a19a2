#include "serve/payload.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "serve/json_fields.h"
#include "serve/liveness.h"
#include "serve/losses.h"
#include "serve/seed_values.h"
#include "telemetry/read.h"

namespace tickwitness::serve {
namespace {

using base::JsonWriter;

// The newest of a kind of moment over all connections or subscriptions.
template <class Range, class Projection>
std::optional<base::Instant> newest(const Range& range, Projection projection) {
  std::optional<base::Instant> latest;
  for (const auto& element : range) latest = std::max(latest, projection(element));
  return latest;
}

void write_breaker(JsonWriter& json, const EngineStatus* status) {
  const auto summary = status ? breaker(*status) : std::nullopt;
  member_or_null(json, "last_trip_at", summary ? summary->last_trip : std::nullopt);
  member_or_null(json, "breaker_state",
                 summary ? std::optional(to_string(summary->state)) : std::nullopt);
  member_or_null(json, "breaker_open_until", summary ? summary->open_until : std::nullopt);
  member_or_null(json, "breaker_reason",
                 summary && !summary->reason.empty()
                     ? std::optional<std::string_view>(summary->reason)
                     : std::nullopt);
}

// Of several exchanges the first whose matching engine is not simply up: that is the news.
std::optional<std::string_view> venue_status(const EngineStatus* status) {
  if (status == nullptr) return std::nullopt;
  std::optional<exchange::VenueStatus> word;
  for (const auto& feed : status->feeds) {
    const bool news = !word || word == exchange::VenueStatus::online;
    if (news && feed.venue_status) word = feed.venue_status;
  }
  if (!word) return std::nullopt;
  return to_string(*word);
}

// Each venue's own word and its connections; what replaces one of them stands beside it.
void write_venues(JsonWriter& json, const EngineStatus* status, base::Instant now) {
  json.key("venues");
  if (status == nullptr) {
    json.null();
    return;
  }
  json.begin_object();
  for (const auto& feed : status->feeds) {
    json.key(market::to_string(feed.venue)).begin_object();
    member_or_null(json, "status",
                   feed.venue_status ? std::optional(to_string(*feed.venue_status)) : std::nullopt);
    json.key("connections").begin_object();
    for (const auto& connection : feed.connections) {
      json.key(connection.name).begin_object();
      json.member("state", to_string(connection.state));
      member_age(json, "last_frame_age_s", connection.last_frame, now);
      member_or_null(
          json, "successor",
          connection.successor ? std::optional(to_string(*connection.successor)) : std::nullopt);
      json.end_object();
    }
    json.end_object().end_object();
  }
  json.end_object();
}

void write_engine(JsonWriter& json, const EngineStatus* status, base::Instant now) {
  json.key("subscriptions");
  if (status == nullptr) {
    json.null();
    for (const auto* name :
         {"last_event_age_s", "last_frame_age_s", "queue_depth", "queue_capacity"}) {
      json.key(name).null();
    }
    return;
  }
  const SubscriptionTotals sums = totals(*status);
  json.begin_object();
  json.member("live", sums.live).member("pending", sums.pending).member("quiet", sums.quiet);
  json.member("suspect", sums.suspect).member("zombie", sums.zombie);
  json.member("healing", sums.healing).member("refused", sums.refused).end_object();
  std::optional<base::Instant> event;
  std::optional<base::Instant> frame;
  for (const auto& feed : status->feeds) {
    event = std::max(event, newest(feed.subscriptions, [](const auto& s) { return s.last_data; }));
    frame = std::max(frame, newest(feed.connections, [](const auto& c) { return c.last_frame; }));
  }
  member_age(json, "last_event_age_s", event, now);
  member_age(json, "last_frame_age_s", frame, now);
  json.member("queue_depth", status->queue_depth).member("queue_capacity", status->queue_capacity);
}

// A gap or a book is known to be none only to an engine that reports.
void write_losses(JsonWriter& json, const EngineStatus* status, base::WallTime now) {
  if (status == nullptr) {
    for (const auto* name : {"gaps_open", "completeness", "books_quarantined"}) {
      json.key(name).null();
    }
    return;
  }
  const Losses sums = losses(*status, now);
  json.member("gaps_open", sums.gaps_open);
  member_or_null(json, "completeness", sums.completeness);
  json.member("books_quarantined", sums.books_quarantined);
}

void write_streams(JsonWriter& json, const feed::FeedStatus& feed, std::string_view pair,
                   base::Instant now) {
  json.key("streams").begin_object();
  for (const auto& subscription : feed.subscriptions) {
    if (subscription.symbol != pair) continue;
    json.key(subscription.stream).begin_object();
    json.member("state", to_string(subscription.state));
    member_age(json, "age_s", subscription.last_data, now);
    member_or_null(json, "stale_after_s",
                   subscription.stale_after ? std::optional(seconds(*subscription.stale_after))
                                            : std::nullopt);
    json.end_object();
  }
  json.end_object();
}

// Views by pair of the dialect `sse`, and the field each becomes.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kPairViews{{
    {"pair_latency_p50_ms", "latency_p50_ms"},
    {"pair_latency_p95_ms", "latency_p95_ms"},
    {"pair_latency_p99_ms", "latency_p99_ms"},
    {"pair_trades_per_min", "trades_per_min"},
    {"pair_messages_per_s", "messages_per_s"},
    {"pair_last_price", "last_price"},
    {"pair_spread", "spread"},
}};

constexpr std::size_t kExactFrom = 5;  // prices are as the exchange says, all their decimals

using PairValues = std::array<std::optional<double>, kPairViews.size()>;

// By pair, then by exchange.
using PairTable = std::map<std::pair<std::string, std::string>, PairValues>;

PairTable pair_values(const telemetry::Registry::Reading& reading) {
  PairTable values;
  for (std::size_t i = 0; i < kPairViews.size(); ++i) {
    for (const auto& sample : telemetry::samples(reading, kPairViews[i].first)) {
      values[{sample.labels.at(0).value, sample.labels.at(1).value}][i] = sample.value;
    }
  }
  return values;
}

// The feeds that follow each pair.
std::map<std::string, std::vector<const feed::FeedStatus*>> followers(const EngineStatus* status) {
  std::map<std::string, std::vector<const feed::FeedStatus*>> pairs;
  if (status == nullptr) return pairs;
  for (const auto& feed : status->feeds) {
    for (const auto& subscription : feed.subscriptions) {
      if (subscription.symbol.empty()) continue;
      auto& feeds = pairs[subscription.symbol];
      if (feeds.empty() || feeds.back() != &feed) feeds.push_back(&feed);
    }
  }
  return pairs;
}

void write_pairs(JsonWriter& json, PairTable values, const EngineStatus* status,
                 base::Instant now) {
  json.key("pairs").begin_object();
  for (const auto& [pair, feeds] : followers(status)) {
    for (const feed::FeedStatus* feed : feeds) {
      const std::string venue(market::to_string(feed->venue));
      // Where two exchanges have a pair, each is a market of its own.
      json.key(feeds.size() == 1 ? pair : fmt::format("{} {}", pair, venue)).begin_object();
      json.member("exchange", venue);
      const auto& row = values[{pair, venue}];
      for (std::size_t i = 0; i < kPairViews.size(); ++i) {
        const bool exact = i >= kExactFrom;
        member_or_null(json, kPairViews[i].second, exact ? row[i] : rounded(row[i]));
      }
      write_streams(json, *feed, pair, now);
      json.end_object();
    }
  }
  json.end_object();
}

struct Measured {
  SeedValues seed;
  std::optional<std::uint64_t> errors, memory_bytes;
  std::optional<double> cpu_seconds;
  PairTable pairs;
};

// All of one moment. The windows stand still no longer than this takes.
Measured measured(const telemetry::Registry& registry, const EngineStatus* status, base::Now now) {
  const telemetry::Registry::Reading reading(registry);
  return {.seed = seed_values(reading, status, now),
          .errors = whole(telemetry::value(reading, "errors_total")),
          .memory_bytes = whole(telemetry::value(reading, "memory_bytes")),
          .cpu_seconds = telemetry::value(reading, "cpu_seconds"),
          .pairs = pair_values(reading)};
}

}  // namespace

std::string kraken_metrics(const telemetry::Registry& registry, const EngineStatus* status,
                           const ProcessInfo& process, base::Now now) {
  Measured numbers = measured(registry, status, now);
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  write(json, numbers.seed);
  json.member("mode", process.simulated ? "SIMULATED" : "LIVE");
  write_breaker(json, status);
  member_or_null(json, "venue_status", venue_status(status));
  write_venues(json, status, now.mono);
  write_engine(json, status, now.mono);
  write_losses(json, status, now.wall);
  json.member("uptime_s", seconds(now.mono - process.started.mono));
  member_or_null(json, "errors_total", numbers.errors);
  member_or_null(json, "memory_bytes", numbers.memory_bytes);
  member_or_null(json, "cpu_seconds", numbers.cpu_seconds);
  json.member("cores", process.cores);
  write_pairs(json, std::move(numbers.pairs), status, now.mono);
  json.end_object();
  return text;
}

std::string heartbeat(base::Now now) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("timestamp", milliseconds(now.wall)).end_object();
  return text;
}

}  // namespace tickwitness::serve
