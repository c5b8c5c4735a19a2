// tickwitness run, check and reload: the engine on live exchanges and what its operator does to it.

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <thread>

#include "app/build_info.h"
#include "app/commands.h"
#include "app/disk_estimate.h"
#include "app/product.h"
#include "app/read_files.h"
#include "app/say.h"
#include "app/settings_map.h"
#include "config/diff.h"
#include "config/print.h"
#include "runtime/data_dir.h"

namespace tickwitness::app {
namespace {

constexpr base::Duration kRunStopMax =
    std::chrono::seconds(4);  // of the 5 s that a supervisor is promised

// The process of `run`, on the main thread's executor.
class Run {
 public:
  Run(std::string config_path, config::Settings settings)
      : config_path_(std::move(config_path)),
        settings_(std::move(settings)),
        log_(executor_.clock(), settings_.log.format, settings_.log.levels,
             runtime::Log::to_descriptor(STDERR_FILENO)),
        stop_timer_(executor_.make_timer()) {}

  int run() {
    auto data = runtime::DataDirectory::open(settings_.data_directory);
    if (!data) return complain(data.error().message, kCannotCreate);
    serve::ProcessInfo process{.mode = "run",
                               .version = std::string(kVersion),
                               .commit = std::string(kCommit),
                               .compiler = __VERSION__,
                               .instance = settings_.instance,
                               .started = executor_.clock().now(),
                               .cores = std::thread::hardware_concurrency()};
    // Jitter wants no secrecy, only that two processes differ.
    const auto seed = static_cast<std::uint64_t>(process.started.wall.time_since_epoch().count()) ^
                      static_cast<std::uint64_t>(getpid());
    const auto engine = engine_settings(settings_, seed);
    if (!engine) return complain(engine.error().message, kConfiguration);
    const DiskEstimate estimate = estimate_disk(settings_, *engine);  // before anybody writes there
    auto product = Product::make(settings_, process, seed, executor_, log_);
    if (!product) return complain(product.error().message, kConfiguration);
    product_ = std::move(*product);
    runtime::SignalWatch signals(executor_, {SIGINT, SIGTERM, SIGHUP}, [this](int signal) {
      if (signal == SIGHUP) return reload();
      stop(signal);
    });
    const auto ports = product_->start();
    if (!ports) {
      const std::string& why = ports.error().message;
      const bool certificate = settings_.tls.enabled() &&
                               (why.find(settings_.tls.certificate_file) != std::string::npos ||
                                why.find(settings_.tls.key_file) != std::string::npos);
      return complain(why, certificate ? kConfiguration : kUnavailable);
    }
    for (std::size_t i = 0; i < ports->size(); ++i) {
      log_.info("app", "listening",
                {{"address", settings_.listen[i].host},
                 {"port", (*ports)[i]},
                 {"page", fmt::format("http{}://{}:{}/live", settings_.tls.enabled() ? "s" : "",
                                      settings_.listen[i].host, (*ports)[i])}});
    }
    tell(estimate, log_);
    const DiskMeasurement measurement(executor_, product_->registry(), log_);
    executor_.run();
    log_.info("app", "stopped");
    return kOk;
  }

 private:
  int complain(const std::string& what, int code) {
    say("tickwitness run: {}\n", what);
    return code;
  }

  void stop(int signal) {
    if (stopping_) return executor_.stop();  // asked twice: at once
    stopping_ = true;
    log_.info("app", "stopping", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
    stop_timer_->arm(executor_.clock().now().mono + kRunStopMax, [this] {
      log_.warning("app", "stopped before everything was closed");
      executor_.stop();
    });
    product_->stop([this] { executor_.stop(); });
  }

  void reload() {
    const auto loaded = config::load(config_path_, read_file, read_environment());
    if (!loaded) {
      for (const auto& problem : loaded.error()) not_reloaded(problem.str());
      return count_reload(false);
    }
    const config::Diff change = config::diff(settings_, loaded->settings);
    if (const auto applied = product_->apply(change.effective); !applied) {
      not_reloaded(applied.error().message);
      return count_reload(false);
    }
    for (const auto& one : change.changes) {
      log_.info("app", one.live ? "setting changed" : "setting needs a restart",
                {{"setting", one.path}, {"before", one.before}, {"after", one.after}});
    }
    if (change.empty()) log_.info("app", "configuration reloaded, nothing changed");
    settings_ = change.effective;
    log_.set_levels(settings_.log.levels);
    count_reload(true);
  }

  void not_reloaded(const std::string& why) {
    log_.error("app", "configuration not reloaded", {{"why", why}});
  }

  void count_reload(bool applied) {
    using telemetry::label::Result;
    auto& metrics = product_->metrics();
    metrics.config_reloads.at(applied ? Result::success : Result::failure).inc();
    metrics.config_last_reload_success.at().set(applied ? 1 : 0);
  }

  std::string config_path_;
  config::Settings settings_;
  runtime::AsioExecutor executor_;
  runtime::Log log_;
  std::unique_ptr<Product> product_;
  std::unique_ptr<runtime::Timer> stop_timer_;
  bool stopping_ = false;
};

}  // namespace

int run_command(const RunOptions& options) {
  auto loaded = load_or_complain(options.config);
  if (!loaded) return kConfiguration;
  return Run(options.config, std::move(loaded->settings)).run();
}

int check_command(const CheckOptions& options) {
  const auto loaded = load_or_complain(options.config);
  if (!loaded) return kConfiguration;
  const auto engine = engine_settings(loaded->settings, 0);
  if (!engine) {
    say("{}: {}\n", options.config, engine.error().message);
    return kConfiguration;
  }
  if (options.print) {
    fmt::print("{}", config::print(loaded->settings));
  } else if (!options.json) {
    std::size_t subscriptions = 0;
    for (const auto& one : engine->feeds) subscriptions += one.feed.subscriptions.size();
    fmt::print("{}: good. {} subscriptions, {} files read.\n{}\n", options.config, subscriptions,
               loaded->files.size(), describe(estimate_disk(loaded->settings, *engine)));
  }
  if (!options.online) return kOk;
  std::optional<cache::RedisSettings> redis;
  if (loaded->settings.redis.enabled()) {
    auto wanted = redis_settings(loaded->settings, 0);
    if (!wanted) {
      say("{}: {}\n", options.config, wanted.error().message);
      return kConfiguration;
    }
    redis = *std::move(wanted);
  }
  return check_online(*engine, loaded->settings, redis, options.json);
}

int reload_command(const ReloadOptions& options) {
  const auto loaded = load_or_complain(options.config);
  if (!loaded) return kConfiguration;
  const auto holder = runtime::holder_of(loaded->settings.data_directory);
  if (!holder) {
    say("tickwitness reload: {}\n", holder.error().message);
    return kUnavailable;
  }
  if (kill(*holder, SIGHUP) != 0) {
    say("tickwitness reload: process {} takes no signal from this user\n", *holder);
    return kOsError;
  }
  fmt::print("Process {} was told to reload {}; its log says what changed.\n", *holder,
             options.config);
  return kOk;
}

}  // namespace tickwitness::app
