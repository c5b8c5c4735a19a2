#include "config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/fields.h"
#include "config/print.h"
#include "config/test_files.h"
#include "config/values.h"

namespace tickwitness::config {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Files by name, without a disk.
Reader files(std::map<std::string, std::string> files) {
  return [files = std::move(files)](const std::string& path) -> base::Result<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return base::fail("no such file");
    return found->second;
  };
}

Settings loaded(const std::string& text, const Environment& environment = {}) {
  const auto result =
      load("main.yaml", files({{"main.yaml", text}, {"token", "0123456789abcdef\n"}}), environment);
  EXPECT_TRUE(result) << text << "\n" << (result ? "" : result.error().front().str());
  return result ? result->settings : Settings{};
}

std::vector<std::string> problems(const std::string& text, const Environment& environment = {}) {
  const auto result = load("main.yaml", files({{"main.yaml", text}}), environment);
  std::vector<std::string> lines;
  if (!result)
    for (const Problem& problem : result.error()) lines.push_back(problem.str());
  return lines;
}

std::vector<std::string> warnings(const std::string& text, const Environment& environment = {}) {
  const auto result = load("main.yaml", files({{"main.yaml", text}}), environment);
  EXPECT_TRUE(result);
  std::vector<std::string> lines;
  if (result)
    for (const Problem& warning : result->warnings) lines.push_back(warning.str());
  return lines;
}

// Seed 000 §5, by hand.
const std::vector<StreamSettings> kSeedStreams = {
    {Stream::trade, {"BTC-USD", "ETH-USD"}, {}},
    {Stream::spread, {"BTC-USD", "ETH-USD"}, {}},
    {Stream::ohlc, {"BTC-USD", "ETH-USD"}, {1, 5, 15, 60}},
};

TEST(Load, TheShippedFilesAreTheDefaultsAndGiveNoWarning) {
  const std::string folder = std::string(TW_SOURCE_DIR) + "/";
  const auto result = load("config/tickwitness.yaml", reader_of(folder), {});
  ASSERT_TRUE(result) << result.error().front().str();
  EXPECT_THAT(result->warnings, IsEmpty());
  EXPECT_THAT(result->files, ElementsAre("config/tickwitness.yaml", "config/kraken_streams.yaml",
                                         "config/circuit_breaker.yaml"));
  Settings expected;
  expected.data_directory = "data";
  expected.kraken.streams_file = "config/kraken_streams.yaml";
  expected.kraken.circuit_breaker_file = "config/circuit_breaker.yaml";
  EXPECT_EQ(result->settings, expected);
  EXPECT_EQ(result->settings.kraken.streams, kSeedStreams);
  EXPECT_EQ(result->settings.kraken.breaker, (Breaker{5, seconds(60), seconds(30)}));
}

// Every setting is shown to who reads the shipped files.
TEST(Load, TheShippedFilesSpellOutEveryField) {
  const std::string folder = std::string(TW_SOURCE_DIR) + "/config/";
  const std::string all = *read_file(folder + "tickwitness.yaml") +
                          *read_file(folder + "circuit_breaker.yaml") +
                          *read_file(folder + "kraken_streams.yaml");
  for (const Field& field : fields()) {
    if (std::holds_alternative<base::Secret*>(type_of(field))) continue;
    const std::string word(field.path.substr(field.path.rfind('.') + 1));
    EXPECT_THAT(all, HasSubstr(word + ":")) << field.path;
  }
}

TEST(Load, AnEmptyFileMeansTheDefaults) {
  Settings expected;
  expected.data_directory = "../data";
  EXPECT_EQ(loaded(""), expected);
  EXPECT_THAT(warnings(""), ElementsAre("main.yaml: is empty; every setting has its default"));
}

