// tickwitness gateway: page and event stream of an engine in another process, out of the streams
// that it adds to in Redis, or by scraping it.

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "app/build_info.h"
#include "app/commands.h"
#include "app/gateway_scrape.h"
#include "app/gateway_view.h"
#include "app/machine_meter.h"
#include "app/read_files.h"
#include "app/say.h"
#include "app/settings_map.h"
#include "base/json_write.h"
#include "cache/publisher.h"
#include "cache/stream_follower.h"
#include "config/load.h"
#include "net/byte_client.h"
#include "net/http_client.h"
#include "runtime/executor_asio.h"
#include "runtime/log.h"
#include "serve/server.h"

namespace tickwitness::app {
namespace {

constexpr base::Duration kSecond = std::chrono::seconds(1);
constexpr base::Duration kServerStopMax = std::chrono::seconds(2);
constexpr base::Duration kScrapeTimeout = std::chrono::seconds(3);
constexpr int kHttpOk = 200;

// Takes an engine's values out of Redis.
class FromRedis {
 public:
  FromRedis(const cache::RedisSettings& settings, runtime::AsioExecutor& executor,
            telemetry::Catalog& metrics, runtime::Log& log, GatewayView& view)
      : executor_(executor),
        view_(view),
        meter_(metrics),
        client_(settings, executor,
                std::make_unique<net::ByteClient>(
                    executor, runtime::ChannelLimits{.connect_timeout = std::chrono::seconds(5)}),
                meter_, log),
        follower_({.streams = {cache::kKrakenStream, cache::kSystemStream}}, executor, client_,
                  {.on_entry = [this](const std::string& stream, const cache::StreamEntry& entry,
                                      base::Duration age) { take(stream, entry, age); },
                   .on_up = [this] { view_.set_source(std::nullopt); },
                   .on_down = [this](const std::string& why) { view_.set_source(why); }}) {
    client_.start();
  }

 private:
  void take(const std::string& stream, const cache::StreamEntry& entry, base::Duration age) {
    const base::Now now = executor_.clock().now();
    if (stream == cache::kSystemStream) return view_.take_system(entry.fields, now, age);
    view_.take(serve::from_fields(entry.fields, now.wall - age), now, age);
  }

  runtime::AsioExecutor& executor_;
  GatewayView& view_;
  cache::RedisMeter meter_;
  cache::RedisClient client_;
  cache::StreamFollower follower_;
};

// Takes them out of its /metrics, each second.
class FromScrapes {
 public:
  FromScrapes(runtime::Endpoint endpoint, runtime::AsioExecutor& executor, GatewayView& view)
      : endpoint_(std::move(endpoint)),
        executor_(executor),
        view_(view),
        client_(executor, {.timeout = kScrapeTimeout}),
        timer_(executor.make_timer()) {
    scrape();
  }

 private:
  void scrape() {
    client_.get(endpoint_, {{"Accept", "text/plain;version=0.0.4"}},
                [this](const base::Result<net::Response>& response) {
                  const auto problem = take(response);
                  view_.set_source(problem);
                  timer_->arm(executor_.clock().now().mono + kSecond, [this] { scrape(); });
                });
  }

  std::optional<std::string> take(const base::Result<net::Response>& response) {
    if (!response) return response.error().message;
    if (response->status != kHttpOk)
      return fmt::format("HTTP status {} from {}", response->status, endpoint_.path);
    const base::Now now = executor_.clock().now();
    const auto scraped = read_scrape(response->body ? *response->body : std::string(), now.wall);
    if (!scraped) return fmt::format("no Prometheus text: {}", scraped.error().message);
    view_.take(scraped->values, now, scraped->report_age, scraped->last_trip);
    serve::Fields more;
    if (!scraped->latency_of.empty()) {
      std::string pair;
      base::append_json_string(pair, scraped->latency_of);
      more.emplace_back("latency_of", std::move(pair));
    }
    view_.take_more(std::move(more));
    return std::nullopt;
  }

  runtime::Endpoint endpoint_;
  runtime::AsioExecutor& executor_;
  GatewayView& view_;
  net::HttpClient client_;
  std::unique_ptr<runtime::Timer> timer_;
};

// The process of `gateway`; everything is on the main thread's executor.
class Gateway {
 public:
  Gateway(const config::Settings& settings, std::string source)
      : settings_(settings),
        log_(executor_.clock(), settings.log.format, settings.log.levels,
             runtime::Log::to_descriptor(STDERR_FILENO)),
        view_(std::move(source)),
        service_(
            executor_, registry_, metrics_, process(), service_settings(settings),
            {.publish = [this](std::string_view event, const std::string& data,
                               const net::Chunk& chunk) { server_.publish(event, data, chunk); },
             .counts = [this] { return server_.counts(); },
             .view = &view_}),
        server_(executor_, service_, server_settings(settings)),
        machine_(metrics_, log_, "."),
        timer_(executor_.make_timer()) {
    metrics_.build_info.set(telemetry::label::Version{kVersion}, telemetry::label::Commit{kCommit},
                            telemetry::label::Compiler{__VERSION__},
                            telemetry::label::Mode::gateway);
  }

