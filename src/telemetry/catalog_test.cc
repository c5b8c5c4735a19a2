// The product's own catalogue: what seeds 000 and 004 bind, and what promtool says of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "telemetry/catalog.gen.h"
#include "telemetry/exposition.h"
#include "telemetry/read.h"

namespace tickwitness::telemetry {
namespace {

using label::Exchange;
using label::Symbol;
using testing::HasSubstr;

struct Engine {
  Registry registry;
  Catalog m{registry};
  int second = 0;

  void tick() { registry.tick(base::Instant(std::chrono::seconds(++second))); }

  // What a feed with two markets and two connections writes in a minute.
  void live() {
    const auto main = label::Connection{"main"};
    const auto ohlc = label::Connection{"ohlc-5"};
    tick();
    for (const auto connection : {main, ohlc}) {
      m.feed_connected.at(Exchange::kraken, connection).set(1);
      m.breaker_state.at(Exchange::kraken, connection).set(label::BreakerState::closed);
      m.breaker_trips.at(Exchange::kraken, connection);
      m.feed_reconnects.at(Exchange::kraken, connection).inc();
    }
    const auto trades =
        m.feed_events.at(Exchange::kraken, Symbol{"BTC-USD"}, label::Channel::trade);
    const auto news = m.feed_updates.at(Exchange::kraken, Symbol{"BTC-USD"}, label::Channel::trade);
    const auto latency = m.feed_latency_seconds.at(Exchange::kraken, Symbol{"BTC-USD"});
    m.feed_events.at(Exchange::kraken, Symbol{"ETH-USD"}, label::Channel::spread).add(7);
    m.feed_events.at(Exchange::kraken, Symbol{"BTC-USD"}, label::Channel::ohlc).add(2);
    m.feed_events.at(Exchange::kraken, Symbol{""}, label::Channel::instrument).add(1);
    for (int i = 0; i < 60; ++i) {
      trades.add(2);
      news.add(2);
      latency.observe(std::chrono::milliseconds(i + 1));
      tick();
    }
  }
};

// Letter for letter, from the seed's text, not from the catalogue.
constexpr const char* kSeed000[] = {
    "# HELP kraken_ws_latency_p50_ms Kraken WebSocket latency P50 in milliseconds\n"
    "# TYPE kraken_ws_latency_p50_ms gauge\n",
    "# HELP kraken_ws_latency_p95_ms Kraken WebSocket latency P95 in milliseconds\n"
    "# TYPE kraken_ws_latency_p95_ms gauge\n",
    "# HELP kraken_ws_latency_p99_ms Kraken WebSocket latency P99 in milliseconds\n"
    "# TYPE kraken_ws_latency_p99_ms gauge\n",
    "# HELP circuit_breaker_trips_total Total number of circuit breaker trips\n"
    "# TYPE circuit_breaker_trips_total counter\n",
    "# HELP circuit_breaker_state Current circuit breaker state (0=closed, 1=open, 2=half_open)\n"
    "# TYPE circuit_breaker_state gauge\n",
    "# HELP kraken_ws_reconnects_total Total number of WebSocket reconnections\n"
    "# TYPE kraken_ws_reconnects_total counter\n",
    "# HELP kraken_ws_connection_status WebSocket connection status (0=disconnected, 1=connected)\n"
    "# TYPE kraken_ws_connection_status gauge\n",
    "# HELP kraken_trades_per_minute Number of trades processed per minute\n"
    "# TYPE kraken_trades_per_minute gauge\n",
    "# HELP kraken_events_processed_total Total events processed from Kraken WebSocket\n"
    "# TYPE kraken_events_processed_total counter\n",
};

TEST(Catalog, HelpAndTypeOfSeed000LetterForLetter) {
  Engine engine;
  engine.live();
  const std::string page = render(engine.registry, {.dialects = {"kraken"}});
  for (const char* lines : kSeed000) EXPECT_THAT(page, HasSubstr(lines));
}

TEST(Catalog, ValuesOfSeed000) {
  Engine engine;
  engine.live();
  const std::string page = render(engine.registry, {.dialects = {"kraken"}});
  for (const char* line : {"\ncircuit_breaker_trips_total 0\n", "\ncircuit_breaker_state 0\n",
                           "\nkraken_ws_reconnects_total 2\n", "\nkraken_ws_connection_status 1\n",
                           "\nkraken_trades_per_minute 120\n",
                           "\nkraken_events_processed_total{event_type=\"ohlc\"} 2\n"
                           "kraken_events_processed_total{event_type=\"spread\"} 7\n"
                           "kraken_events_processed_total{event_type=\"trade\"} 120\n"}) {
    EXPECT_THAT(page, HasSubstr(line));
  }
  const auto pairs = samples(engine.registry, view::kraken_ws_latency_p95_ms);
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs[0].labels[0].name, "pair");
  EXPECT_EQ(pairs[0].labels[0].value, "BTC-USD");
  EXPECT_NEAR(pairs[0].value, 57, 0.57);  // the 57th of 1 … 60 ms
  EXPECT_NEAR(value(engine.registry, view::latency_p50_ms).value(), 30, 0.3);
  EXPECT_EQ(value(engine.registry, view::trades_per_min), 120);