TEST(Load, EveryFieldTakesItsOwnRenderedDefault) {
  for (const Field& field : fields()) {
    const bool streams = std::holds_alternative<std::vector<StreamSettings>*>(type_of(field));
    const bool secret = std::holds_alternative<base::Secret*>(type_of(field));
    if (is_list(field) || is_levels(field) || streams || secret) continue;
    Settings settings;
    std::string text = render(field, settings);
    if (text.starts_with('"')) text = text.substr(1, text.size() - 2);
    EXPECT_TRUE(set_scalar(field, settings, text)) << field.path << " " << text;
    EXPECT_EQ(settings, Settings{}) << field.path;
  }
}

TEST(Load, ReadsEveryKindOfValue) {
  const Settings s = loaded(R"(
instance: a-1
listen: ["127.0.0.1:1", "[::1]:2", localhost:3]
telemetry: {dialects: [kraken], metrics_endpoint: false}
exchanges:
  kraken:
    ack_timeout_seconds: 0.25
    backoff: {jitter: 0.5}
    attempts_per_10_minutes: 7
    message_bytes_max: 2MiB
pipeline: {ring_capacity: 64, overload: drop_newest}
log: {format: json, level: warning, levels: {feed: debug, net: off}}
)");
  EXPECT_EQ(s.instance, "a-1");
  EXPECT_EQ(s.listen, (std::vector<Address>{{"127.0.0.1", 1}, {"::1", 2}, {"localhost", 3}}));
  EXPECT_THAT(s.dialects, ElementsAre("tickwitness", "kraken"));  // ours is always on
  EXPECT_FALSE(s.metrics_endpoint);
  EXPECT_EQ(s.kraken.ack_timeout, milliseconds(250));
  EXPECT_EQ(s.kraken.backoff.jitter, 0.5);
  EXPECT_EQ(s.kraken.attempts_per_10_minutes, 7U);
  EXPECT_EQ(s.kraken.message_bytes_max, 2097152U);
  EXPECT_EQ(s.pipeline.ring_capacity, 64U);
  EXPECT_EQ(s.pipeline.overload, Overload::drop_newest);
  EXPECT_EQ(s.log.format, base::LogFormat::json);
  EXPECT_EQ(s.log.levels.of("feed"), base::LogLevel::debug);
  EXPECT_EQ(s.log.levels.of("net"), base::LogLevel::off);
  EXPECT_EQ(s.log.levels.of("app"), base::LogLevel::warning);
}

TEST(Load, PathsAreRelativeToTheFileThatHoldsThem) {
  const auto result = load("/etc/tw/main.yaml",
                           files({{"/etc/tw/main.yaml",
                                   "data_directory: ../../var/tw\n"
                                   "exchanges: {kraken: {streams_file: s/k.yaml, "
                                   "ca_file: /abs/ca.pem}}"},
                                  {"/abs/ca.pem", "x"},
                                  {"/etc/tw/s/k.yaml", "streams: [{name: trade, pairs: [A-B]}]"}}),
                           {});
  ASSERT_TRUE(result) << result.error().front().str();
  EXPECT_EQ(result->settings.data_directory, "/var/tw");
  EXPECT_EQ(result->settings.kraken.streams_file, "/etc/tw/s/k.yaml");
  EXPECT_EQ(result->settings.kraken.ca_file, "/abs/ca.pem");
}

TEST(Load, ADatabaseIsAFileOrAServerWithoutItsPassword) {
  const auto database = [](const std::string& text) {
    return loaded("store: {database: \"" + text + "\"}").store;
  };
  EXPECT_FALSE(database("trades.sqlite").on_server());
  const std::string server = "postgresql://bot@db.example:5432/market?sslmode=verify-full";
  EXPECT_TRUE(database(server).on_server());
  EXPECT_EQ(database(server).database, server);
  const std::string secret = "hunter2";
  const std::string with_password = "postgresql://bot:" + secret + "@db.example/market";
  EXPECT_THAT(problems("store: {database: \"" + with_password + "\"}"),
              ElementsAre(testing::AllOf(HasSubstr("has a password in it (not shown)"),
                                         testing::Not(HasSubstr(secret)))));
}

