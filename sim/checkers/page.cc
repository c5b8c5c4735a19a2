#include "sim/checkers/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace tickwitness::sim {
namespace {

using namespace std::chrono_literals;

enum class Field : std::uint8_t { number, whole, status };

// The eight fields of seed 000 beside `timestamp`, which every event has. Each may be null.
constexpr std::array<std::pair<std::string_view, Field>, 7> kFields{{
    {"latency_p50_ms", Field::number},
    {"latency_p95_ms", Field::number},
    {"latency_p99_ms", Field::number},
    {"circuit_breaker_trips", Field::whole},
    {"reconnect_count", Field::whole},
    {"trades_per_min", Field::number},
    {"ws_status", Field::status},
}};

bool is_of(const Json& json, Field field) {
  if (json.type == Json::Type::null) return true;
  switch (field) {
    case Field::number:
      return json.type == Json::Type::number;
    case Field::whole:
      return json.as_unsigned().has_value();
    case Field::status:
      return json.type == Json::Type::string &&
             (json.text == "connected" || json.text == "degraded" || json.text == "disconnected");
  }
  return false;
}

// JSON's own text where it is a scalar.
std::string_view shown(const Json& json) {
  return json.type == Json::Type::null ? "null" : std::string_view(json.text);
}

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [ptr, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || ptr != end) return std::nullopt;
  return value;
}

struct StreamsShown {
  std::size_t unwell = 0;  // suspect or refused for so long that it must show
  bool well = true;        // none is, nor was a while ago
};

StreamsShown streams_at(const Arrival& arrival, base::Instant made) {
  StreamsShown streams;
  for (const auto& [key, stream] : arrival.ledger.streams()) {
    const auto expected = arrival.ledger.expected(stream, made);
    const bool settled = made - expected.since >= PageChecker::kSettled + arrival.age;
    // A stream that is too silent is well when a witness says that its market is quiet.
    const bool witnessed =
        arrival.ledger.may_be_witnessed(stream, made, PageChecker::kSettled + arrival.age);
    const bool unwell =
        expected.state == StreamState::suspect || expected.state == StreamState::refused;
    if (stream.wanted && unwell && settled && !witnessed) ++streams.unwell;
    if (!settled || (stream.wanted && unwell) || witnessed) streams.well = false;
  }
  return streams;
}

// Stamps are cut to the millisecond.
constexpr base::Duration kAtOnce = std::chrono::milliseconds(1);
constexpr std::uint64_t kLateMs = PageChecker::kSettled / 1ms;

std::uint64_t unix_milliseconds(base::Now now) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(now.wall).time_since_epoch();
  return static_cast<std::uint64_t>(since.count());
}

}  // namespace

void PageChecker::on_restart() {
  stream_ended();
  last_id_.reset();
  last_time_.reset();
  prices_.clear();
}

void PageChecker::stream_ended() {
  heartbeat_.reset();
}

void PageChecker::on_scrape(const Observation& seen, Report& report) {
  looked_.on_scrape();
  if (record_ == Record::at_hand) {
    statuses_.on_scrape();
    priced_.on_scrape();
  }
  look_at_prices(seen.ledger, seen.now);
  silence(seen.at, report);
}

void PageChecker::on_event(const Arrival& arrival, Report& report) {
  looked_.add();
  look_at_prices(arrival.ledger, arrival.now);
  silence(arrival.at, report);
  if (!identify(arrival, report)) return;
  const PageEvent& event = arrival.event;
  if (event.event == "heartbeat") heartbeat_ = arrival.at;
  if (!event.json) {
    return report.violation(name(), arrival.at, "not JSON: " + event.data.substr(0, 80));
  }
  timestamp(arrival, report);
  if (event.event == "kraken_metrics") fields(arrival, report);
}

void PageChecker::look_at_prices(const Ledger& ledger, base::Now now) {
  if (record_ == Record::of_other_threads) return;
  const auto& pairs = ledger.traffic().pairs;
  prices_.resize(std::max(prices_.size(), ledger.symbols().size()), {.since = now.mono});
  for (std::size_t i = 0; i < std::min(pairs.size(), prices_.size()); ++i) {
    const std::uint64_t trades = pairs[i].trades.total();
    if (trades != prices_[i].trades) prices_[i] = {.trades = trades, .since = now.mono};
  }
}

void PageChecker::silence(base::Duration at, Report& report) {
  if (!heartbeat_ || at - *heartbeat_ <= kHeartbeatMax) return;
  report.violation(name(), at,
                   fmt::format("no heartbeat for {:.1f} s", base::seconds(at - *heartbeat_)));
  heartbeat_ = at;  // told once for each silence of that length
}

bool PageChecker::identify(const Arrival& arrival, Report& report) {
  if (!heartbeat_) heartbeat_ = arrival.at;
  const auto id = number<std::uint64_t>(arrival.event.id);
  if (!id) {
    report.violation(name(), arrival.at, "no number as id: " + arrival.event.id);
    return false;
  }
  if (last_id_ && *id <= *last_id_) {
    report.violation(name(), arrival.at, fmt::format("id {} after {}", *id, *last_id_));
    return false;
  }
  last_id_ = id;
  return true;
}

