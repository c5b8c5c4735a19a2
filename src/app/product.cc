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
      new Product(*engine, settings, process, seed, main_executor, log));
}

Product::Product(const EngineSettings& engine, const config::Settings& settings,
                 const serve::ProcessInfo& process, std::uint64_t seed,
                 runtime::AsioExecutor& main_executor, runtime::Log& log)
    : seed_(seed),
      main_(main_executor),
      log_(log),
      channels_(engine_executor_),
      composition_(
          {.engine = engine_executor_, .serve = main_, .channels = channels_, .log = log}, engine,
          service_settings(settings), process,
          {.publish =
               [this](std::string_view event, const std::string& data, const net::Chunk& chunk) {
                 if (watch_events_) watch_events_(*chunk);
                 server_.publish(event, data, chunk);
               },
           .counts = [this] { return server_.counts(); }},
          [this](base::Now) { measure_process(); }),
      server_(main_executor, composition_.service(), server_settings(settings)) {}

Product::~Product() {
  join_engine();
}

void Product::join_engine() {
  engine_executor_.stop();
  if (engine_thread_.joinable()) engine_thread_.join();
}

base::Result<std::vector<std::uint16_t>> Product::start() {
  auto ports = server_.start();
  if (!ports) return ports;
  engine_executor_.post([this] { composition_.engine().start(); });
  engine_thread_ = std::thread([this] { engine_executor_.run(); });
  return ports;
}

void Product::stop(std::function<void()> on_stopped) {
  engine_executor_.post([this, on_stopped = std::move(on_stopped)] {
    composition_.engine().stop([this, on_stopped] {
      // The engine's last report is on its way to the main thread before this: it is read first.
      main_.post([this, on_stopped] { server_.stop(kServeStopMax, on_stopped); });
    });
  });
}

void Product::finish(std::function<void()> armed, std::function<void()> ended) {
  engine_executor_.post([this, armed = std::move(armed), ended = std::move(ended)]() mutable {
    composition_.engine().finish([this, ended = std::move(ended)] { main_.post(ended); });
    main_.post(std::move(armed));
  });
}

void Product::apply(const config::Settings& settings) {
  const auto engine = engine_settings(settings, seed_);
  if (!engine) return log_.error("app", "settings not applied", {{"why", engine.error().message}});
  composition_.apply(*engine, settings.dialects);
}

void Product::measure_process() {
  telemetry::Catalog& metrics = composition_.metrics();
  const runtime::ProcessStats stats = process_stats_.read();
  const auto set = [](const telemetry::Gauge& gauge, const auto& value) {
    if (value) gauge.set(static_cast<double>(*value));
  };
  set(metrics.process_resident_memory_bytes.at(), stats.resident_bytes);
  set(metrics.process_open_fds.at(), stats.open_fds);
  set(metrics.process_threads.at(), stats.threads);
  set(metrics.process_start_time_seconds.at(), stats.start_time_seconds);
  if (stats.cpu_seconds) {
    metrics.process_cpu_seconds.at().add(*stats.cpu_seconds - cpu_seen_);
    cpu_seen_ = *stats.cpu_seconds;
  }
}

}  // namespace tickwitness::app
