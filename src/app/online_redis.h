// What check --online asks a Redis: the way to it, its greeting, and whether it answers.
#pragma once

#include <functional>
#include <memory>

#include "app/online_check.h"
#include "cache/redis_client.h"
#include "runtime/executor_asio.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::app {

// Once. Changes nothing there. On the executor's thread.
class OnlineRedis {
 public:
  using Reach = std::function<void(const runtime::Endpoint&, std::function<void(net::Reached)>)>;
  // `reach` as of OnlineCheck::Parts. `on_step` is called after each step, `on_done` once, later.
  OnlineRedis(cache::RedisSettings settings, runtime::AsioExecutor& executor, Reach reach,
              std::function<void(const OnlineStep&)> on_step, std::function<void()> on_done);
  OnlineRedis(const OnlineRedis&) = delete;
  OnlineRedis& operator=(const OnlineRedis&) = delete;

  void start();

 private:
  void greet();
  void ping();
  void say(OnlineStep step);
  void end();

  cache::RedisSettings settings_;
  runtime::AsioExecutor& executor_;
  Reach reach_;
  std::function<void(const OnlineStep&)> on_step_;
  std::function<void()> on_done_;
  runtime::Log silence_;
  telemetry::Registry registry_;
  telemetry::Catalog metrics_{registry_};
  cache::RedisMeter meter_{metrics_};
  std::unique_ptr<cache::RedisClient> client_;
  std::unique_ptr<runtime::Timer> timer_;
  base::Instant began_{};
  bool greeted_ = false, ended_ = false;
};

}  // namespace tickwitness::app
