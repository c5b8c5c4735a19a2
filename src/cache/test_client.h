// A client under test with all that it needs, and what it measured.
#pragma once

#include <memory>
#include <string>

#include "cache/redis_client.h"
#include "cache/test_redis.h"
#include "net/byte_client.h"
#include "telemetry/read.h"

namespace tickwitness::cache::test {

using namespace std::chrono_literals;

inline RedisSettings at_port(std::uint16_t port) {
  RedisSettings settings;
  settings.address.endpoint = {.tls = false, .host = "127.0.0.1", .port = port};
  settings.ping_every = 50ms;
  settings.backoff = {.immediate_max = 1ms, .first = 20ms, .max = 50ms, .jitter = 0.2};
  settings.client_name = "tickwitness-test";
  return settings;
}

// Over TLS, as the user of the access list.
inline RedisSettings secured(const TestRedis& redis) {
  RedisSettings settings = at_port(redis.tls_port());
  settings.address.endpoint.tls = true;
  settings.address.endpoint.host = "localhost";
  settings.address.endpoint.ca_file = redis.authority();
  settings.user = TestRedis::kUser;
  settings.password = base::Secret(TestRedis::kPassword);
  return settings;
}

// Of the sample whose labels have these values; -1: there is none.
inline double value_of(const telemetry::Registry& registry, std::string_view name,
                       const std::vector<std::string>& labels) {
  for (const auto& sample : telemetry::samples(registry, name)) {
    std::vector<std::string> values;
    for (const auto& label : sample.labels) values.push_back(label.value);
    if (values == labels) return sample.value;
  }
  return -1;
}

struct Client {
  explicit Client(net::testing::Loop& of, const RedisSettings& settings)
      : loop(of),
        log(of.executor.clock(), base::LogFormat::logfmt, {},
            [this](std::string_view line) { lines += line; }),
        client(settings, of.executor,
               std::make_unique<net::ByteClient>(of.executor,
                                                 runtime::ChannelLimits{.connect_timeout = 500ms}),
               meter, log) {
    client.on_down([this](const std::string& why) { last_down = why; });
    client.start();
  }

  bool until(const std::function<bool()>& reached) { return loop.until(reached); }
  bool until_ready() {
    return until([this] { return client.ready(); });
  }
  // One command, and its outcome.
  Outcome ask(std::vector<std::string> words, base::Duration patience = 5s) {
    std::optional<Outcome> got;
    client.submit({.words = std::move(words),
                   .on_outcome = [&](base::Now, const Outcome& outcome) { got = outcome; },
                   .patience = patience});
    if (!until([&] { return got.has_value(); }))
      return std::unexpected(Failed{.why = Failure::error, .detail = "no outcome"});
    return *got;
  }
  // "loading: LOADING Redis is …", or the text.
  std::string told(std::vector<std::string> words, base::Duration patience = 5s) {
    const Outcome outcome = ask(std::move(words), patience);
    if (outcome) return outcome->text;
    return std::string(to_string(outcome.error().why)) + ": " + outcome.error().detail;
  }
  double value(std::string_view name) const {
    return telemetry::value(registry, name).value_or(-1);
  }
  double value(std::string_view name, const std::vector<std::string>& labels) const {
    return value_of(registry, name, labels);
  }

  net::testing::Loop& loop;
  std::string lines, last_down;
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  runtime::Log log;
  RedisMeter meter{metrics};
  RedisClient client;
};

}  // namespace tickwitness::cache::test
