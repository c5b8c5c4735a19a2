// A service with its time and its carrier by hand, for the tests of this room.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "feed/test_world.h"
#include "serve/service.h"
#include "serve/test_status.h"
#include "telemetry/catalog.gen.h"
#include "telemetry/registry.h"

namespace tickwitness::serve::test {

struct Event {
  std::string name, data, chunk;
};

struct World {
  explicit World(ServiceSettings settings = {}, bool has_history = true, const View* view = nullptr,
                 bool stores = false)
      : service(executor, registry, metrics,
                {.mode = "run",
                 .version = "1.2.3",
                 .commit = "abc",
                 .instance = "here",
                 .started = executor.now()},
                with_dialects(std::move(settings)),
                {.publish =
                     [this](std::string_view event, const std::string& data,
                            const EventLog::Chunk& chunk) {
                       published.push_back({std::string(event), data, *chunk});
                     },
                 .counts = [this] { return counts; },
                 .history = has_history ? asked_of_history() : nullptr,
                 .storage_refuses = stores ? [this] { return refuses; } : std::function<bool()>(),
                 .view = view}) {}
  using AskHistory = decltype(Service::Outside::history);
  AskHistory asked_of_history() {
    return [this](const pipeline::HistoryQuery& query, auto on_history) {
      return history(query, std::move(on_history));
    };
  }
  static ServiceSettings with_dialects(ServiceSettings settings) {
    settings.dialects = {"kraken", "trading"};
    return settings;
  }
  static net::Request request(std::string_view target, net::Headers headers = {}) {
    net::Request request{.method = "GET", .target = std::string(target)};
    EXPECT_TRUE(net::parse_target(target, request.path, request.query)) << target;
    request.headers = std::move(headers);
    if (!request.header("Host")) request.headers.push_back({"Host", "localhost"});
    return request;
  }
  net::Response get(std::string_view target, net::Headers headers = {}) {
    return service.handle(request(target, std::move(headers)));
  }
  std::string body(std::string_view target, net::Headers headers = {}) {
    const auto answer = get(target, std::move(headers));
    return answer.body ? *answer.body : "";
  }
  void report(feed::LinkState state) {
    auto status = std::make_shared<EngineStatus>(engine({connection("main", state)}));
    status->at = executor.now();
    service.set_status(std::move(status));
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& event : published) all.push_back(event.name);
    return all;
  }

  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  feed::test::HandExecutor executor;
  std::vector<Event> published;
  bool refuses = false;  // storage
  TransportCounts counts;
  AskHistory history;
  Service service;
};

}  // namespace tickwitness::serve::test
