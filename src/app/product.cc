#include "app/product.h"

#include <utility>

#include "app/settings_map.h"

namespace tickwitness::app {
namespace {

constexpr base::Duration kServeStopMax = std::chrono::seconds(2);
constexpr base::Duration kMeasureEvery = std::chrono::seconds(1);

// Names a spool: no two processes that begin one do it in the same nanosecond.
std::uint64_t drawn(const serve::ProcessInfo& process) {
  return static_cast<std::uint64_t>(process.started.wall.time_since_epoch().count());
}

}  // namespace

base::Result<std::unique_ptr<Product>> Product::make(const config::Settings& settings,
                                                     const serve::ProcessInfo& process,
                                                     std::uint64_t seed,
                                                     runtime::AsioExecutor& main_executor,
                                                     runtime::Log& log, const Tap& tap) {
  const auto engine = engine_settings(settings, seed);
  if (!engine) return std::unexpected(engine.error());
  return std::unique_ptr<Product>(
      new Product(*engine, settings, process, seed, main_executor, log, tap));
}

Product::Product(const EngineSettings& engine, const config::Settings& settings,
                 const serve::ProcessInfo& process, std::uint64_t seed,
                 runtime::AsioExecutor& main_executor, runtime::Log& log, const Tap& tap)
    : seed_(seed),
      main_(main_executor),
      log_(log),
      channels_(engine_executor_),
      http_(engine_executor_),
      tapped_(tap ? tap(engine_executor_, channels_) : nullptr),
      recorder_(settings.recorder.enabled ? std::make_unique<RecorderThread>(settings) : nullptr),
      storage_(settings.store.enabled ? std::make_unique<StorageThreads>(settings, drawn(process))
                                      : nullptr),
      composition_(
          {.engine = engine_executor_,
           .serve = main_,
           .channels = tapped_ ? *tapped_ : channels_,
           .log = log,
           .http = &http_,
           .tap = recorder_ ? &recorder_->tap() : nullptr,
           .ticks = storage_ ? &storage_->tap() : nullptr},
          engine, service_settings(settings), process,
          {.publish =
               [this](std::string_view event, const std::string& data, const net::Chunk& chunk) {
                 if (watch_events_) watch_events_(*chunk);
                 server_.publish(event, data, chunk);
               },
           .counts = [this] { return server_.counts(); }},
          [this](base::Now) { measure_sockets(); }),
      server_(main_executor, composition_.service(), server_settings(settings)),
      machine_(composition_.metrics(), log, settings.data_directory),
      machine_timer_(main_executor.make_timer()) {
  watch_event_loops();
}

Product::~Product() {
  join_engine();
  recorder_.reset();
  storage_.reset();
  main_.watch_lag(nullptr);
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
}

void Product::join_engine() {
  engine_executor_.stop();
  if (engine_thread_.joinable()) engine_thread_.join();
}

base::Result<std::vector<std::uint16_t>> Product::start() {
  auto ports = server_.start();
  if (!ports) return ports;
  next_measure_ = main_.clock().now().mono;
  measure_machine();
  if (recorder_) recorder_->start(composition_.metrics(), log_);
  if (storage_) storage_->start(composition_.metrics(), log_);
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
          main_.post([this, on_stopped] { server_.stop(kServeStopMax, on_stopped); });
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
  return {};
}

// On the main thread: asking a file system may take its time, and no frame waits for it there.
void Product::measure_machine() {
  machine_.measure();
  const base::Instant now = main_.clock().now().mono;
  while (next_measure_ <= now) next_measure_ += kMeasureEvery;
  machine_timer_->arm(next_measure_, [this] { measure_machine(); });
}

void Product::measure_sockets() {
  const net::SocketBytes now = channels_.bytes();
  const auto& bytes = composition_.metrics().network_bytes;
  bytes.at(telemetry::label::Direction::in).add(now.in - bytes_seen_.in);
  bytes.at(telemetry::label::Direction::out).add(now.out - bytes_seen_.out);
  bytes_seen_ = now;
}

}  // namespace tickwitness::app
