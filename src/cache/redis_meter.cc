#include "cache/redis_meter.h"

#include <algorithm>
#include <string>

namespace tickwitness::cache {
namespace {

// What an engine asks for; others begin to be counted with their first.
constexpr const char* kCommands[] = {"auth", "hello",      "hset",       "ping",  "xack",
                                     "xadd", "xautoclaim", "xreadgroup", "xgroup"};

std::string lower(std::string_view command) {
  std::string out(command);
  std::ranges::transform(out, out.begin(), [](char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return out;
}

}  // namespace

RedisMeter::RedisMeter(telemetry::Catalog& metrics)
    : metrics_(metrics),
      dropped_(metrics.redis_commands_dropped.at()),
      connection_errors_(metrics.redis_connection_errors.at()),
      depth_gauge_(metrics.redis_queue_depth.at()) {
  for (const auto word : telemetry::LabelWords<telemetry::label::RedisFailure>::words())
    metrics.redis_failures.at(*telemetry::from_word<telemetry::label::RedisFailure>(word));
  using telemetry::label::Result;
  for (const char* command : kCommands) {
    for (const auto result : {Result::success, Result::failure})
      metrics.redis_operations.at(telemetry::label::RedisCommand{command}, result);
  }
  depth_gauge_.set(0);
}

void RedisMeter::ended(const Command& command, base::Duration took, const Outcome& outcome) {
  using telemetry::label::Result;
  const std::string name = lower(command.words.front());
  const telemetry::label::RedisCommand label{name};
  // A group that is there already is what was wanted.
  const bool good = outcome || outcome.error().detail.starts_with("BUSYGROUP");
  metrics_.redis_operations.at(label, good ? Result::success : Result::failure).inc();
  const bool answered = outcome || outcome.error().why < Failure::timeout;
  if (answered && !command.blocks) metrics_.redis_command_duration_seconds.at(label).observe(took);
  if (good) return;
  const auto why =
      telemetry::from_word<telemetry::label::RedisFailure>(to_string(outcome.error().why));
  if (why) metrics_.redis_failures.at(*why).inc();
}

void RedisMeter::depth(std::ptrdiff_t change) {
  depth_ += change;
  depth_gauge_.set(static_cast<double>(depth_));
}

}  // namespace tickwitness::cache