TEST(Load, PairsAreWrittenWithADash) {
  const auto result = load("m",
                           files({{"m", "exchanges: {kraken: {streams_file: s}}"},
                                  {"s", "streams: [{name: spread, pairs: [BTC/USD, NO-USD]}]"}}),
                           {});
  ASSERT_TRUE(result) << result.error().front().str();
  EXPECT_THAT(result->settings.kraken.streams.at(0).pairs, ElementsAre("BTC-USD", "NO-USD"));
}

TEST(Load, TheEnvironmentComesBeforeTheFile) {
  const std::string file = "instance: file\nlog: {levels: {app: error}}\nlisten: 127.0.0.1:1";
  const Settings s = loaded(file, {{"TICKWITNESS_INSTANCE", "variable"},
                                   {"TICKWITNESS_LISTEN", "127.0.0.1:7, [::1]:8"},
                                   {"TICKWITNESS_INSECURE", "true"},
                                   {"TICKWITNESS_LOG_LEVELS", "feed=debug, net=error"},
                                   {"TICKWITNESS_LOG_FORMAT", ""},  // empty: not set
                                   {"TICKWITNESS_DATA_DIRECTORY", "here"},
                                   {"TICKWITNESS_CIRCUIT_BREAKER_MAX_FAILURES", "9"},
                                   {"TICKWITNESS_EXCHANGES_KRAKEN_URL", "ws://127.0.0.1:99/v2"},
                                   {"HOME", "/root"}});
  EXPECT_EQ(s.instance, "variable");
  EXPECT_EQ(s.listen, (std::vector<Address>{{"127.0.0.1", 7}, {"::1", 8}}));
  EXPECT_TRUE(s.insecure);
  EXPECT_EQ(s.log.levels.of("feed"), base::LogLevel::debug);
  EXPECT_EQ(s.log.levels.of("app"), base::LogLevel::info);
  EXPECT_EQ(s.data_directory, "here");
  EXPECT_EQ(s.kraken.breaker.max_failures, 9U);
  EXPECT_EQ(s.kraken.url, "ws://127.0.0.1:99/v2");
}

TEST(Load, WrongVariablesAreNamed) {
  EXPECT_THAT(
      problems("", {{"TICKWITNESS_INSECURE", "1"},
                    {"TICKWITNESS_LISTEN", "127.0.0.1:1,nonsense"},
                    {"TICKWITNESS_LOG_LEVELS", "feed:debug"},
                    {"TICKWITNESS_AUTH_TOKEN", "hunter2"}}),
      ElementsAre(
          "environment: TICKWITNESS_AUTH_TOKEN: a token has 16 to 512 visible ASCII characters "
          "(`openssl rand -hex 32` makes one); this one, not shown, does not",
          "environment: TICKWITNESS_INSECURE: \"1\" is neither true nor false",
          HasSubstr("environment: TICKWITNESS_LISTEN: \"nonsense\" has no port"),
          "environment: TICKWITNESS_LOG_LEVELS: \"feed:debug\" is not room=level, as feed=debug"));
}

TEST(Load, UnknownVariablesAreWarnings) {
  EXPECT_THAT(warnings("instance: a", {{"TICKWITNESS_LISTN", "x"},
                                       {"TICKWITNESS_SERVICE_HOST", "10.0.0.1"},
                                       {"METRICS_COLLECTION_INTERVAL", "30000"},
                                       {"PATH", "/bin"}}),
              ElementsAre("environment: \"TICKWITNESS_LISTN\" is no setting and has no effect; did "
                          "you mean TICKWITNESS_LISTEN?",
                          "environment: \"TICKWITNESS_SERVICE_HOST\" is no setting and has no "
                          "effect",
                          HasSubstr("environment: METRICS_COLLECTION_INTERVAL has no effect: ")));
}

