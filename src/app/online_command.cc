// tickwitness check --online: tries the disk and the database, asks the configured exchanges and
// Redis over real sockets, and starts nothing.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

#include "app/commands.h"
#include "app/engine.h"
#include "app/online_check.h"
#include "app/online_redis.h"
#include "app/storage_check.h"
#include "base/json_write.h"
#include "exchange/venues/venues.h"
#include "net/http_requester.h"
#include "net/ws_client.h"
#include "runtime/executor_asio.h"

namespace tickwitness::app {
namespace {

std::vector<OnlineTarget> targets_of(const EngineSettings& settings) {
  std::vector<OnlineTarget> targets;
  for (const VenueSettings& venue : settings.feeds) {
    OnlineTarget& target = targets.emplace_back();
    target.name = market::to_string(venue.feed.venue);
    target.stream = venue.feed.endpoint;
    target.rest = venue.feed.rest;
    target.protocol = exchange::venues::make_protocol(venue.feed.venue, venue.book_depth);
    target.rest_protocol = exchange::venues::make_rest(venue.feed.venue);
    for (const auto& subscription : venue.feed.subscriptions) {
      const market::Symbol& pair = subscription.symbol;
      if (!pair.empty() && std::ranges::find(target.pairs, pair) == target.pairs.end()) {
        target.pairs.push_back(pair);
      }
    }
  }
  return targets;
}

void print(const OnlineStep& step) {
  fmt::print("{:<9} {:<7} {:<8} {:<8} {:>9}  {}\n", step.exchange, step.part, step.step,
             to_string(step.state),
             step.took ? fmt::format("{:.0f} ms", base::milliseconds(*step.took)) : "-",
             step.detail);
  std::fflush(stdout);  // who waits for the next step sees this one
}

std::string json_of(const std::vector<OnlineStep>& steps, bool ok) {
  std::string text;
  base::JsonWriter json(text);
  json.begin_object().member("ok", ok).key("steps").begin_array();
  for (const OnlineStep& step : steps) {
    json.begin_object().member("exchange", step.exchange).member("part", step.part);
    json.member("step", step.step).member("state", to_string(step.state)).key("took_ms");
    step.took ? json.value(base::milliseconds(*step.took)) : json.null();
    json.member("detail", step.detail).end_object();
  }
  json.end_array().end_object();
  return text;
}

}  // namespace

int check_online(const EngineSettings& engine, const config::Settings& settings,
                 const std::optional<cache::RedisSettings>& redis, bool as_json) {
  runtime::AsioExecutor executor;
  net::HttpRequester requester(executor, {.timeout = OnlineCheck::kStepMax});
  net::WsChannelFactory channels(executor);
  std::unique_ptr<net::Reach> reach;
  std::vector<OnlineStep> steps;
  const auto try_reach = [&](const runtime::Endpoint& endpoint,
                             std::function<void(net::Reached)> on_done) {
    reach =
        std::make_unique<net::Reach>(executor, endpoint, OnlineCheck::kStepMax, std::move(on_done));
  };
  const auto on_step = [&](const OnlineStep& step) {
    steps.push_back(step);
    if (!as_json) print(step);
  };
  check_storage(settings, executor.clock(), on_step);
  std::optional<OnlineRedis> of_redis;
  if (redis) of_redis.emplace(*redis, executor, try_reach, on_step, [&] { executor.stop(); });
  OnlineCheck check(
      {.executor = executor, .requester = requester, .channels = channels, .reach = try_reach},
      targets_of(engine), on_step, [&] {
        if (of_redis) return of_redis->start();
        executor.stop();
      });
  executor.post([&] { check.start(); });
  executor.run();
  const auto count = [&](OnlineStep::State state) {
    return std::ranges::count(steps, state, &OnlineStep::state);
  };
  const auto failed = count(OnlineStep::State::failed);
  if (as_json) {
    fmt::print("{}\n", json_of(steps, failed == 0));
  } else {
    fmt::print("{}: {} ok, {} failed, {} skipped.\n", failed == 0 ? "good" : "not good",
               count(OnlineStep::State::ok), failed, count(OnlineStep::State::skipped));
  }
  return failed == 0 ? kOk : kUnavailable;
}

}  // namespace tickwitness::app
