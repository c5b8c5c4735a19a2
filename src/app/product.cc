#include "app/product.h"

#include <utility>

#include "app/settings_map.h"

namespace tickwitness::app {
namespace {

constexpr base::Duration kServeStopMax = std::chrono::seconds(2);

}  // namespace

base::Result<std::unique_ptr<Product>> Product::make(const config::Settings& settings,
                                                     const serve::ProcessInfo& process,
                                                     std::uint64_t seed,
                                                     runtime::AsioExecutor& main_executor,
                                                     runtime::Log& log) {
  const auto engine = engine_settings(settings, seed);
  if (!engine) return std::unexpected(engine.error());
  return std::unique_ptr<Product>(
      new Product(*engine, server_settings(settings), process, seed, main_executor, log));
}

Product::Product(const EngineSettings& engine, serve::ServerSettings server,
                 const serve::ProcessInfo& process, std::uint64_t seed,
                 runtime::AsioExecutor& main_executor, runtime::Log& log)
    : seed_(seed),
      main_(main_executor),
      log_(log),
      metrics_(registry_),
      channels_(engine_executor_),
      engine_(
          {.executor = engine_executor_,
           .channels = channels_,
           .registry = registry_,
           .metrics = metrics_,
           .log = log},
          engine, [this](base::Now now) { measure_process(now); },
          [this](std::shared_ptr<const serve::EngineStatus> status) {
            main_.post([this, status = std::move(status)]() mutable {
              status_ = std::move(status);
              server_.set_status(status_);
            });
          }),
      server_(main_executor, registry_, metrics_, process, std::move(server)) {
  metrics_.build_info.set(
      telemetry::label::Version{process.version}, telemetry::label::Commit{process.commit},
      telemetry::label::Compiler{__VERSION__},
      process.simulated ? telemetry::label::Mode::demo : telemetry::label::Mode::run);
  log_.on_error([this](std::string_view room) {
    if (const auto label = telemetry::from_word<telemetry::label::Room>(room)) {
      metrics_.errors.at(*label).inc();
    }
  });
  for (const auto result : {telemetry::label::Result::success, telemetry::label::Result::failure}) {
    metrics_.config_reloads.at(result);
  }
  for (const auto room : {telemetry::label::Room::feed, telemetry::label::Room::app}) {
    metrics_.errors.at(room);  // at 0 from the start: what never failed says so
  }
}

Product::~Product() {
  join_engine();
  log_.on_error(nullptr);
}

void Product::join_engine() {
  engine_executor_.stop();
  if (engine_thread_.joinable()) engine_thread_.join();
}

base::Result<std::vector<std::uint16_t>> Product::start() {
  auto ports = server_.start();
  if (!ports) return ports;
  engine_executor_.post([this] { engine_.start(); });
  engine_thread_ = std::thread([this] { engine_executor_.run(); });
  return ports;
}

void Product::stop(std::function<void()> on_stopped) {
  engine_executor_.post([this, on_stopped = std::move(on_stopped)] {
    engine_.stop([this, on_stopped] {
      // The engine's last report was posted to the main thread before this: it is read first.
      main_.post([this, on_stopped] { server_.stop(kServeStopMax, on_stopped); });
    });
  });
}

void Product::finish(std::function<void()> armed, std::function<void()> ended) {
  engine_executor_.post([this, armed = std::move(armed), ended = std::move(ended)]() mutable {
    engine_.finish([this, ended = std::move(ended)] { main_.post(ended); });
    main_.post(std::move(armed));
  });
}

void Product::apply(const config::Settings& settings) {
  server_.set_dialects(settings.dialects);
  const auto engine = engine_settings(settings, seed_);
  if (!engine) return log_.error("app", "settings not applied", {{"why", engine.error().message}});
  engine_executor_.post([this, engine = *engine] { engine_.apply(engine); });
}

void Product::measure_process(base::Now) {
  const runtime::ProcessStats stats = process_stats_.read();
  const auto set = [](const telemetry::Gauge& gauge, const auto& value) {
    if (value) gauge.set(static_cast<double>(*value));
  };
  set(metrics_.process_resident_memory_bytes.at(), stats.resident_bytes);
  set(metrics_.process_open_fds.at(), stats.open_fds);
  set(metrics_.process_threads.at(), stats.threads);
  set(metrics_.process_start_time_seconds.at(), stats.start_time_seconds);
  if (stats.cpu_seconds) {
    metrics_.process_cpu_seconds.at().add(*stats.cpu_seconds - cpu_seen_);
    cpu_seen_ = *stats.cpu_seconds;
  }
}

}  // namespace tickwitness::app