TEST(Load, VariablesOfSeed003) {
  EXPECT_TRUE(loaded("", {{"PROMETHEUS_METRICS_ENABLED", "true"}}).metrics_endpoint);
  EXPECT_FALSE(loaded("", {{"PROMETHEUS_METRICS_ENABLED", "false"}}).metrics_endpoint);
  EXPECT_TRUE(loaded("", {{"PROMETHEUS_METRICS_ENABLED", "false"},
                          {"TICKWITNESS_TELEMETRY_METRICS_ENDPOINT", "true"}})
                  .metrics_endpoint);
}

TEST(Load, TheTokenComesFromItsFileOrTheEnvironment) {
  const std::string exposed = "listen: 0.0.0.0:1\ninsecure: true\n";
  EXPECT_EQ(loaded(exposed + "auth: {token_file: token}").auth_token.reveal(), "0123456789abcdef");
  EXPECT_EQ(loaded(exposed, {{"TICKWITNESS_AUTH_TOKEN", "variable-variable"}}).auth_token.reveal(),
            "variable-variable");
  EXPECT_EQ(loaded(exposed + "auth: {token_file: token}",
                   {{"TICKWITNESS_AUTH_TOKEN", "variable-variable"}})
                .auth_token.reveal(),
            "variable-variable");
}

struct Exposure {
  std::string listen;
  bool loopback;
};

TEST(Load, OnlyLoopbackNeedsNothing) {
  const Exposure cases[] = {
      {"127.0.0.1:1", true}, {"127.255.0.9:1", true},        {"localhost:1", true},
      {"[::1]:1", true},     {"[::ffff:127.0.0.1]:1", true}, {"[0:0:0:0:0:0:0:1]:1", true},
      {"0.0.0.0:1", false},  {"10.0.0.1:1", false},          {"128.0.0.1:1", false},
      {"[::]:1", false},     {"[fe80::1]:1", false},         {"[::ffff:10.0.0.1]:1", false},
      {"[1::]:1", false},    {"[::1:1]:1", false},
  };
  for (const auto& c : cases)
    EXPECT_EQ(problems("listen: \"" + c.listen + "\"").empty(), c.loopback) << c.listen;
}

TEST(Load, WarnsOfWhatHasNoEffectAndOfPlainLinks) {
  EXPECT_THAT(warnings("exchanges: {kraken: {url: \"ws://example.org/v2\", rest_url: \"\"}}"),
              ElementsAre(HasSubstr("main.yaml:1:27: exchanges.kraken.url is not encrypted")));
  EXPECT_THAT(warnings("exchanges: {kraken: {url: \"ws://127.0.0.1:9/v2\", rest_url: \"\"}}"),
              IsEmpty());
  EXPECT_THAT(warnings("exchanges: {kraken: {url: \"ws://[::1]/v2\", rest_url: \"\"}}"), IsEmpty());
}

// A simulated or mirrored exchange is not to be filled up with the real one's trades.
TEST(Load, TheRestInterfaceGoesWithItsExchange) {
  const std::string own = Kraken{}.rest_url;
  const std::pair<std::string, std::string> cases[] = {
      {"", own},
      {"exchanges: {kraken: {url: \"wss://ws.kraken.com/v2\"}}", own},
      {"exchanges: {kraken: {url: \"wss://ws.example/v2\"}}", ""},
      {"exchanges: {kraken: {url: \"wss://ws.example/v2\", rest_url: \"https://rest.example\"}}",
       "https://rest.example"},
      {"exchanges: {kraken: {rest_url: \"\"}}", ""},
  };
  for (const auto& [text, rest] : cases) EXPECT_EQ(loaded(text).kraken.rest_url, rest) << text;
  EXPECT_THAT(warnings("exchanges: {kraken: {url: \"wss://ws.example/v2\"}}"),
              ElementsAre(HasSubstr("exchanges.kraken.rest_url is not set beside it")));
}

