// The product's own catalogue: what seeds 000 and 004 bind, and what promtool says of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

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
  m.pipeline_ring_depth.at(label::Ring{"ingest"}).set(256);
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

// One value in every instrument, whatever its kind and labels.
void write_all(Registry& registry) {
  const Schema& schema = registry.schema();
  for (InstrumentId id = 0; id < schema.instruments.size(); ++id) {
    const InstrumentDecl& decl = schema.instruments[id];
    std::vector<std::string_view> values;
    for (const LabelId label : decl.labels) {
      const auto words = schema.labels[label].words;
      values.push_back(words.empty() ? "x" : words.front());
    }
    Series& series = registry.series(id, values);
    switch (decl.kind) {
      case Kind::counter:
        series.counter().add(1);
        break;
      case Kind::gauge:
        series.gauge().set(1);
        break;
      case Kind::stateset:
        series.state().set(0);
        break;
      case Kind::histogram:
        series.histogram().observe(std::chrono::milliseconds(1));
        break;
      case Kind::info:
        break;
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

std::string full_page(Format format) {
  Registry registry;
  registry.tick(base::Instant(std::chrono::seconds(1)));
  write_all(registry);
  registry.tick(base::Instant(std::chrono::seconds(2)));
  return render(registry, {.dialects = {"kraken", "trading"}, .format = format});
}

TEST(Catalog, APageWithEverythingHasTheFamiliesOfTheGoldenList) {
  EXPECT_EQ(families_of(full_page(Format::text_0_0_4)),
            slurp(TW_SOURCE_DIR "/tests/golden/metrics.txt"));
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
    EXPECT_TRUE(line.starts_with("kraken_") || line.starts_with("circuit_breaker_") ||
                line.starts_with("trading_"))
        << line;
  }
}

}  // namespace
}  // namespace tickwitness::telemetry
