#include "serve/api.h"

#include <algorithm>
#include <functional>
#include <ranges>
#include <vector>

#include <fmt/format.h>

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
  member_or_null(
      json, "successor",
      connection.successor ? std::optional(to_string(*connection.successor)) : std::nullopt);
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

void member_name(JsonWriter& json, std::string_view name, std::string_view text) {
  member_or_null(json, name, text.empty() ? std::nullopt : std::optional(text));
}

void member_seconds(JsonWriter& json, std::string_view name,
                    const std::optional<base::Duration>& length) {
  member_or_null(json, name, length ? std::optional(seconds(*length)) : std::nullopt);
}

void write_subscription(JsonWriter& json, market::Venue venue,
                        const feed::SubscriptionStatus& subscription, base::Instant now) {
  json.begin_object().member("exchange", market::to_string(venue));
  member_name(json, "symbol", subscription.symbol);
  json.member("stream", subscription.stream).member("connection", subscription.connection);
  json.member("state", to_string(subscription.state));
  member_age(json, "age_s", subscription.last_data, now);
  member_seconds(json, "threshold_s", subscription.threshold);
  member_seconds(json, "stale_after_s", subscription.stale_after);
  json.member("events", subscription.events);
  member_name(json, "refusal", subscription.refusal);
  json.end_object();
}

void write_level(JsonWriter& json, std::string_view name,
                 const std::optional<market::Level>& level) {
  json.key(name);
  if (!level) {
    json.null();
    return;
  }
  json.begin_object().member("price", level->price).member("quantity", level->quantity);
  json.end_object();
}

void write_book(JsonWriter& json, market::Venue venue, const feed::BookKeeper::Status& book) {
  json.begin_object().member("exchange", market::to_string(venue));
  json.member("symbol", book.symbol.str()).member("state", to_string(book.state));
  write_level(json, "bid", book.bid);
  write_level(json, "ask", book.ask);
  const bool known = book.source != feed::PrecisionSource::unknown;
  member_or_null(json, "price_decimals",
                 known ? std::optional(book.precision.price) : std::nullopt);
  member_or_null(json, "quantity_decimals",
                 known ? std::optional(book.precision.quantity) : std::nullopt);
  member_or_null(json, "precision_from",
                 known ? std::optional(to_string(book.source)) : std::nullopt);
  json.member("resyncs", book.resyncs).end_object();
}

// What an entry has not is null: ids where the channel numbers nothing, counts where the ids are
// not trades'.
void write_gap(JsonWriter& json, const feed::Gap& gap) {
  const bool ids = gap.from != 0;
  const bool counted = ids && gap.channel == exchange::Channel::trade;
  const auto when = [](bool known, std::uint64_t number) {
    return known ? std::optional(number) : std::nullopt;
  };
  json.begin_object().member("id", gap.id).member("exchange", market::to_string(gap.venue));
  member_name(json, "symbol", gap.symbol.str());
  member_or_null(json, "channel",
                 gap.symbol.empty() ? std::nullopt : std::optional(to_string(gap.channel)));
  member_name(json, "connection", gap.connection);
  member_or_null(json, "from", when(ids, gap.from));
  member_or_null(json, "to", when(ids, gap.to));
  member_or_null(json, "missing", when(counted, gap.missing));
  member_or_null(json, "lost", when(counted, gap.lost));
  json.member("cause", to_string(gap.cause)).member("state", to_string(gap.state));
  json.member("opened", milliseconds(gap.opened.wall));
  member_or_null(json, "closed", gap.closed ? std::optional(gap.closed->wall) : std::nullopt);
  member_name(json, "reason", gap.reason);
  json.end_object();
}

std::string day_text(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

void write_completeness(JsonWriter& json, const EngineStatus& status) {
  struct Row {
    market::Venue venue;
    const market::Symbol* symbol;
    const feed::DayOfTrades* day;
    std::size_t place;  // of days that are the same the order stays
  };
  std::vector<Row> rows;
  for (const auto& feed : status.feeds) {
    for (const auto& market : feed.trades) {
      for (const auto& day : market.days) {
        rows.push_back({feed.venue, &market.symbol, &day, rows.size()});
      }
    }
  }
  std::ranges::sort(rows, [](const Row& a, const Row& b) {
    return a.day->day != b.day->day ? a.day->day > b.day->day : a.place < b.place;
  });
  for (const Row& row : rows) {
    json.begin_object().member("exchange", market::to_string(row.venue));
    json.member("symbol", row.symbol->str()).member("day", day_text(row.day->day));
    json.member("received", row.day->received).member("missing", row.day->missing);
    member_or_null(json, "ratio", row.day->ratio());
    json.end_object();
  }
}

}  // namespace

std::string health_json(const std::vector<Component>& all) {
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
        write_subscription(json, feed.venue, subscription, now);
      }
    }
  }
  json.end_array().key("books").begin_array();
  if (status != nullptr) {
    for (const auto& feed : status->feeds) {
      for (const auto& book : feed.books) write_book(json, feed.venue, book);
    }
  }
  json.end_array().end_object();
  return text;
}

std::string gaps_json(const EngineStatus* status) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("gaps").begin_array();
  if (status != nullptr) {
    for (const auto& gap : std::views::reverse(status->gaps)) write_gap(json, gap);
  }
  json.end_array().key("completeness").begin_array();
  if (status != nullptr) write_completeness(json, *status);
  json.end_array().end_object();
  return text;
}

}  // namespace tickwitness::serve
