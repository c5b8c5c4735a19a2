// A connection to Redis that is opened again whenever it ends: cache/redis_session.h decides, a
// channel of bytes and a timer carry it out.
#pragma once

#include <functional>
#include <memory>

#include "cache/redis_session.h"
#include "runtime/byte_channel.h"
#include "runtime/executor.h"
#include "runtime/log.h"

namespace tickwitness::cache {

// All calls and callbacks on the executor's thread, but for the constructor.
class RedisClient {
 public:
  // The references outlive the client.
  RedisClient(const RedisSettings& settings, runtime::Executor& executor,
              std::unique_ptr<runtime::ByteChannel> channel, RedisMeter& meter, runtime::Log& log);
  ~RedisClient();
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  void start();
  // `on_stopped` is called once, later: when what was given is answered, or `limit` is over.
  void stop(base::Duration limit, std::function<void()> on_stopped);
  // Any time; commands wait for a connection as long as their patience lasts.
  void submit(Command command);
  bool ready() const { return session_.ready(); }
  // Called each time that a connection is there and was greeted, before anything else goes over
  // it. Set before start().
  void on_ready(std::function<void()> then) { on_ready_ = std::move(then); }
  // Each time that there is none any more, or none came about, and why. Set before start().
  void on_down(std::function<void(const std::string& why)> then) { on_down_ = std::move(then); }

 private:
  void settle();
  void act(const RedisSession::Action& action);
  void open();
  void report(const RedisSession::Report& report);

  runtime::Endpoint endpoint_;
  std::string name_;  // for the log
  runtime::Executor& executor_;
  std::unique_ptr<runtime::ByteChannel> channel_;
  runtime::Log& log_;
  RedisSession session_;
  std::unique_ptr<runtime::Timer> timer_;
  std::function<void()> on_ready_, on_stopped_;
  std::function<void(const std::string&)> on_down_;
  bool settling_ = false;
  bool told_down_ = false;
};

}  // namespace tickwitness::cache