void PageChecker::timestamp(const Arrival& arrival, Report& report) {
  const Json* const field = arrival.event.json->find("timestamp");
  const auto time = field != nullptr ? field->as_unsigned() : std::nullopt;
  if (!time) return report.violation(name(), arrival.at, "no timestamp in " + arrival.event.event);
  const bool stepped = stepped_ && arrival.at - *stepped_ <= kStepForgotten;
  if (!stepped && last_time_ && *time < *last_time_) {
    report.violation(name(), arrival.at, fmt::format("timestamp {} after {}", *time, *last_time_));
  }
  if (!stepped && *time > unix_milliseconds(arrival.now)) {
    report.violation(name(), arrival.at, fmt::format("timestamp {} is to come", *time));
  }
  last_time_ = time;
}

void PageChecker::fields(const Arrival& arrival, Report& report) {
  for (const auto& [field, type] : kFields) {
    const Json* const found = arrival.event.json->find(field);
    if (found == nullptr) {
      report.violation(name(), arrival.at, fmt::format("no field {}", field));
      return;
    }
    if (!is_of(*found, type)) {
      report.violation(name(), arrival.at, fmt::format("{} is {}", field, shown(*found)));
      return;
    }
  }
  // What comes late says what was.
  const std::uint64_t now = unix_milliseconds(arrival.now);
  if (!last_time_ || *last_time_ > now || now - *last_time_ > kLateMs) return;
  const auto age = static_cast<std::int64_t>(now - *last_time_) * 1ms;
  const base::Instant made = arrival.now.mono - age;
  links(arrival, made, report);
  if (record_ == Record::at_hand) prices(arrival, made, report);
}

void PageChecker::links(const Arrival& arrival, base::Instant made, Report& report) {
  std::uint64_t reconnects = 0;
  std::uint64_t trips = 0;
  const base::Duration settles = kSettled + arrival.age;
  // A thread that did not run may show what was before it stood still, while others went on.
  bool settled = record_ == Record::at_hand || made - arrival.ledger.stalled_until() >= settles;
  for (const auto& [number, link] : arrival.ledger.links()) {
    reconnects += link.reconnects();
    trips += link.trips;
    settled =
        settled && !link.closing && made - std::max(link.changed, link.breaker_changed) >= settles;
  }
  const Json& json = *arrival.event.json;
  const auto compare = [&](std::string_view field, std::uint64_t truth, bool exact) {
    const Json& found = *json.find(field);
    const std::uint64_t measured = found.as_unsigned().value_or(0);
    if (measured <= truth && (measured == truth || !exact)) return;
    report.violation(name(), arrival.at,
                     fmt::format("{} is {}, must be {}", field, shown(found), truth));
  };
  // No reconnection is counted before it happened.
  compare("reconnect_count", reconnects, settled);
  if (!settled) return;
  compare("circuit_breaker_trips", trips, true);
  status(arrival, made, report);
}

void PageChecker::status(const Arrival& arrival, base::Instant made, Report& report) {
  const Json& found = *arrival.event.json->find("ws_status");
  if (found.type == Json::Type::null) return;  // the engine has not reported
  std::size_t open = 0;
  std::size_t all = 0;
  for (const auto& [number, link] : arrival.ledger.links()) {
    if (link.retired) continue;
    ++all;
    if (link.open) ++open;
  }
  if (all == 0) return;
  statuses_.add();
  const StreamsShown streams = streams_at(arrival, made);
  const bool right = found.text == "connected"      ? open == all && streams.unwell == 0
                     : found.text == "disconnected" ? open == 0
                                                    : open != 0 && !(open == all && streams.well);
  if (right) return;
  report.violation(name(), arrival.at,
                   fmt::format("ws_status is {} with {} of {} links open and {} streams suspect or "
                               "refused",
                               found.text, open, all, streams.unwell));
}

void PageChecker::prices(const Arrival& arrival, base::Instant made, Report& report) {
  const Json* const pairs = arrival.event.json->find("pairs");
  if (pairs == nullptr) return report.violation(name(), arrival.at, "no field pairs");
  const auto& symbols = arrival.ledger.symbols();
  const auto& traffic = arrival.ledger.traffic().pairs;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    const Json* const pair = pairs->find(symbols[i]);
    // Read in the moment that it was made, it is compared as it is.
    const base::Duration settled = arrival.now.mono - made < kAtOnce ? base::Duration{0} : kSettled;
    if (pair == nullptr || made - prices_[i].since < settled) continue;
    const Json* const price = pair->find("last_price");
    const auto truth = i < traffic.size() ? traffic[i].last_price : std::nullopt;
    if (truth) priced_.add();
    const auto measured = price != nullptr ? number<double>(price->text) : std::nullopt;
    // A number of JSON has no decimals of its own.
    const auto expected = truth ? std::optional(truth->approx()) : std::nullopt;
    if (price != nullptr && measured == expected) continue;
    // What is no longer followed, or not yet again, has no price; what is on its way still may.
    const auto trades = arrival.ledger.streams().find({symbols[i], "trade"});
    const bool followed =
        trades != arrival.ledger.streams().end() && trades->second.wanted &&
        made - std::max(trades->second.changed, arrival.ledger.stalled_until()) >= kSettled;
    if (!measured && !followed) continue;
    report.violation(
        name(), arrival.at,
        fmt::format("last price of {} is {}, must be {}", symbols[i],
                    price != nullptr ? shown(*price) : "absent", truth ? truth->str() : "null"));
  }
}

void PageChecker::at_rest(const Observation& seen, Report& report) {
  for (const Looked* looked : {&looked_, &statuses_, &priced_}) looked->at_rest(seen.at, report);
}

}  // namespace tickwitness::sim