TEST(Load, OneExchangeUnlessMoreAreEnabled) {
  const Settings s = loaded("");
  EXPECT_TRUE(s.kraken.enabled);
  EXPECT_FALSE(s.binance.enabled || s.binance_us.enabled);
  EXPECT_THAT(problems("exchanges: {kraken: {enabled: false}}"),
              ElementsAre("main.yaml:1:31: no exchange is enabled"));
  const Settings other = loaded("exchanges: {kraken: {enabled: false}, binance: {enabled: true}}");
  EXPECT_FALSE(other.kraken.enabled);
  EXPECT_TRUE(other.binance.enabled);
}

// Each exchange has its own of everything.
TEST(Load, ReadsTheSettingsOfEveryExchange) {
  const Settings s = loaded(R"(
exchanges:
  binance:
    enabled: true
    book_depth: 500
    streams:
      - {name: agg_trade, pairs: [BTC-USDT]}
      - {name: ohlc, pairs: [BTC/USDT], intervals: [3, 10080]}
    circuit_breaker: {max_failures: 2, timeout_seconds: 1.5}
  binance_us: {enabled: true, url: "wss://mirror.example/stream", rest_url: "https://r.example"}
)",
                            {{"TICKWITNESS_EXCHANGES_BINANCE_US_BACKOFF_JITTER", "0.5"}});
  EXPECT_EQ(s.binance.streams,
            (std::vector<StreamSettings>{{Stream::agg_trade, {"BTC-USDT"}, {}},
                                         {Stream::ohlc, {"BTC-USDT"}, {3, 10080}}}));
  EXPECT_EQ(s.binance.book_depth, 500U);
  EXPECT_EQ(s.binance.breaker, (Breaker{2, milliseconds(1500), seconds(30)}));
  EXPECT_EQ(s.binance_us.url, "wss://mirror.example/stream");
  EXPECT_EQ(s.binance_us.rest_url, "https://r.example");
  EXPECT_EQ(s.binance_us.backoff.jitter, 0.5);
  EXPECT_EQ(s.binance_us.streams, BinanceUs().streams);
  EXPECT_EQ(s.binance.backoff, Backoff());
  EXPECT_EQ(s.kraken, Kraken());
}

TEST(Load, ARestInterfaceOfAnotherExchangeIsNeverAsked) {
  const std::string own = "exchanges: {binance: {url: \"wss://ws.example/stream\", enabled: ";
  EXPECT_EQ(loaded(own + "true}}").binance.rest_url, "");
  EXPECT_THAT(warnings(own + "true}}"),
              ElementsAre(HasSubstr("exchanges.binance.rest_url is not set beside it")));
  EXPECT_THAT(warnings(own + "false}}"), IsEmpty());
}

TEST(Load, AllExchangesTogetherFollowSoManyPairs) {
  const auto following = [](int first, int count) {
    std::string pairs;
    for (int i = 0; i < count; ++i) {
      pairs += (pairs.empty() ? "P" : ", P") + std::to_string(first + i) + "-USDT";
    }
    return "{enabled: true, streams: [{name: trade, pairs: [" + pairs + "]}]}";
  };
  const auto both = [&](int first) {
    return "exchanges: {kraken: {enabled: false}, binance: " + following(0, 240) +
           ", binance_us: " + following(first, 240) + "}";
  };
  EXPECT_THAT(problems(both(140)), IsEmpty());  // those that both have count once
  EXPECT_THAT(problems(both(240)), ElementsAre("main.yaml: 480 pairs over all exchanges; "
                                               "one engine follows at most 390"));
}

TEST(Load, AMissingMainFileIsOneProblem) {
  const auto result = load("nowhere.yaml", files({}), {});
  ASSERT_FALSE(result);
  ASSERT_EQ(result.error().size(), 1U);
  EXPECT_EQ(result.error()[0].str(), "nowhere.yaml: cannot be read: no such file");
}

TEST(Load, AHugeFileIsRefusedAtOnce) {
  EXPECT_THAT(problems(std::string(300'000, '#')),
              ElementsAre("main.yaml: 300000 bytes long; a configuration file may have 262144"));
}

}  // namespace
}  // namespace tickwitness::config
