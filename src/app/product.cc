#include "app/product.h"

#include <utility>

#include "app/settings_map.h"
#include "serve/liveness.h"
#include "serve/seed_values.h"

namespace tickwitness::app {
namespace {

constexpr base::Duration kServeStopMax = std::chrono::seconds(2);
constexpr base::Duration kMeasureEvery = std::chrono::seconds(1);

// Names a spool: no two processes that begin one do it in the same nanosecond.
std::uint64_t drawn(const serve::ProcessInfo& process) {
  return static_cast<std::uint64_t>(process.started.wall.time_since_epoch().count());
}

std::unique_ptr<RedisThread> make_redis(const config::Settings& settings, std::uint64_t seed,
                                        StorageThreads* storage) {
  auto redis = redis_settings(settings, seed);
  if (!settings.redis.enabled() || !redis) return nullptr;
  return std::make_unique<RedisThread>(
      RedisThreadSettings{.redis = *std::move(redis), .signals = settings.redis.signals},
      storage != nullptr ? &storage->tap() : nullptr);
}

// Whose trades are followed.
std::vector<std::pair<market::Venue, market::Symbol>> markets(const serve::EngineStatus& status) {
  std::vector<std::pair<market::Venue, market::Symbol>> all;
  for (const auto& feed : status.feeds) {
    for (const auto& subscription : feed.subscriptions) {
      const bool trades = subscription.stream == "trade" || subscription.stream == "agg_trade";
      const auto symbol = market::Symbol::parse(subscription.symbol);
      if (trades && symbol) all.emplace_back(feed.venue, *symbol);
    }
  }
  return all;
}

}  // namespace

base::Result<std::unique_ptr<Product>> Product::make(const config::Settings& settings,
                                                     const serve::ProcessInfo& process,
                                                     std::uint64_t seed,
                                                     runtime::AsioExecutor& main_executor,
                                                     runtime::Log& log, const Tap& tap) {
  const auto engine = engine_settings(settings, seed);
  if (!engine) return std::unexpected(engine.error());
  if (const auto redis = redis_settings(settings, seed); settings.redis.enabled() && !redis)
    return std::unexpected(redis.error());
  return std::unique_ptr<Product>(
      new Product(*engine, settings, process, seed, main_executor, log, tap));
}

Product::Product(const EngineSettings& engine, const config::Settings& settings,
                 const serve::ProcessInfo& process, std::uint64_t seed,
                 runtime::AsioExecutor& main_executor, runtime::Log& log, const Tap& tap)
    : seed_(seed),
      simulated_(process.simulated),
      followed_(followed_markets(engine)),
      process_(process),
      main_(main_executor),
      log_(log),
      channels_(engine_executor_),
      http_(engine_executor_),
      tapped_(tap ? tap(engine_executor_, channels_) : nullptr),
      recorder_(settings.recorder.enabled ? std::make_unique<RecorderThread>(settings) : nullptr),
      storage_(settings.store.enabled ? std::make_unique<StorageThreads>(settings, drawn(process))
                                      : nullptr),
      redis_(make_redis(settings, seed, storage_.get())),
      composition_(
          {.engine = engine_executor_,
           .serve = main_,
           .channels = tapped_ ? *tapped_ : channels_,
           .log = log,
           .http = &http_,
           .tap = recorder_ ? &recorder_->tap() : nullptr,
           .records = redis_     ? &redis_->tap()
                      : storage_ ? &storage_->tap()
                                 : nullptr},
          engine, service_settings(settings), process,
          {.publish =
               [this](std::string_view event, const std::string& data, const net::Chunk& chunk) {
                 if (watch_events_) watch_events_(*chunk);
                 server_.publish(event, data, chunk);
               },
           .counts = [this] { return server_.counts(); },
           .history = storage_ ? ask_history() : nullptr,
           .storage_refuses =
               storage_ ? [this] { return storage_->refuses(); } : std::function<bool()>()},
          [this](base::Now) { measure_sockets(); }),
      server_(main_executor, composition_.service(), server_settings(settings)),
      history_(storage_ ? std::make_unique<HistoryThread>(storage_->history(), main_executor, log)
                        : nullptr),
      machine_(composition_.metrics(), log, settings.data_directory),
      machine_timer_(main_executor.make_timer()) {
  watch_event_loops();
}

Product::~Product() {
  join_engine();
  history_.reset();
  recorder_.reset();
  redis_.reset();
  storage_.reset();
  main_.watch_lag(nullptr);
}

decltype(serve::Service::Outside::history) Product::ask_history() {
  return [this](const pipeline::HistoryQuery& query, HistoryThread::OnHistory on_history) {
    return history_->ask(query, std::move(on_history));
  };
}

void Product::watch_event_loops() {
  const auto watch = [this](runtime::AsioExecutor& executor, std::string_view name) {
    const telemetry::label::EventLoop loop{name};
    executor.watch_lag([lag = composition_.metrics().event_loop_lag_seconds.at(loop)](
                           base::Duration late) { lag.observe(late); });
  };
  watch(main_, "main");
  watch(engine_executor_, "engine");
  if (recorder_) watch(recorder_->executor(), "recorder");
  if (storage_) watch(storage_->spool_executor(), "spool");
  if (redis_) watch(redis_->executor(), "cache");
}

void Product::join_engine() {
  engine_executor_.stop();
  if (engine_thread_.joinable()) engine_thread_.join();
}

base::Result<std::vector<std::uint16_t>> Product::start() {
  auto ports = server_.start();
  if (!ports) return ports;
  // Nobody is answered before the executors run.
  if (storage_) {
    Engine::Past past = storage_->open(composition_.metrics(), log_, followed_);
    // The market of an earlier demo was another one.
    if (simulated_) past = {.last_gap = past.last_gap};
    composition_.engine().restore(std::move(past));
  }
  if (redis_) redis_->start(composition_.metrics(), log_, engine_executor_);
  next_measure_ = main_.clock().now().mono;
  measure_machine();
  if (recorder_) recorder_->start(composition_.metrics(), log_);
  if (storage_) storage_->start();
  engine_executor_.post([this] { composition_.engine().start(); });
  engine_thread_ = std::thread([this] { engine_executor_.run(); });
  return ports;
}

void Product::stop(std::function<void()> on_stopped) {
  machine_timer_->cancel();
  engine_executor_.post([this, on_stopped = std::move(on_stopped)] {
    composition_.engine().stop([this, on_stopped] {
      // The engine's last report is on its way to the main thread before this: it is read first.
      stop_recorder([this, on_stopped] {
        stop_storage([this, on_stopped] {
          stop_redis([this, on_stopped] {
            main_.post([this, on_stopped] { server_.stop(kServeStopMax, on_stopped); });
          });
        });
      });
    });
  });
}

// On the engine's thread, which has nothing more to show.
void Product::stop_recorder(std::function<void()> on_stopped) {
  if (!recorder_) return on_stopped();
  recorder_->finish(std::move(on_stopped));
}

// On a thread that shows nothing more.
void Product::stop_storage(std::function<void()> on_stopped) {
  if (!storage_) return on_stopped();
  storage_->finish(std::move(on_stopped));
}

// On a thread that shows nothing more.
void Product::stop_redis(std::function<void()> on_stopped) {
  if (!redis_) return on_stopped();
  redis_->finish(std::move(on_stopped));
}

void Product::finish(std::function<void()> armed, std::function<void()> ended) {
  engine_executor_.post([this, armed = std::move(armed), ended = std::move(ended)]() mutable {
    composition_.engine().finish([this, ended = std::move(ended)] { main_.post(ended); });
    main_.post(std::move(armed));
  });
}

base::Result<void> Product::apply(const config::Settings& settings) {
  const auto engine = engine_settings(settings, seed_);
  if (!engine) return std::unexpected(engine.error());
  composition_.apply(*engine, settings.dialects);
  if (storage_) storage_->follow(followed_markets(*engine));
  return {};
}

// On the main thread: asking a file system may take its time, and no frame waits for it there.
void Product::measure_machine() {
  machine_.measure();
  if (redis_) publish_second();
  const base::Instant now = main_.clock().now().mono;
  while (next_measure_ <= now) next_measure_ += kMeasureEvery;
  machine_timer_->arm(next_measure_, [this] { measure_machine(); });
}

void Product::publish_second() {
  const base::Now now = main_.clock().now();
  const serve::EngineStatus* const known = status().get();
  cache::Second second;
  if (known != nullptr) second.markets = markets(*known);
  {
    const telemetry::Registry::Reading reading(registry());
    second.kraken = serve::to_fields(serve::seed_values(reading, known, now));
    second.system = serve::system_fields(reading, known, process_, now);
  }
  redis_->publish(std::move(second));
}

void Product::measure_sockets() {
  const net::SocketBytes now = channels_.bytes();
  const auto& bytes = composition_.metrics().network_bytes;
  bytes.at(telemetry::label::Direction::in).add(now.in - bytes_seen_.in);
  bytes.at(telemetry::label::Direction::out).add(now.out - bytes_seen_.out);
  bytes_seen_ = now;
}

}  // namespace tickwitness::app