  engine.m.feed_connected.at(Exchange::kraken, label::Connection{"ohlc-5"}).set(0);
  engine.m.breaker_state.at(Exchange::kraken, label::Connection{"main"})
      .set(label::BreakerState::half_open);
  EXPECT_EQ(value(engine.registry, view::kraken_ws_connection_status), 0);
  EXPECT_EQ(value(engine.registry, view::circuit_breaker_state), 2);
}

TEST(Catalog, TradingSharesWhatWasMeasuredOnce) {
  Engine engine;
  const Catalog& m = engine.m;
  m.pipeline_ticks_received.at().add(10);
  m.pipeline_ticks_processed.at().add(9);
  m.pipeline_ring_capacity.at(label::Ring{"ingest"}).set(1024);
  m.pipeline_ring_high_water.at(label::Ring{"ingest"}).set(256);
  m.errors.at(label::Room::feed).inc();
  m.errors.at(label::Room::net).inc();
  m.uptime_seconds.at().set(12);
  const std::string page = render(engine.registry, {.dialects = {"trading"}});
  for (const char* line :
       {"\ntrading_ticks_received_total 10\n", "\ntrading_ticks_processed_total 9\n",
        "\ntrading_channel_utilization_percent 25\n", "\ntrading_channel_buffer_size 256\n",
        "\ntrading_uptime_seconds 12\n", "\ntrading_errors_total 2\n"}) {
    EXPECT_THAT(page, HasSubstr(line));
  }
}

TEST(Catalog, FromWord) {
  EXPECT_EQ(from_word<label::BreakerState>("half_open"), label::BreakerState::half_open);
  EXPECT_EQ(from_word<label::BreakerState>("ajar"), std::nullopt);
}

// A value in every instrument, with every value of its closed labels.
void write_all(Registry& registry) {
  const Schema& schema = registry.schema();
  for (InstrumentId id = 0; id < schema.instruments.size(); ++id) {
    const InstrumentDecl& decl = schema.instruments[id];
    std::size_t variants = 1;
    for (const LabelId label : decl.labels) {
      variants = std::max(variants, schema.labels[label].words.size());
    }
    for (std::size_t i = 0; i < variants; ++i) {
      std::vector<std::string_view> values;
      for (const LabelId label : decl.labels) {
        const auto words = schema.labels[label].words;
        values.push_back(words.empty() ? "x" : words[i % words.size()]);
      }
      Series& series = registry.series(id, values);
      if (decl.kind == Kind::counter) series.counter().add(1);
      if (decl.kind == Kind::gauge) series.gauge().set(1);
      if (decl.kind == Kind::stateset) series.state().set(0);
      if (decl.kind == Kind::histogram) Histogram(series).observe(std::chrono::milliseconds(1));
    }
  }
}

std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// "name type labels" of each family of a page, as tests/golden/metrics.txt has it.
std::string families_of(const std::string& page) {
  std::map<std::string, std::pair<std::string, std::set<std::string>>> families;
  std::string family;
  std::size_t begin = 0;
  for (std::size_t end; begin < page.size(); begin = end + 1) {
    end = page.find('\n', begin);
    const std::string line = page.substr(begin, end - begin);
    if (line.starts_with("# TYPE ")) {
      const std::size_t space = line.rfind(' ');
      family = line.substr(7, space - 7);
      families[family].first = line.substr(space + 1);
    }
    if (line.starts_with("#") || line.find('{') == std::string::npos) continue;
    for (std::size_t at = line.find('{'); line[at] != '}';) {
      const std::size_t equals = line.find('=', at);
      const std::string name = line.substr(at + 1, equals - at - 1);
      if (name != "le") families[family].second.insert(name);
      at = line.find('"', equals + 2) + 1;
    }
  }
  std::string out;
  for (const auto& [name, what] : families) {
    std::string labels;
    for (const auto& label : what.second) labels += (labels.empty() ? "" : ",") + label;
    out += name + " " + what.first + " " + (labels.empty() ? "-" : labels) + "\n";
  }
  return out;
}

std::vector<std::string> every_dialect() {
  const auto known = known_dialects(catalog_schema());
  return {known.begin(), known.end()};
}

std::string full_page(Format format) {
  Registry registry;
  registry.tick(base::Instant(std::chrono::seconds(1)));
  write_all(registry);
  registry.tick(base::Instant(std::chrono::seconds(2)));
  return render(registry, {.dialects = every_dialect(), .format = format});
}

TEST(Catalog, APageWithEverythingHasTheFamiliesOfTheGoldenList) {
  std::istringstream golden(slurp(TW_SOURCE_DIR "/tests/golden/metrics.txt"));
  std::string measured;
  std::size_t awaited = 0;
  for (std::string line; std::getline(golden, line);) {
    if (line.find(" awaits:") == std::string::npos) {
      measured += line + "\n";
    } else {
      ++awaited;
    }
  }
  EXPECT_EQ(families_of(full_page(Format::text_0_0_4)), measured);
  EXPECT_GT(awaited, 0U);
}

TEST(Catalog, DialectsAreThoseOfTheSeeds) {
  EXPECT_THAT(every_dialect(), testing::UnorderedElementsAre("tickwitness", "bots", "core", "kiro",
                                                             "kraken", "trading"));
}

TEST(Catalog, ANameOfTwoDialectsIsPrintedOnce) {
  Engine engine;
  engine.m.websocket_connections.at(label::Route{"/ws"}).set(2);
  const std::string line = "\nwebsocket_connections_active{endpoint=\"/ws\"} 2\n";
  for (const auto& dialects : {std::vector<std::string>{"bots"}, {"core"}, {"bots", "core"}}) {
    const std::string page = render(engine.registry, {.dialects = dialects});
    EXPECT_THAT(page,
                HasSubstr("# HELP websocket_connections_active Active WebSocket connections"));
    EXPECT_NE(page.find(line), std::string::npos);
    EXPECT_EQ(page.find(line), page.rfind(line));
  }
  EXPECT_THAT(render(engine.registry, {}), testing::Not(HasSubstr("websocket_connections_active")));
}

// Each name beside others that read the same instrument: one measurement, the same numbers.
TEST(Catalog, NamesOfAllDialectsTellTheSame) {
  Engine engine;
  const Catalog& m = engine.m;
  const label::Method get{"GET"};
  const label::Route route{"/live"};
  engine.tick();
  m.http_requests.at(route, get, label::StatusCode{"200"}).add(3);
  m.http_request_duration_seconds.at(route, get).observe(std::chrono::milliseconds(40));
  m.market_lag_seconds.at(Exchange::kraken, Symbol{"BTC-USD"})
      .observe(std::chrono::milliseconds(1500));
  m.market_spread_ratio.at(Exchange::kraken, Symbol{"BTC-USD"}).set(0.0005);
  m.feed_clock_offset_seconds.at(Exchange::kraken).set(0.25);
  m.feed_frames.at(Exchange::kraken, label::FrameKind::trades).add(4);
  m.feed_frames.at(Exchange::kraken, label::FrameKind::heartbeat).add(2);
  m.errors.at(label::Room::net).inc();
  m.process_cpu_seconds.at();
  engine.tick();
  m.process_cpu_seconds.at().add(0.5);
  engine.tick();
  const std::string page = render(engine.registry, {.dialects = every_dialect()});
  for (const char* line :
       {"http_requests_total{method=\"GET\",endpoint=\"/live\",status=\"200\"} 3",
        "kiro_bot_http_requests_total{method=\"GET\",route=\"/live\",status=\"200\"} 3",
        "http_request_duration_seconds_bucket{method=\"GET\",endpoint=\"/live\",le=\"0.01\"} 0",
        "http_request_duration_seconds_bucket{method=\"GET\",endpoint=\"/live\",le=\"0.05\"} 1",
        "http_request_duration_seconds_bucket{method=\"GET\",endpoint=\"/live\",le=\"2.0\"} 1",
        "http_request_duration_seconds_count{method=\"GET\",endpoint=\"/live\"} 1",
        "market_data_lag_seconds_bucket{symbol=\"BTC-USD\",le=\"1.0\"} 0",
        "market_data_lag_seconds_bucket{symbol=\"BTC-USD\",le=\"2.0\"} 1",
        "market_data_lag_seconds_sum{symbol=\"BTC-USD\"} 1.5",
        "kiro_bot_orderbook_spread_bps{exchange=\"kraken\",symbol=\"BTC-USD\"} 5",
        "kiro_bot_clock_offset_seconds{exchange=\"kraken\"} -0.25",
        "kiro_bot_websocket_messages_total{exchange=\"kraken\",direction=\"in\"} 6",
        "kiro_bot_errors_total{service=\"net\",severity=\"error\"} 1", "trading_errors_total 1",
        "process_cpu_seconds_total 0.5", "kiro_bot_cpu_usage_percent 25"}) {
    EXPECT_THAT(page, HasSubstr("\n" + std::string(line) + "\n"));
  }
}

TEST(Catalog, PromtoolFindsFaultWithPrescribedNamesOnly) {
  if (!std::filesystem::exists("/usr/bin/promtool")) GTEST_SKIP() << "promtool is not installed";
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / "tickwitness_promtool";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "page.txt") << full_page(Format::text_0_0_4);
  const std::string command = "/usr/bin/promtool check metrics < " +
                              (folder / "page.txt").string() + " > " +
                              (folder / "out.txt").string() + " 2>&1";
  [[maybe_unused]] const int status = std::system(command.c_str());
  const std::string out = slurp(folder / "out.txt");
  std::filesystem::remove_all(folder);
  std::size_t begin = 0;
  for (std::size_t end; begin < out.size(); begin = end + 1) {
    end = std::min(out.find('\n', begin), out.size());
    const std::string line = out.substr(begin, end - begin);
    EXPECT_TRUE(line.starts_with("kraken_ws_latency_p")) << line;
  }
}

}  // namespace
}  // namespace tickwitness::telemetry
