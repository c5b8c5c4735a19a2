// The running product: the composition with its engine, recorder and storage on threads of their
// own and its service behind sockets on the caller's. `run` and `demo` are both this.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "app/composition.h"
#include "app/history_thread.h"
#include "app/machine_meter.h"
#include "app/recorder_thread.h"
#include "app/redis_thread.h"
#include "app/storage_threads.h"
#include "config/settings.h"
#include "net/http_requester.h"
#include "net/ws_client.h"
#include "runtime/executor_asio.h"
#include "runtime/log.h"
#include "serve/server.h"

namespace tickwitness::app {

// Calls from the main thread, the one that runs main_executor, unless said otherwise.
class Product {
 public:
  // Gives what stands between the engine and the channels of its connections.
  using Tap = std::function<std::unique_ptr<runtime::MessageChannelFactory>(
      runtime::Executor& engine, runtime::MessageChannelFactory& channels)>;

  // `tap` may be null. Errors: what the settings ask for cannot be had.
  static base::Result<std::unique_ptr<Product>> make(const config::Settings& settings,
                                                     const serve::ProcessInfo& process,
                                                     std::uint64_t seed,
                                                     runtime::AsioExecutor& main_executor,
                                                     runtime::Log& log, const Tap& tap = nullptr);
  ~Product();
  Product(const Product&) = delete;
  Product& operator=(const Product&) = delete;

  // Listens, then starts the engine. Errors name the address.
  base::Result<std::vector<std::uint16_t>> start();
  // Ends connections, drains, answers what is under way; then calls back on the main thread.
  // Bounded in time.
  void stop(std::function<void()> on_stopped);
  // Errors: as of make(); nothing is applied then.
  base::Result<void> apply(const config::Settings& settings);
  // Connections that end from now on stay ended. Calls back on the main thread: `armed` at once,
  // `ended` when all have.
  void finish(std::function<void()> armed, std::function<void()> ended);

  // `watch` sees each event of the page's stream as it is published. Before start().
  void watch_events(std::function<void(std::string_view event)> watch) {
    watch_events_ = std::move(watch);
  }

  telemetry::Registry& registry() { return composition_.registry(); }
  telemetry::Catalog& metrics() { return composition_.metrics(); }
  // The engine's last report; null before the first.
  const std::shared_ptr<const serve::EngineStatus>& status() const { return composition_.status(); }

 private:
  Product(const EngineSettings& engine, const config::Settings& settings,
          const serve::ProcessInfo& process, std::uint64_t seed,
          runtime::AsioExecutor& main_executor, runtime::Log& log, const Tap& tap);
  void measure_machine();
  void measure_sockets();
  void join_engine();
  void stop_recorder(std::function<void()> on_stopped);
  void stop_storage(std::function<void()> on_stopped);
  void stop_redis(std::function<void()> on_stopped);
  void publish_second();
  void watch_event_loops();
  decltype(serve::Service::Outside::history) ask_history();

  std::uint64_t seed_;
  bool simulated_;
  std::vector<store::Spooler::Market> followed_;  // whose trades are, at the start
  serve::ProcessInfo process_;
  runtime::AsioExecutor& main_;
  runtime::Log& log_;
  std::function<void(std::string_view)> watch_events_;
  runtime::AsioExecutor engine_executor_;
  net::WsChannelFactory channels_;
  net::HttpRequester http_;
  std::unique_ptr<runtime::MessageChannelFactory> tapped_;  // or null
  std::unique_ptr<RecorderThread> recorder_;                // null: nothing is recorded
  std::unique_ptr<StorageThreads> storage_;                 // null: nothing is stored
  std::unique_ptr<RedisThread> redis_;                      // null: there is none
  Composition composition_;
  serve::Server server_;
  std::unique_ptr<HistoryThread> history_;  // null: nothing is stored
  net::SocketBytes bytes_seen_;             // of the feeds, on the engine's thread
  MachineMeter machine_;
  std::unique_ptr<runtime::Timer> machine_timer_;
  base::Instant next_measure_{};
  std::thread engine_thread_;
};

}  // namespace tickwitness::app
