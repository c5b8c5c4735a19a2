#include "serve/seed_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "serve/json_fields.h"
#include "serve/liveness.h"
#include "telemetry/read.h"

namespace tickwitness::serve {
namespace {

template <class T>
std::string text_of(const T& value) {
  std::string text;
  base::JsonWriter(text).value(value);
  return text;
}

template <class T>
std::optional<T> parsed(const Fields& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &std::pair<std::string, std::string>::first);
  if (found == fields.end()) return std::nullopt;
  const std::string& text = found->second;
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if constexpr (std::is_floating_point_v<T>) {
    if (!std::isfinite(value)) return std::nullopt;
  }
  return value;
}

constexpr std::int64_t kMillisecondsMax = 9'223'372'036'854;  // 2262, where nanoseconds end

}  // namespace

SeedValues seed_values(const telemetry::Registry::Reading& reading, const EngineStatus* status,
                       base::Now now) {
  const auto value = [&](std::string_view name) { return telemetry::value(reading, name); };
  const auto word = ws_status(status, now.mono);
  return {.latency_p50_ms = rounded(value("latency_p50_ms")),
          .latency_p95_ms = rounded(value("latency_p95_ms")),
          .latency_p99_ms = rounded(value("latency_p99_ms")),
          .circuit_breaker_trips = whole(value("circuit_breaker_trips")),
          .reconnect_count = whole(value("reconnect_count")),
          .trades_per_min = rounded(value("trades_per_min")),
          .ws_status = word ? std::optional<std::string>(*word) : std::nullopt,
          .timestamp = now.wall};
}

void write(base::JsonWriter& json, const SeedValues& values) {
  member_or_null(json, "latency_p50_ms", values.latency_p50_ms);
  member_or_null(json, "latency_p95_ms", values.latency_p95_ms);
  member_or_null(json, "latency_p99_ms", values.latency_p99_ms);
  member_or_null(json, "circuit_breaker_trips", values.circuit_breaker_trips);
  member_or_null(json, "reconnect_count", values.reconnect_count);
  member_or_null(json, "trades_per_min", values.trades_per_min);
  member_or_null(
      json, "ws_status",
      values.ws_status ? std::optional<std::string_view>(*values.ws_status) : std::nullopt);
  json.member("timestamp", milliseconds(values.timestamp));
}

Fields to_fields(const SeedValues& values) {
  Fields fields;
  const auto add = [&](const char* name, const auto& value) {
    if (value) fields.emplace_back(name, text_of(*value));
  };
  add("latency_p50_ms", values.latency_p50_ms);
  add("latency_p95_ms", values.latency_p95_ms);
  add("latency_p99_ms", values.latency_p99_ms);
  add("circuit_breaker_trips", values.circuit_breaker_trips);
  add("reconnect_count", values.reconnect_count);
  add("trades_per_min", values.trades_per_min);
  if (values.ws_status) fields.emplace_back("ws_status", *values.ws_status);
  fields.emplace_back("timestamp", text_of(milliseconds(values.timestamp)));
  return fields;
}

SeedValues from_fields(const Fields& fields, base::WallTime entered) {
  SeedValues values{.latency_p50_ms = parsed<double>(fields, "latency_p50_ms"),
                    .latency_p95_ms = parsed<double>(fields, "latency_p95_ms"),
                    .latency_p99_ms = parsed<double>(fields, "latency_p99_ms"),
                    .circuit_breaker_trips = parsed<std::uint64_t>(fields, "circuit_breaker_trips"),
                    .reconnect_count = parsed<std::uint64_t>(fields, "reconnect_count"),
                    .trades_per_min = parsed<double>(fields, "trades_per_min"),
                    .ws_status = {},
                    .timestamp = entered};
  const auto word =
      std::ranges::find(fields, "ws_status", &std::pair<std::string, std::string>::first);
  constexpr std::array<std::string_view, 3> kWords{"connected", "degraded", "disconnected"};
  if (word != fields.end() && std::ranges::find(kWords, word->second) != kWords.end())
    values.ws_status = word->second;
  const auto stamp = parsed<std::int64_t>(fields, "timestamp");
  if (stamp && *stamp >= 0 && *stamp <= kMillisecondsMax)
    values.timestamp = base::WallTime(std::chrono::milliseconds(*stamp));
  return values;
}

Fields system_fields(const telemetry::Registry::Reading& reading, const EngineStatus* status,
                     const ProcessInfo& process, base::Now now) {
  constexpr std::size_t kMissingMax = 16;  // named
  Fields fields{{"instance", process.instance},
                {"version", process.version},
                {"mode", process.simulated ? "SIMULATED" : "LIVE"},
                {"uptime_s", text_of(seconds(now.mono - process.started.mono))}};
  const auto all = components(status, now.mono);
  fields.emplace_back("state", std::ranges::all_of(all, &Component::ok) ? "ok" : "degraded");
  Readiness ready = readiness(status, now.mono);
  fields.emplace_back("ready", ready.ready ? "1" : "0");
  if (!ready.missing.empty()) {
    ready.missing.resize(std::min(ready.missing.size(), kMissingMax));
    fields.emplace_back("missing", fmt::format("{}", fmt::join(ready.missing, "; ")));
  }
  for (const char* name : {"errors_total", "memory_bytes", "cpu_seconds"}) {
    if (const auto value = telemetry::value(reading, name))
      fields.emplace_back(name, text_of(*value));
  }
  fields.emplace_back("timestamp", text_of(milliseconds(now.wall)));
  return fields;
}

}  // namespace tickwitness::serve
