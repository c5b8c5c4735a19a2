#include "serve/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "serve/api.h"
#include "serve/page.gen.h"
#include "serve/test_service.h"
#include "telemetry/test_read.h"

namespace tickwitness::serve {
namespace {

using namespace std::chrono_literals;
using telemetry::test::read;
using test::World;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct Route {
  std::string_view path;
  int status;
  std::string_view type;
};

// Every route that handle() answers but the page's; the API's description must name exactly these,
// the page and the streams.
constexpr Route kRoutes[] = {
    {"/metrics", 200, "text/plain; version=0.0.4; charset=utf-8"},
    {"/health", 200, "text/plain; charset=utf-8"},
    {"/health/live", 200, "text/plain; charset=utf-8"},
    {"/health/ready", 503, "text/plain; charset=utf-8"},
    {"/api/v1/status", 200, "application/json"},
    {"/api/v1/feeds", 200, "application/json"},
    {"/api/v1/gaps", 200, "application/json"},
    {"/api/v1/snapshot", 200, "application/json"},
    {"/api/v1/openapi.json", 200, "application/json"},
};

TEST(Service, RoutesAnswer) {
  World world;
  for (const auto& route : kRoutes) {
    const net::Response answer = world.get(route.path);
    EXPECT_EQ(answer.status, route.status) << route.path;
    EXPECT_EQ(answer.header("Content-Type"), route.type) << route.path;
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << route.path;
    EXPECT_EQ(read(world.registry, "tickwitness_http_requests_total", {{"route", route.path}}), 1)
        << route.path;
  }
}

TEST(Service, TheDescriptionNamesEveryRouteThatAnswersAndNoOther) {
  World world;
  std::set<std::string> routes{"/live", "/sse/metrics", "/ws", "/api/v1/history"};
  for (const auto& route : kRoutes) routes.emplace(route.path);
  std::set<std::string> described;
  const std::string_view text = openapi_json();
  for (std::size_t at = text.find("\"/"); at != text.npos; at = text.find("\"/", at + 1)) {
    const std::size_t end = text.find('"', at + 1);
    described.emplace(text.substr(at + 1, end - at - 1));
  }
  EXPECT_EQ(described, routes);
  EXPECT_EQ(world.body("/api/v1/openapi.json"), text);
}

TEST(Service, UnknownPathsAreNotFoundAndCountedAsOne) {
  World world;
  for (const auto* path : {"/nothing", "/metrics/", "/health/x", "/api/v1", "/live/../metrics",
                           "/live/assets/../../etc/passwd", "/api/v2/status"}) {
    EXPECT_EQ(world.get(path).status, 404) << path;
  }
  for (const auto& sample : telemetry::samples(world.registry, "tickwitness_http_requests_total")) {
    const std::string& route = sample.labels.front().value;
    EXPECT_TRUE(route == "other" || route == "/live/assets/") << route;
  }
}

TEST(Service, OnlyGetIsAnswered) {
  World world;
  for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
    for (const auto* path : {"/metrics", "/sse/metrics", "/ws", "/nothing"}) {
      net::Request request = World::request(path);
      request.method = method;
      ASSERT_FALSE(Service::is_stream(request)) << method << ' ' << path;
      const net::Response answer = world.service.handle(request);
      EXPECT_EQ(answer.status, 405) << method << ' ' << path;
      EXPECT_EQ(answer.header("Allow"), "GET, HEAD");
    }
  }
}

TEST(Service, RequestsAreCountedByMethodAndInventedMethodsTakeNoRoom) {
  World world;
  for (const auto* method : {"GET", "POST", "BREW", "get"}) {
    net::Request request = World::request("/health");
    request.method = method;
    world.service.handle(request);
  }
  const auto counted = [&](std::string_view method) {
    return read(world.registry, "tickwitness_http_requests_total", {{"method", method}});
  };
  EXPECT_EQ(counted("GET"), 1);
  EXPECT_EQ(counted("POST"), 1);
  EXPECT_EQ(counted("other"), 2);
  EXPECT_EQ(counted("BREW"), std::nullopt);
  EXPECT_EQ(read(world.registry, "tickwitness_label_overflow_total", {{"label", "method"}}), 0);
}

TEST(Service, TheRootLeadsToThePage) {
  World world;
  const net::Response answer = world.get("/");
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(answer.header("Location"), "/live");
}

// The build says whether it has the page: one that should have it and has not fails here.
#if TW_PAGE
TEST(Service, ThePageMayLoadNothingFromElsewhere) {
  World world;
  const net::Response answer = world.get("/live");
  EXPECT_EQ(answer.status, 200);
  const auto policy = answer.header("Content-Security-Policy");
  ASSERT_TRUE(policy.has_value());
  EXPECT_THAT(*policy, testing::StartsWith("default-src 'none';"));
  EXPECT_THAT(*policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(*policy, Not(HasSubstr("unsafe-")));
  ASSERT_TRUE(answer.header("ETag").has_value());
  EXPECT_EQ(world.get("/live", {{"If-None-Match", std::string(*answer.header("ETag"))}}).status,
            304);
  EXPECT_EQ(world.get("/live", {{"Accept-Encoding", "gzip"}}).header("Content-Encoding"), "gzip");
}
#else
TEST(Service, AMissingPageIsSaidToBeMissing) {
  World world;
  const net::Response answer = world.get("/live");
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(*answer.body, HasSubstr("no such page file"));
}
#endif

TEST(Service, WithATokenOnlyHealthIsOpen) {
  World world({.token = base::Secret("s3cret")});
  for (const auto* path : {"/health", "/health/live"}) {
    EXPECT_EQ(world.get(path).status, 200) << path;
  }
  EXPECT_EQ(world.get("/health/ready").status, 503);
  for (const auto* path : {"/metrics", "/api/v1/status", "/live", "/", "/nothing", "/healthy",
                           "/metrics?token=s3cret"}) {
    const net::Response answer = world.get(path);
    EXPECT_EQ(answer.status, 401) << path;
    EXPECT_EQ(answer.header("WWW-Authenticate"), "Basic realm=\"tickwitness\"") << path;
  }
  for (const auto* wrong :
       {"Bearer s3cre", "Bearer s3cret2", "Basic s3cret", "s3cret", "Bearer "}) {
    EXPECT_EQ(world.get("/metrics", {{"Authorization", wrong}}).status, 401) << wrong;
  }
  const auto attempts = [&](std::string_view result) {
    return read(world.registry, "tickwitness_auth_attempts_total", {{"result", result}});
  };
  EXPECT_EQ(attempts("failure"), 12);  // the paths and the wrong tokens above, health not
  EXPECT_EQ(attempts("success"), 0);
  EXPECT_EQ(world.get("/metrics", {{"Authorization", "Bearer s3cret"}}).status, 200);
  EXPECT_EQ(attempts("failure"), 12);
  EXPECT_EQ(attempts("success"), 1);
}

// What any web page in the operator's browser could make it ask.
TEST(Service, WithoutATokenOnlyThisMachinesNamesAreAnswered) {
  World world;
  for (const auto* host :
       {"evil.test", "evil.test:8000", "10.0.0.1", "localhost.evil.test", "127.evil.test"}) {
    EXPECT_EQ(world.get("/metrics", {{"Host", host}}).status, 403) << host;
  }
}

TEST(Service, StreamsAreRefusedAndCountedAsEverythingElse) {
  World world({.token = base::Secret("s3cret")});
  const auto counted = [&](std::string_view route, std::string_view status) {
    return read(world.registry, "tickwitness_http_requests_total",
                {{"route", route}, {"status_code", status}});
  };
  for (const auto* path : {"/sse/metrics", "/ws"}) {
    ASSERT_TRUE(Service::is_stream(World::request(path))) << path;
    const auto refused = world.service.refuse_stream(World::request(path));
    ASSERT_TRUE(refused.has_value()) << path;
    EXPECT_EQ(refused->status, 401) << path;
  }
  EXPECT_EQ(counted("other", "401"), 2);
  net::Request request = World::request("/ws", {{"Authorization", "Bearer s3cret"}});
  EXPECT_FALSE(world.service.refuse_stream(request).has_value());
  world.service.count_stream(request, 426, world.executor.now().mono);
  world.service.count_stream(request, 101, world.executor.now().mono);
  request.path = "/sse/metrics";
  world.service.count_stream(request, 200, world.executor.now().mono);
  EXPECT_EQ(counted("/ws", "426"), 1);
  EXPECT_EQ(counted("/ws", "101"), 1);
  EXPECT_EQ(counted("/sse/metrics", "200"), 1);
}

TEST(Service, ReadinessAndHealthFollowTheReport) {
  World world;
  const net::Headers json{{"Accept", "application/json"}};
  EXPECT_THAT(world.body("/health/ready"), HasSubstr("Missing: engine: no report."));
  EXPECT_THAT(world.body("/health", json), HasSubstr(R"({"status":"down")"));
  world.report(feed::LinkState::waiting);
  EXPECT_EQ(world.get("/health/ready").status, 503);
  EXPECT_THAT(world.body("/health/ready"), HasSubstr("kraken main: waiting"));
  world.report(feed::LinkState::connected);
  EXPECT_EQ(world.get("/health/ready").status, 200);
  EXPECT_THAT(world.body("/health", json), HasSubstr(R"({"status":"ok")"));
  EXPECT_THAT(world.body("/api/v1/status"), HasSubstr(R"("name":"main","state":"connected")"));
}

TEST(Service, TellsTheMetricsEachSecondAndAHeartbeatEachFifth) {
  World world;
  EXPECT_THAT(world.names(), ElementsAre());
  world.service.start();
  EXPECT_THAT(world.names(), ElementsAre("kraken_metrics", "heartbeat"));
  world.executor.run_until(5s);
  EXPECT_THAT(world.names(),
              ElementsAre("kraken_metrics", "heartbeat", "kraken_metrics", "kraken_metrics",
                          "kraken_metrics", "kraken_metrics", "kraken_metrics", "heartbeat"));
  // Ids of a process begin with the second it started in, 1'700'000'000 here.
  EXPECT_EQ(world.published[1].data, R"({"timestamp":1700000000000})");
  EXPECT_EQ(world.published[1].chunk,
            "id: 1700000000000001\nevent: heartbeat\ndata: {\"timestamp\":1700000000000}\n\n");
  world.service.stop();
  world.executor.run_until(60s);
  EXPECT_EQ(world.published.size(), 8U);
}

TEST(Service, ANewClientGetsWhatItMissedOrTheNewestMetrics) {
  World world;
  const auto first = [&](net::Headers headers) {
    std::vector<std::string> chunks;
    for (const auto& chunk :
         world.service.first_events(World::request("/sse/metrics", std::move(headers)))) {
      chunks.push_back(*chunk);
    }
    return chunks;
  };
  EXPECT_THAT(first({}), ElementsAre());
  world.service.start();
  world.executor.run_until(1s);
  ASSERT_EQ(world.published.size(), 3U);
  EXPECT_THAT(first({}), ElementsAre(world.published[2].chunk));
  EXPECT_THAT(first({{"Last-Event-ID", "1700000000000000"}}),
              ElementsAre(world.published[1].chunk, world.published[2].chunk));
  EXPECT_THAT(first({{"Last-Event-ID", "7"}}), ElementsAre(world.published[2].chunk));
  // Missed nothing: the newest metrics again would take the client's last id back.
  EXPECT_THAT(first({{"Last-Event-ID", "1700000000000002"}}), ElementsAre());
  EXPECT_EQ(world.service.first_text(),
            R"({"event":"kraken_metrics","data":)" + world.published[2].data + "}");
}

TEST(Service, TheSnapshotIsTheEventForThoseWhoPoll) {
  World world;
  world.report(feed::LinkState::connected);
  world.service.start();
  EXPECT_EQ(world.body("/api/v1/snapshot"), world.published.front().data);
  EXPECT_THAT(world.body("/api/v1/snapshot"), HasSubstr(R"("venues":{"kraken":{)"));
}

TEST(Service, AReportTooOldNoLongerStandsForNow) {
  World world;
  world.report(feed::LinkState::connected);
  world.service.start();
  EXPECT_THAT(world.published.front().data, HasSubstr(R"("ws_status":"connected")"));
  world.published.clear();
  world.executor.run_until(5s);
  EXPECT_THAT(world.published[4].data, HasSubstr(R"("ws_status":"connected")"));
  world.executor.run_until(6s);
  EXPECT_THAT(world.published.back().data, HasSubstr(R"("ws_status":null)"));
  EXPECT_EQ(read(world.registry, "tickwitness_engine_report_age_seconds"), 6);
}

TEST(Service, WhatTheCarrierCountsIsExportedEachSecond) {
  World world;
  world.service.start();
  const auto value = [&](std::string_view name) { return read(world.registry, name); };
  const auto rejected = [&](std::string_view reason) {
    return read(world.registry, "tickwitness_http_rejected_total", {{"reason", reason}});
  };
  for (std::uint64_t n = 1; n <= 2; ++n) {  // counters are carried over as they stand
    world.counts = {.connections = n,
                    .event_clients = 10 * n,
                    .sockets = 20 * n,
                    .events_sent = 30 * n,
                    .clients_lagged = 40 * n,
                    .clients_stalled = 50 * n,
                    .refused_full = 60 * n,
                    .refused_per_ip = 70 * n,
                    .bad_requests = 80 * n,
                    .timeouts = 90 * n,
                    .tls_failures = 100 * n,
                    .accept_failures = 110 * n,
                    .sockets_dropped = 120 * n,
                    .messages_in = 150 * n,
                    .messages_out = 160 * n,
                    .bytes_in = 130 * n,
                    .bytes_out = 140 * n};
    world.executor.run_until(base::Duration(n * 1s));
    const auto times = [&](double one) { return one * static_cast<double>(n); };
    EXPECT_EQ(value("tickwitness_http_connections"), times(1));
    EXPECT_EQ(value("tickwitness_sse_clients"), times(10));
    EXPECT_EQ(value("tickwitness_websocket_connections"), times(20));
    EXPECT_EQ(value("tickwitness_sse_events_sent_total"), times(30));
    EXPECT_EQ(value("tickwitness_sse_clients_lagged_total"), times(40));
    EXPECT_EQ(value("tickwitness_sse_clients_dropped_total"), times(50));
    EXPECT_EQ(rejected("full"), times(60));
    EXPECT_EQ(rejected("per_ip"), times(70));
    EXPECT_EQ(rejected("bad_request"), times(80));
    EXPECT_EQ(rejected("timeout"), times(90));
    EXPECT_EQ(rejected("tls"), times(100));
    EXPECT_EQ(value("tickwitness_http_accept_failures_total"), times(110));
    EXPECT_EQ(value("tickwitness_websocket_clients_dropped_total"), times(120));
    const auto bytes = [&](std::string_view direction) {
      return read(world.registry, "tickwitness_network_bytes_total", {{"direction", direction}});
    };
    EXPECT_EQ(bytes("in"), times(130));
    EXPECT_EQ(bytes("out"), times(140));
    const auto messages = [&](std::string_view direction) {
      return read(world.registry, "tickwitness_websocket_messages_total",
                  {{"direction", direction}});
    };
    EXPECT_EQ(messages("in"), times(150));
    EXPECT_EQ(messages("out"), times(160));
  }
}

struct FarView final : View {
  std::string event(base::Now) const override { return R"({"ws_status":null})"; }
  Readiness readiness(base::Instant) const override {
    return {.ready = ready, .missing = {"redis: refused"}};
  }
  std::vector<Component> components(base::Instant) const override {
    return {{.name = "redis", .state = "down", .ok = false, .age = {}, .detail = "refused"}};
  }
  bool ready = false;
};

TEST(Service, AViewStandsInForAnEngine) {
  FarView view;
  World world({}, false, &view);
  world.service.start();
  EXPECT_EQ(world.published.front().data, R"({"ws_status":null})");
  EXPECT_EQ(world.body("/api/v1/snapshot"), R"({"ws_status":null})");
  EXPECT_THAT(world.service.first_text(), HasSubstr(R"("data":{"ws_status":null})"));
  EXPECT_EQ(world.get("/health/ready").status, 503);
  EXPECT_THAT(world.body("/health/ready"), HasSubstr("redis: refused"));
  EXPECT_THAT(world.body("/health", {{"Accept", "application/json"}}),
              HasSubstr(R"({"status":"down","components":[{"name":"redis")"));
  // Not known is not none.
  EXPECT_EQ(world.get("/api/v1/gaps").status, 404);
  EXPECT_EQ(world.get("/api/v1/feeds").status, 404);
  std::optional<net::Response> history;
  world.service.answer_query(World::request("/api/v1/history?exchange=kraken&symbol=BTC-USD"),
                             [&](const net::Response& answer) { history = answer; });
  ASSERT_TRUE(history && history->body);
  EXPECT_EQ(history->status, 404);
  EXPECT_THAT(*history->body, HasSubstr("gateway"));
  view.ready = true;
  EXPECT_EQ(world.get("/health/ready").status, 200);
}

TEST(Service, IsNotReadyWhileStorageTakesNothing) {
  World world({}, true, nullptr, true);
  world.report(feed::LinkState::connected);
  EXPECT_EQ(world.get("/health/ready").status, 200);
  EXPECT_THAT(world.body("/health", {{"Accept", "application/json"}}),
              HasSubstr(R"("name":"storage","state":"accepting","ok":true)"));
  world.refuses = true;
  EXPECT_EQ(world.get("/health/ready").status, 503);
  EXPECT_THAT(world.body("/health/ready"), HasSubstr("storage: the spool takes nothing"));
  EXPECT_THAT(world.body("/health", {{"Accept", "application/json"}}),
              HasSubstr(R"("name":"storage","state":"refusing","ok":false)"));
  world.refuses = false;
  EXPECT_EQ(world.get("/health/ready").status, 200);
}

}  // namespace
}  // namespace tickwitness::serve
