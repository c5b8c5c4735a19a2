#include "app/gateway_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "serve/json_fields.h"

namespace tickwitness::app {
namespace {

using base::JsonWriter;

const std::string* find(const serve::Fields& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &std::pair<std::string, std::string>::first);
  return found == fields.end() ? nullptr : &found->second;
}

// A text of the other process that is a number, as one; else null.
void write_number(JsonWriter& json, std::string_view name, const serve::Fields& fields) {
  const std::string* const text = find(fields, name);
  double value = 0;
  bool good = text != nullptr && !text->empty();
  if (good) {
    const char* const end = text->data() + text->size();
    const auto [read_to, error] = std::from_chars(text->data(), end, value);
    good = read_to == end && error == std::errc();
  }
  serve::member_or_null(json, name, good ? std::optional(value) : std::nullopt);
}

}  // namespace

void GatewayView::take(const serve::SeedValues& values, base::Now now, base::Duration age,
                       std::optional<base::WallTime> last_trip) {
  // Only a count that grew tells of a trip: the first one seen, and one that fell, do not.
  const auto trips = values.circuit_breaker_trips;
  if (trips && trips_ && *trips > *trips_) last_trip_ = now.wall - age;
  if (last_trip) last_trip_ = last_trip;
  if (trips) trips_ = trips;
  values_ = values;
  made_ = now.mono - age;
}

void GatewayView::take_system(const serve::Fields& fields, base::Now now, base::Duration age) {
  system_ = fields;
  system_made_ = now.mono - age;
}

std::optional<base::Duration> GatewayView::age(base::Instant now) const {
  if (!values_) return std::nullopt;
  return std::max(base::Duration::zero(), now - made_);
}

bool GatewayView::fresh(base::Instant now) const {
  return age(now).value_or(base::Duration::max()) <= serve::kStatusAgeMax;
}

// What was told stands with the time that it had; whether the links are up now is known only to an
// engine that goes on telling.
std::string GatewayView::event(base::Now now) const {
  std::string text;
  JsonWriter json(text);
  serve::SeedValues values = values_.value_or(serve::SeedValues{.timestamp = now.wall});
  if (!fresh(now.mono)) values.ws_status.reset();
  json.begin_object();
  serve::write(json, values);
  serve::member_or_null(json, "last_trip_at", last_trip_);
  const bool known = now.mono - system_made_ <= serve::kStatusAgeMax && !system_.empty();
  const serve::Fields none;
  const serve::Fields& system = known ? system_ : none;
  const std::string* const mode = find(system_, "mode");
  const bool word = mode != nullptr && (*mode == "LIVE" || *mode == "SIMULATED");
  serve::member_or_null(json, "mode", word ? std::optional<std::string_view>(*mode) : std::nullopt);
  for (const auto* name : {"uptime_s", "errors_total", "memory_bytes", "cpu_seconds"})
    write_number(json, name, system);
  json.member("source", std::string_view(source_));
  serve::member_age(json, "source_age_s", values_ ? std::optional(made_) : std::nullopt, now.mono);
  for (const auto& [name, value] : more_) json.key(name).raw(value);
  json.end_object();
  return text;
}

serve::Readiness GatewayView::readiness(base::Instant now) const {
  serve::Readiness ready;
  if (problem_) ready.missing.push_back(fmt::format("{}: {}", source_, *problem_));
  if (!values_) {
    ready.missing.emplace_back("engine: nothing heard of it");
  } else if (!fresh(now)) {
    ready.missing.push_back(
        fmt::format("engine: nothing heard of it for {:.0f} s", base::seconds(*age(now))));
  }
  ready.ready = ready.missing.empty();
  return ready;
}

std::vector<serve::Component> GatewayView::components(base::Instant now) const {
  const std::string* const missing = find(system_, "missing");
  return {{.name = source_,
           .state = problem_ ? "down" : "up",
           .ok = !problem_,
           .age = {},
           .detail = problem_.value_or("")},
          {.name = "engine",
           .state = fresh(now) ? "running" : "silent",
           .ok = fresh(now),
           .age = age(now),
           .detail = missing != nullptr ? *missing : ""}};
}

}  // namespace tickwitness::app
