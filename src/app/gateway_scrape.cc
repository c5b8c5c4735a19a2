#include "app/gateway_scrape.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "serve/json_fields.h"
#include "serve/scrape_text.h"

namespace tickwitness::app {
namespace {

// A page, by the names of its samples.
class Page {
 public:
  explicit Page(std::vector<serve::ScrapedSample> samples) : samples_(std::move(samples)) {}
  using Where = std::pair<std::string_view, std::string_view>;
  std::vector<const serve::ScrapedSample*> find(std::string_view name,
                                                std::optional<Where> where = {}) const {
    std::vector<const serve::ScrapedSample*> found;
    for (const auto& sample : samples_) {
      if (sample.name == name && (!where || sample.label(where->first) == where->second))
        found.push_back(&sample);
    }
    return found;
  }

 private:
  std::vector<serve::ScrapedSample> samples_;
};

constexpr std::string_view kWanted[] = {"tickwitness_breaker_trips_total",
                                        "circuit_breaker_trips_total",
                                        "tickwitness_breaker_last_trip_timestamp_seconds",
                                        "tickwitness_feed_reconnects_total",
                                        "kraken_ws_reconnects_total",
                                        "tickwitness_build_info",
                                        "tickwitness_engine_report_age_seconds",
                                        "tickwitness_feed_connected",
                                        "tickwitness_feed_subscription_state",
                                        "kraken_trades_per_minute",
                                        "kraken_ws_latency_p50_ms",
                                        "kraken_ws_latency_p95_ms",
                                        "kraken_ws_latency_p99_ms"};

// NaN in one part makes the whole unknown.
std::optional<double> sum(const Page& page, std::string_view name) {
  const auto samples = page.find(name);
  if (samples.empty()) return std::nullopt;
  double total = 0;
  for (const auto* sample : samples) total += sample->value;
  return std::isfinite(total) ? std::optional(total) : std::nullopt;
}

// Of all exchanges by our own name, or of Kraken by the only name there is.
std::optional<std::uint64_t> count(const Page& page, std::string_view name,
                                   std::string_view other) {
  const auto own = sum(page, name);
  const auto value = own ? own : sum(page, other);
  constexpr double kMax = 9e15;  // doubles that are whole numbers end there
  return value && *value >= 0 && *value <= kMax ? serve::whole(value) : std::nullopt;
}

std::optional<base::WallTime> last_trip(const Page& page) {
  double newest = 0;
  for (const auto* sample : page.find("tickwitness_breaker_last_trip_timestamp_seconds"))
    if (sample->value > newest) newest = sample->value;
  constexpr double kSecondsMax = 9.2e9;
  if (newest <= 0 || newest > kSecondsMax) return std::nullopt;
  return base::WallTime(
      std::chrono::milliseconds(static_cast<std::int64_t>(std::round(newest * 1000))));
}

// Of an engine of ours that has not reported yet: as if it never would.
base::Duration report_age(const Page& page) {
  constexpr double kSecondsMax = 366.0 * 24 * 3600;
  const double unknown = page.find("tickwitness_build_info").empty() ? 0 : kSecondsMax;
  const double age = sum(page, "tickwitness_engine_report_age_seconds").value_or(unknown);
  return std::chrono::round<base::Duration>(
      std::chrono::duration<double>(std::clamp(age, 0.0, kSecondsMax)));
}

std::optional<std::string> ws_status(const Page& page) {
  const auto links = page.find("tickwitness_feed_connected");
  if (links.empty()) return std::nullopt;
  const auto up = std::ranges::count_if(links, [](const auto* link) { return link->value == 1; });
  if (up == 0) return "disconnected";
  std::size_t unserved = 0;
  for (const auto* state : {"suspect", "zombie", "healing", "refused"}) {
    for (const auto* one :
         page.find("tickwitness_feed_subscription_state", Page::Where{"state", state}))
      unserved += one->value == 1 ? 1 : 0;
  }
  return static_cast<std::size_t>(up) == links.size() && unserved == 0 ? "connected" : "degraded";
}

// Whether some exchange has data that the dialect kraken does not speak of.
bool others_than_kraken(const Page& page) {
  return std::ranges::any_of(page.find("tickwitness_feed_connected"),
                             [](const auto* link) { return link->label("exchange") != "kraken"; });
}

std::optional<double> of_pair(const Page& page, const char* name, std::string_view pair) {
  const auto found = page.find(name, Page::Where{"pair", pair});
  if (found.size() != 1 || !std::isfinite(found.front()->value)) return std::nullopt;
  return found.front()->value;
}

void read_latencies(const Page& page, Scraped& scraped) {
  const auto samples = page.find("kraken_ws_latency_p95_ms");
  const serve::ScrapedSample* worst = nullptr;
  for (const auto* sample : samples) {
    if (std::isfinite(sample->value) && (worst == nullptr || sample->value > worst->value))
      worst = sample;
  }
  if (worst == nullptr) return;
  const std::string_view pair = worst->label("pair");
  scraped.values.latency_p50_ms = of_pair(page, "kraken_ws_latency_p50_ms", pair);
  scraped.values.latency_p95_ms = worst->value;
  scraped.values.latency_p99_ms = of_pair(page, "kraken_ws_latency_p99_ms", pair);
  if (samples.size() > 1) scraped.latency_of = pair;
}

}  // namespace

base::Result<Scraped> read_scrape(std::string_view text, base::WallTime at) {
  auto samples = serve::read_scrape_text(text, kWanted);
  if (!samples) return std::unexpected(samples.error());
  const Page page(*std::move(samples));
  Scraped scraped;
  serve::SeedValues& values = scraped.values;
  scraped.last_trip = last_trip(page);
  scraped.report_age = report_age(page);
  values.timestamp = at - scraped.report_age;
  values.circuit_breaker_trips =
      count(page, "tickwitness_breaker_trips_total", "circuit_breaker_trips_total");
  values.reconnect_count =
      count(page, "tickwitness_feed_reconnects_total", "kraken_ws_reconnects_total");
  values.ws_status = ws_status(page);
  if (others_than_kraken(page)) return scraped;
  values.trades_per_min = serve::rounded(sum(page, "kraken_trades_per_minute"));
  read_latencies(page, scraped);
  return scraped;
}

}  // namespace tickwitness::app
