// Redis of the real process: a thread of its own, on which nothing waits and which nothing waits
// for. Redis is a view: engine, spool and store do not know it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "cache/last_prices.h"
#include "cache/publisher.h"
#include "cache/redis_client.h"
#include "cache/signal_reader.h"
#include "runtime/executor_asio.h"
#include "runtime/log.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::app {

struct RedisThreadSettings {
  cache::RedisSettings redis;
  bool signals = true;
};

// Calls from the main thread, unless said otherwise.
class RedisThread {
 public:
  // `next` is shown what the tap is shown; it may be null, and outlives this.
  RedisThread(RedisThreadSettings settings, pipeline::RecordTap* next);
  ~RedisThread();
  RedisThread(const RedisThread&) = delete;
  RedisThread& operator=(const RedisThread&) = delete;

  // For the engine's thread.
  pipeline::RecordTap& tap() { return tap_; }
  runtime::AsioExecutor& executor() { return executor_; }

  // All outlive the thread; `engine` is the executor on which the tap is shown ticks.
  void start(telemetry::Catalog& metrics, runtime::Log& log, runtime::Executor& engine);
  // Each second. One that finds the thread still busy with the last is left out.
  void publish(cache::Second second);
  // Any thread, once, after start(): gives what waits a moment, and calls back on a thread of its
  // own.
  void finish(std::function<void()> on_finished);

 private:
  void collect(runtime::Executor& engine);

  RedisThreadSettings settings_;
  cache::LastPriceTap tap_;
  runtime::AsioExecutor executor_;
  runtime::Executor* engine_ = nullptr;
  std::atomic<bool> publishing_ = false, collecting_ = false;
  std::unique_ptr<cache::RedisMeter> meter_;
  std::unique_ptr<cache::RedisClient> client_, signal_client_;
  std::unique_ptr<cache::LastPrices> prices_;
  std::unique_ptr<cache::Publisher> publisher_;
  std::unique_ptr<cache::SignalReader> signals_;
  std::thread thread_;
};

}  // namespace tickwitness::app
