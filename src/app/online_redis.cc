#include "app/online_redis.h"

#include <fmt/format.h>

#include <utility>

#include "net/byte_client.h"

namespace tickwitness::app {
namespace {

using State = OnlineStep::State;

}  // namespace

OnlineRedis::OnlineRedis(cache::RedisSettings settings, runtime::AsioExecutor& executor,
                         Reach reach, std::function<void(const OnlineStep&)> on_step,
                         std::function<void()> on_done)
    : settings_(std::move(settings)),
      executor_(executor),
      reach_(std::move(reach)),
      on_step_(std::move(on_step)),
      on_done_(std::move(on_done)),
      silence_(executor.clock(), base::LogFormat::logfmt, {.all = base::LogLevel::off},
               [](std::string_view) {}),
      timer_(executor.make_timer()) {
  settings_.ping_every = base::Duration::zero();
}

void OnlineRedis::start() {
  const runtime::Endpoint& endpoint = settings_.address.endpoint;
  reach_(endpoint, [this, endpoint](const net::Reached& reached) {
    for (OnlineStep& step : reach_steps(reached, endpoint)) say(std::move(step));
    if (!reached.failure) return greet();
    for (const auto* step : {"greeting", "ping"}) {
      say({.step = step, .state = State::skipped, .detail = "its host is not reached"});
    }
    end();
  });
}

void OnlineRedis::greet() {
  began_ = executor_.clock().now().mono;
  client_ = std::make_unique<cache::RedisClient>(
      settings_, executor_,
      std::make_unique<net::ByteClient>(
          executor_, runtime::ChannelLimits{.connect_timeout = OnlineCheck::kStepMax}),
      meter_, silence_);
  client_->on_ready([this] {
    greeted_ = true;
    say({.step = "greeting",
         .state = State::ok,
         .took = executor_.clock().now().mono - began_,
         .detail = fmt::format("as user {}, database {}",
                               settings_.user.empty() ? "default" : settings_.user,
                               settings_.address.database)});
    ping();
  });
  client_->on_down([this](const std::string& why) {
    if (std::exchange(ended_, true)) return;
    say({.step = greeted_ ? "ping" : "greeting",
         .state = State::failed,
         .took = executor_.clock().now().mono - began_,
         .detail = why});
    if (!greeted_)
      say({.step = "ping", .state = State::skipped, .detail = "there is no connection"});
    end();
  });
  client_->start();
}

void OnlineRedis::ping() {
  began_ = executor_.clock().now().mono;
  client_->submit({.words = {"PING"},
                   .on_outcome =
                       [this](base::Now now, const cache::Outcome& outcome) {
                         if (std::exchange(ended_, true)) return;
                         say({.step = "ping",
                              .state = outcome ? State::ok : State::failed,
                              .took = now.mono - began_,
                              .detail = outcome ? "it answers" : outcome.error().detail});
                         end();
                       },
                   .patience = OnlineCheck::kStepMax});
}

void OnlineRedis::say(OnlineStep step) {
  step.exchange = "redis";
  step.part = "server";
  on_step_(step);
}

void OnlineRedis::end() {
  executor_.post(on_done_);
}

}  // namespace tickwitness::app
