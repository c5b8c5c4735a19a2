#include "cache/redis_client.h"

#include <utility>

namespace tickwitness::cache {

RedisClient::RedisClient(const RedisSettings& settings, runtime::Executor& executor,
                         std::unique_ptr<runtime::ByteChannel> channel, RedisMeter& meter,
                         runtime::Log& log)
    : endpoint_(settings.address.endpoint),
      name_(to_string(settings.address)),
      executor_(executor),
      channel_(std::move(channel)),
      log_(log),
      session_(settings, meter),
      timer_(executor.make_timer()) {}

RedisClient::~RedisClient() = default;

void RedisClient::start() {
  session_.start(executor_.clock().now());
  settle();
}

void RedisClient::stop(base::Duration limit, std::function<void()> on_stopped) {
  on_stopped_ = std::move(on_stopped);
  const base::Now now = executor_.clock().now();
  session_.stop(now, now.mono + limit);
  settle();
}

void RedisClient::submit(Command command) {
  session_.submit(executor_.clock().now(), std::move(command));
  settle();
}

// What an outcome leads to may call in here again: the outer one goes on with it.
void RedisClient::settle() {
  if (std::exchange(settling_, true)) return;
  for (;;) {
    const auto actions = session_.take_actions();
    const auto done = session_.take_done();
    if (actions.empty() && done.empty()) break;
    for (const auto& action : actions) act(action);
    for (const auto& [command, outcome] : done) {
      if (command.on_outcome) command.on_outcome(executor_.clock().now(), outcome);
    }
  }
  settling_ = false;
  if (session_.stopped() && on_stopped_) {
    executor_.post(std::exchange(on_stopped_, nullptr));
    return timer_->cancel();
  }
  if (const auto at = session_.wake_at()) {
    timer_->arm(*at, [this] {
      session_.on_time(executor_.clock().now());
      settle();
    });
  } else {
    timer_->cancel();
  }
}

void RedisClient::act(const RedisSession::Action& action) {
  if (const auto* send = std::get_if<RedisSession::Send>(&action)) {
    channel_->send(send->bytes);
  } else if (std::holds_alternative<RedisSession::Open>(action)) {
    open();
  } else if (std::holds_alternative<RedisSession::Close>(action)) {
    channel_->close();
  } else {
    report(std::get<RedisSession::Report>(action));
  }
}

void RedisClient::open() {
  channel_->open(endpoint_, {.on_open =
                                 [this] {
                                   session_.on_open(executor_.clock().now());
                                   settle();
                                 },
                             .on_bytes =
                                 [this](base::Now received, std::string_view bytes) {
                                   session_.on_bytes(received, bytes);
                                   settle();
                                 },
                             .on_closed =
                                 [this](const runtime::Closed& closed) {
                                   session_.on_closed(executor_.clock().now(), closed.detail);
                                   settle();
                                 }});
}

void RedisClient::report(const RedisSession::Report& report) {
  if (report.up) {
    told_down_ = false;
    log_.info("cache", "Redis connected", {{"address", name_}});
    if (on_ready_) on_ready_();
    return;
  }
  // Once until it is there again: it is tried for as long as it takes.
  if (!std::exchange(told_down_, true))
    log_.error("cache", "Redis not reached", {{"address", name_}, {"why", report.why}});
  if (on_down_) on_down_(report.why);
}

}  // namespace tickwitness::cache
