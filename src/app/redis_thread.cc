#include "app/redis_thread.h"

#include <utility>

#include "net/byte_client.h"

namespace tickwitness::app {
namespace {

constexpr base::Duration kRedisStopMax = std::chrono::seconds(1);
constexpr base::Duration kConnectTimeout = std::chrono::seconds(5);

std::unique_ptr<cache::RedisClient> make_client(const cache::RedisSettings& settings,
                                                runtime::AsioExecutor& executor,
                                                cache::RedisMeter& meter, runtime::Log& log) {
  return std::make_unique<cache::RedisClient>(
      settings, executor,
      std::make_unique<net::ByteClient>(executor,
                                        runtime::ChannelLimits{.connect_timeout = kConnectTimeout}),
      meter, log);
}

}  // namespace

RedisThread::RedisThread(RedisThreadSettings settings, pipeline::RecordTap* next)
    : settings_(std::move(settings)), tap_(next) {}

RedisThread::~RedisThread() {
  executor_.stop();
  if (thread_.joinable()) thread_.join();
}

void RedisThread::start(telemetry::Catalog& metrics, runtime::Log& log, runtime::Executor& engine) {
  engine_ = &engine;
  meter_ = std::make_unique<cache::RedisMeter>(metrics);
  prices_ = std::make_unique<cache::LastPrices>(metrics);
  client_ = make_client(settings_.redis, executor_, *meter_, log);
  publisher_ = std::make_unique<cache::Publisher>(*client_, *prices_, metrics);
  if (settings_.signals) {
    cache::RedisSettings redis = settings_.redis;
    redis.ping_every = base::Duration::zero();  // the other one tells
    ++redis.seed;                               // no two wait alike
    signal_client_ = make_client(redis, executor_, *meter_, log);
    signals_ = std::make_unique<cache::SignalReader>(
        cache::SignalSettings{.group = settings_.redis.client_name}, executor_, *signal_client_,
        metrics, log);
  }
  executor_.post([this] {
    client_->start();
    if (signal_client_) signal_client_->start();
  });
  thread_ = std::thread([this] { executor_.run(); });
}

void RedisThread::publish(cache::Second second) {
  collect(*engine_);
  if (publishing_.exchange(true)) return;
  executor_.post([this, second = std::move(second)] {
    publishing_ = false;
    publisher_->publish(second);
  });
}

// The prices go by a copy: the engine's thread does not wait for ours.
void RedisThread::collect(runtime::Executor& engine) {
  if (collecting_.exchange(true)) return;
  engine.post([this] {
    executor_.post([this, prices = tap_.prices()] {
      collecting_ = false;
      for (const cache::LastPrice& price : prices) prices_->put(price);
    });
  });
}

void RedisThread::finish(std::function<void()> on_finished) {
  executor_.post([this, on_finished = std::move(on_finished)] {
    client_->stop(kRedisStopMax, [this, on_finished] {
      if (!signal_client_) return on_finished();
      // It only waits: what was taken and not acknowledged is there for the next life.
      signal_client_->stop(base::Duration::zero(), on_finished);
    });
  });
}

}  // namespace tickwitness::app