  // From one of the two.
  int run(const std::optional<cache::RedisSettings>& redis,
          const std::optional<runtime::Endpoint>& scraped) {
    runtime::SignalWatch signals(executor_, {SIGINT, SIGTERM}, [this](int) {
      if (std::exchange(stopping_, true)) return executor_.stop();
      server_.stop(kServerStopMax, [this] { executor_.stop(); });
    });
    if (redis) redis_.emplace(*redis, executor_, metrics_, log_, view_);
    if (scraped) scrapes_.emplace(*scraped, executor_, view_);
    const auto ports = server_.start();
    if (!ports) {
      say("tickwitness gateway: {}\n", ports.error().message);
      return kUnavailable;
    }
    for (std::size_t i = 0; i < ports->size(); ++i) {
      const auto& host = settings_.listen[i].host;
      log_.info("app", "listening",
                {{"address", host},
                 {"port", (*ports)[i]},
                 {"page", fmt::format("http{}://{}:{}/live", settings_.tls.enabled() ? "s" : "",
                                      host, (*ports)[i])}});
    }
    second();
    executor_.run();
    log_.info("app", "stopped");
    return kOk;
  }

 private:
  serve::ProcessInfo process() const {
    return {.mode = "gateway",
            .version = std::string(kVersion),
            .commit = std::string(kCommit),
            .compiler = __VERSION__,
            .instance = settings_.instance,
            .started = executor_.clock().now(),
            .cores = std::thread::hardware_concurrency()};
  }

  void second() {
    const base::Instant now = executor_.clock().now().mono;
    registry_.tick(now);
    machine_.measure();
    timer_->arm(now + kSecond, [this] { second(); });
  }

  const config::Settings& settings_;
  runtime::AsioExecutor executor_;
  runtime::Log log_;
  telemetry::Registry registry_;
  telemetry::Catalog metrics_{registry_};
  GatewayView view_;
  serve::Service service_;
  serve::Server server_;
  MachineMeter machine_;
  std::unique_ptr<runtime::Timer> timer_;
  std::optional<FromRedis> redis_;
  std::optional<FromScrapes> scrapes_;
  bool stopping_ = false;
};

// The file of --config, or nothing but defaults; what the command line says goes before both, as
// the environment does.
std::optional<config::Settings> settings_of(const GatewayOptions& options) {
  const std::string path = options.config.empty() ? "tickwitness gateway" : options.config;
  const config::Reader reader = [&](const std::string& file) {
    const bool none = options.config.empty() && file == path;
    return none ? base::Result<std::string>("instance: gateway\n") : read_file(file);
  };
  config::Environment environment = read_environment();
  for (const auto& [name, value] : {std::pair{"URL", &options.redis},
                                    {"CA_FILE", &options.ca_file},
                                    {"USER", &options.user},
                                    {"PASSWORD_FILE", &options.password_file}}) {
    if (!value->empty()) environment[fmt::format("TICKWITNESS_REDIS_{}", name)] = *value;
  }
  if (options.port) environment["TICKWITNESS_LISTEN"] = fmt::format("127.0.0.1:{}", *options.port);
  const auto loaded = config::load(path, reader, environment);
  if (loaded) return loaded->settings;
  for (const auto& problem : loaded.error()) say("tickwitness gateway: {}\n", problem.str());
  return std::nullopt;
}

int complain(const std::string& what) {
  say("tickwitness gateway: {}\n", what);
  return kConfiguration;
}

}  // namespace

int gateway_command(const GatewayOptions& options) {
  const auto settings = settings_of(options);
  if (!settings) return kConfiguration;
  if (!options.scrape.empty()) {
    const auto endpoint = net::parse_http_url(options.scrape);
    if (!endpoint) return complain(fmt::format("--scrape: {}", endpoint.error().message));
    return Gateway(*settings, "scrape").run(std::nullopt, *endpoint);
  }
  if (!settings->redis.enabled())
    return complain("which engine? Name its Redis by --redis, or its metrics by --scrape");
  auto redis = redis_settings(*settings, static_cast<std::uint64_t>(getpid()));
  if (!redis) return complain(redis.error().message);
  redis->ping_every = base::Duration::zero();  // what it reads tells whether Redis answers
  return Gateway(*settings, "redis").run(*redis, std::nullopt);
}

}  // namespace tickwitness::app
