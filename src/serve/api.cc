#include "serve/api.h"

#include <algorithm>

#include "serve/json_fields.h"

namespace tickwitness::serve {
namespace {

using base::JsonWriter;

void write_breaker(JsonWriter& json, const feed::BreakerStatus& breaker) {
  json.key("breaker").begin_object();
  json.member("state", to_string(breaker.state)).member("trips", breaker.trips);
  member_or_null(json, "last_trip_at", breaker.last_trip);
  member_or_null(json, "open_until", breaker.open_until);
  member_or_null(json, "last_failure",
                 breaker.reason.empty() ? std::nullopt : std::optional(breaker.reason));
  json.end_object();
}

void write_connection(JsonWriter& json, const feed::ConnectionStatus& connection,
                      base::Instant now) {
  json.begin_object().member("name", connection.name);
  json.member("state", to_string(connection.state));
  member_age(json, "last_frame_age_s", connection.last_frame, now);
  member_or_null(
      json, "next_attempt_in_s",
      connection.next_attempt
          ? std::optional(seconds(std::max(base::Duration::zero(), *connection.next_attempt - now)))
          : std::nullopt);
  json.member("attempts", connection.counts.attempts);
  json.member("reconnects", connection.counts.reconnects);
  json.member("disconnections", connection.counts.disconnections);
  json.member("acks", connection.counts.acks).member("refusals", connection.counts.refusals);
  write_breaker(json, connection.breaker);
  json.end_object();
}

std::optional<std::string_view> venue_word(const feed::FeedStatus& feed) {
  if (!feed.venue_status) return std::nullopt;
  return to_string(*feed.venue_status);
}

}  // namespace

std::string health_json(const EngineStatus* status, base::Instant now) {
  const auto all = components(status, now);
  const bool engine_runs = all.front().ok;
  const bool all_ok = std::ranges::all_of(all, &Component::ok);
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("status", !engine_runs ? "down" : all_ok ? "ok" : "degraded");
  json.key("components").begin_array();
  for (const auto& component : all) {
    json.begin_object().member("name", component.name).member("state", component.state);
    json.member("ok", component.ok);
    member_or_null(json, "age_s",
                   component.age ? std::optional(seconds(*component.age)) : std::nullopt);
    member_or_null(json, "detail",
                   component.detail.empty() ? std::nullopt : std::optional(component.detail));
    json.end_object();
  }
  json.end_array().end_object();
  return text;
}

std::string status_json(const EngineStatus* status, const ProcessInfo& process, base::Instant now) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("mode", process.simulated ? "SIMULATED" : "LIVE");
  json.member("version", process.version).member("commit", process.commit);
  json.member("instance", process.instance);
  json.member("started_at_ms", milliseconds(process.started.wall));
  json.member("uptime_s", seconds(now - process.started.mono));
  member_or_null(json, "seed", process.seed);
  member_age(json, "report_age_s", status ? std::optional(status->at.mono) : std::nullopt, now);
  json.key("venues").begin_array();
  if (status != nullptr) {
    for (const auto& feed : status->feeds) {
      json.begin_object().member("exchange", market::to_string(feed.venue));
      member_or_null(json, "status", venue_word(feed));
      json.key("connections").begin_array();
      for (const auto& connection : feed.connections) write_connection(json, connection, now);
      json.end_array().end_object();
    }
  }
  json.end_array().end_object();
  return text;
}

std::string feeds_json(const EngineStatus* status, base::Instant now) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("feeds").begin_array();
  if (status != nullptr) {
    for (const auto& feed : status->feeds) {
      for (const auto& subscription : feed.subscriptions) {
        json.begin_object().member("exchange", market::to_string(feed.venue));
        member_or_null(
            json, "symbol",
            subscription.symbol.empty() ? std::nullopt : std::optional(subscription.symbol));
        json.member("stream", subscription.stream).member("connection", subscription.connection);
        json.member("state", to_string(subscription.state));
        member_age(json, "age_s", subscription.last_data, now);
        member_or_null(json, "stale_after_s",
                       subscription.stale_after ? std::optional(seconds(*subscription.stale_after))
                                                : std::nullopt);
        json.member("events", subscription.events);
        member_or_null(
            json, "refusal",
            subscription.refusal.empty() ? std::nullopt : std::optional(subscription.refusal));
        json.end_object();
      }
    }
  }
  json.end_array().end_object();
  return text;
}

}  // namespace tickwitness::serve
