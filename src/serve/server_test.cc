#include "serve/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>

#include "net/testing.h"
#include "serve/api.h"
#include "serve/page.gen.h"
#include "serve/test_status.h"
#include "telemetry/test_read.h"

namespace tickwitness::serve {
namespace {

using net::testing::Loop;
using net::testing::RawSocket;
using telemetry::test::read;
using testing::HasSubstr;
using testing::Not;

struct Answer {
  int status = 0;
  std::string head, body;
};

class ServerTest : public ::testing::Test {
 protected:
  void start(ServerSettings settings = {}) {
    settings.listen = {net::ListenAddress{}};
    settings.dialects = {"kraken", "trading"};
    started = loop.executor.clock().now();
    const ProcessInfo process{
        .mode = "run", .version = "1.2.3", .commit = "abc", .instance = "here", .started = started};
    server.emplace(loop.executor, registry, metrics, process, std::move(settings));
    port = server->start().value().front();
  }
  // One request on a connection of its own, which the server closes.
  Answer ask(std::string_view method, std::string_view path, std::string_view headers = "") {
    RawSocket client(port);
    client.send(std::string(method) + ' ' + std::string(path) +
                " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + std::string(headers) +
                "\r\n");
    EXPECT_TRUE(loop.until([&] { return client.ended(); })) << path;
    const std::string& all = client.received();
    const std::size_t end = all.find("\r\n\r\n");
    if (all.size() < 12 || end == std::string::npos) return {};
    return {.status = std::atoi(all.c_str() + 9),
            .head = all.substr(0, end + 2),
            .body = all.substr(end + 4)};
  }
  Answer get(std::string_view path, std::string_view headers = "") {
    return ask("GET", path, headers);
  }
  std::shared_ptr<EngineStatus> report(feed::LinkState state) {
    auto status = std::make_shared<EngineStatus>(test::engine({test::connection("main", state)}));
    status->at = loop.executor.clock().now();
    server->set_status(status);
    return status;
  }

  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  Loop loop;
  std::optional<Server> server;
  std::uint16_t port = 0;
  base::Now started{};
};

struct Route {
  std::string_view path;
  int status;
  std::string_view type;
};

// Every route there is; the API's description must name exactly these.
constexpr Route kRoutes[] = {
    {"/metrics", 200, "text/plain; version=0.0.4; charset=utf-8"},
    {"/health", 200, "text/plain; charset=utf-8"},
    {"/health/live", 200, "text/plain; charset=utf-8"},
    {"/health/ready", 503, "text/plain; charset=utf-8"},
    {"/api/v1/status", 200, "application/json"},
    {"/api/v1/feeds", 200, "application/json"},
    {"/api/v1/openapi.json", 200, "application/json"},
    {"/ws", 426, ""},
};

TEST_F(ServerTest, RoutesAnswer) {
  start();
  for (const auto& route : kRoutes) {
    const Answer answer = get(route.path);
    EXPECT_EQ(answer.status, route.status) << route.path;
    if (!route.type.empty()) {
      EXPECT_THAT(answer.head, HasSubstr("\r\nContent-Type: " + std::string(route.type) + "\r\n"))
          << route.path;
      EXPECT_THAT(answer.head, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n")) << route.path;
    }
    EXPECT_EQ(read(registry, "tickwitness_http_requests_total", {{"route", route.path}}), 1)
        << route.path;
  }
}

TEST_F(ServerTest, TheDescriptionNamesEveryRouteThatAnswersAndNoOther) {
  start();
  std::set<std::string> routes{"/live", "/sse/metrics"};
  for (const auto& route : kRoutes) routes.emplace(route.path);
  std::set<std::string> described;
  const std::string_view text = openapi_json();
  for (std::size_t at = text.find("\"/"); at != text.npos; at = text.find("\"/", at + 1)) {
    const std::size_t end = text.find('"', at + 1);
    described.emplace(text.substr(at + 1, end - at - 1));
  }
  EXPECT_EQ(described, routes);
  EXPECT_EQ(get("/api/v1/openapi.json").body, text);
}

TEST_F(ServerTest, UnknownPathsAreNotFoundAndCountedAsOne) {
  start();
  for (const auto* path : {"/nothing", "/metrics/", "/health/x", "/api/v1", "/live/../metrics",
                           "/live/assets/../../etc/passwd", "/api/v2/status"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
  for (const auto& sample : telemetry::samples(registry, "tickwitness_http_requests_total")) {
    const std::string& route = sample.labels.front().value;
    EXPECT_TRUE(route == "other" || route == "/live/assets/") << route;
  }
}

TEST_F(ServerTest, OnlyGetAndHeadAreAnswered) {
  start();
  for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
    for (const auto* path : {"/metrics", "/sse/metrics", "/ws", "/nothing"}) {
      const Answer answer = ask(method, path);
      EXPECT_EQ(answer.status, 405) << method << ' ' << path;
      EXPECT_THAT(answer.head, HasSubstr("\r\nAllow: GET, HEAD\r\n"));
    }
  }
}

TEST_F(ServerTest, HeadIsGetWithoutTheBody) {
  start();
  for (const auto* path : {"/health", "/metrics", "/api/v1/status"}) {
    const Answer answer = ask("HEAD", path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.body, "") << path;
    EXPECT_THAT(answer.head, Not(HasSubstr("\r\nContent-Length: 0\r\n"))) << path;
  }
}

TEST_F(ServerTest, TheRootLeadsToThePage) {
  start();
  const Answer answer = get("/");
  EXPECT_EQ(answer.status, 302);
  EXPECT_THAT(answer.head, HasSubstr("\r\nLocation: /live\r\n"));
}

TEST_F(ServerTest, ThePageMayLoadNothingFromElsewhere) {
  start();
  const Answer answer = get("/live");
  if (page_files().empty()) {
    EXPECT_EQ(answer.status, 404);
    EXPECT_THAT(answer.body, HasSubstr("no such page file"));
    GTEST_SKIP() << "this build has no page";
  }
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.head, HasSubstr("\r\nContent-Security-Policy: default-src 'none';"));
  EXPECT_THAT(answer.head, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(answer.head, Not(HasSubstr("unsafe-")));
  const std::size_t etag = answer.head.find("\r\nETag: ") + 8;
  const std::string tag = answer.head.substr(etag, answer.head.find("\r\n", etag) - etag);
  EXPECT_EQ(get("/live", "If-None-Match: " + tag + "\r\n").status, 304);
  EXPECT_THAT(get("/live", "Accept-Encoding: gzip\r\n").head,
              HasSubstr("\r\nContent-Encoding: gzip\r\n"));
}

TEST_F(ServerTest, WithATokenOnlyHealthIsOpen) {
  start({.token = base::Secret("s3cret")});
  for (const auto* path : {"/health", "/health/live"}) EXPECT_EQ(get(path).status, 200) << path;
  EXPECT_EQ(get("/health/ready").status, 503);
  for (const auto* path : {"/metrics", "/api/v1/status", "/sse/metrics", "/ws", "/live", "/",
                           "/nothing", "/healthy"}) {
    const Answer answer = get(path);
    EXPECT_EQ(answer.status, 401) << path;
    EXPECT_THAT(answer.head, HasSubstr("\r\nWWW-Authenticate: Basic realm=")) << path;
  }
  for (const auto* wrong :
       {"Bearer s3cre", "Bearer s3cret2", "Basic s3cret", "s3cret", "Bearer "}) {
    EXPECT_EQ(get("/metrics", "Authorization: " + std::string(wrong) + "\r\n").status, 401)
        << wrong;
  }
  EXPECT_EQ(get("/metrics", "Authorization: Bearer s3cret\r\n").status, 200);
  EXPECT_EQ(get("/metrics?token=s3cret").status, 401);
}

// What any web page in the operator's browser could make it ask.
TEST_F(ServerTest, WithoutATokenOnlyThisMachinesNamesAreAnswered) {
  start();
  for (const auto* host :
       {"evil.test", "evil.test:8000", "10.0.0.1", "localhost.evil.test", "127.evil.test"}) {
    RawSocket client(port);
    client.send("GET /metrics HTTP/1.1\r\nConnection: close\r\nHost: " + std::string(host) +
                "\r\n\r\n");
    ASSERT_TRUE(loop.until([&] { return client.ended(); }));
    EXPECT_TRUE(client.received().starts_with("HTTP/1.1 403 ")) << host;
  }
}

TEST_F(ServerTest, ReadinessAndHealthFollowTheReport) {
  start();
  EXPECT_THAT(get("/health/ready").body, HasSubstr("Missing: engine: no report."));
  EXPECT_THAT(get("/health", "Accept: application/json\r\n").body,
              HasSubstr(R"({"status":"down")"));
  report(feed::LinkState::waiting);
  EXPECT_EQ(get("/health/ready").status, 503);
  EXPECT_THAT(get("/health/ready").body, HasSubstr("kraken main: waiting"));
  report(feed::LinkState::connected);
  EXPECT_EQ(get("/health/ready").status, 200);
  EXPECT_THAT(get("/health", "Accept: application/json\r\n").body, HasSubstr(R"({"status":"ok")"));
  EXPECT_THAT(get("/api/v1/status").body, HasSubstr(R"("name":"main","state":"connected")"));
}

TEST_F(ServerTest, MetricsInBothFormatsAndByName) {
  start();
  metrics.feed_bytes.at(telemetry::label::Exchange::kraken).add(7);
  const Answer text = get("/metrics");
  EXPECT_THAT(text.body, HasSubstr("tickwitness_feed_bytes_total{exchange=\"kraken\"} 7\n"));
  EXPECT_THAT(text.body, Not(HasSubstr("# EOF")));
  const Answer open = get("/metrics", "Accept: application/openmetrics-text;version=1.0.0\r\n");
  EXPECT_THAT(open.head,
              HasSubstr("\r\nContent-Type: application/openmetrics-text; version=1.0.0"));
  EXPECT_TRUE(open.body.ends_with("# EOF\n"));
  const Answer one = get("/metrics?name[]=tickwitness_feed_bytes_total");
  EXPECT_THAT(one.body, HasSubstr("tickwitness_feed_bytes_total{exchange=\"kraken\"} 7\n"));
  EXPECT_THAT(one.body, Not(HasSubstr("tickwitness_http_requests_total")));
  EXPECT_EQ(read(registry, "tickwitness_scrape_duration_seconds"), 3);
}

TEST_F(ServerTest, MetricsAreCompressedForThoseWhoAcceptIt) {
  start();
  for (int i = 0; i < 20; ++i) {
    metrics.feed_bytes.at(telemetry::label::Exchange::kraken).inc();
    get("/health");
  }
  const Answer plain = get("/metrics");
  const Answer packed = get("/metrics", "Accept-Encoding: gzip\r\n");
  ASSERT_GT(plain.body.size(), 1024U);
  EXPECT_THAT(plain.head, Not(HasSubstr("Content-Encoding")));
  EXPECT_THAT(plain.head, HasSubstr("\r\nVary: Accept, Accept-Encoding\r\n"));
  EXPECT_THAT(packed.head, HasSubstr("\r\nContent-Encoding: gzip\r\n"));
  EXPECT_TRUE(packed.body.starts_with("\x1f\x8b"));
  EXPECT_LT(packed.body.size(), plain.body.size());
  EXPECT_THAT(get("/metrics", "Accept-Encoding: gzip; q=0\r\n").head,
              Not(HasSubstr("Content-Encoding")));
}

TEST_F(ServerTest, MetricsCanBeSwitchedOff) {
  start({.metrics = false});
  const Answer answer = get("/metrics");
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(answer.body, HasSubstr("switched off"));
}

TEST_F(ServerTest, AnEventStreamBeginsWithTheNewestMetrics) {
  start();
  RawSocket client(port);
  client.send("GET /sse/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(loop.until(
      [&] { return client.received().find("event: kraken_metrics") != std::string::npos; }));
  const std::string& all = client.received();
  EXPECT_THAT(all, HasSubstr("\r\nContent-Type: text/event-stream"));
  EXPECT_THAT(all, HasSubstr("\r\nCache-Control: no-store\r\n"));
  const std::size_t id = all.find("id: ");
  ASSERT_NE(id, std::string::npos);
  EXPECT_LT(id, all.find("event: kraken_metrics"));
  EXPECT_LT(all.find("event: kraken_metrics"), all.find("data: {\"latency_p50_ms\":null"));
}

TEST_F(ServerTest, AClientThatComesBackGetsWhatItMissed) {
  start();
  // Ids of a process begin with the second it started in; its second event is the heartbeat.
  const auto second =
      std::chrono::floor<std::chrono::seconds>(started.wall.time_since_epoch()).count();
  const std::int64_t first = second * 1'000'000;
  RawSocket client(port);
  client.send("GET /sse/metrics HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: " +
              std::to_string(first) + "\r\n\r\n");
  ASSERT_TRUE(loop.until([&] { return client.received().find("data: ") != std::string::npos; }));
  const std::string& all = client.received();
  const std::size_t id = all.find("id: ");
  ASSERT_NE(id, std::string::npos);
  EXPECT_THAT(all.substr(id), testing::StartsWith("id: " + std::to_string(first + 1) +
                                                  "\nevent: heartbeat\ndata: {\"timestamp\":"));
}

TEST_F(ServerTest, StopsOnce) {
  start();
  EXPECT_EQ(get("/health").status, 200);
  int stopped = 0;
  server->stop(std::chrono::seconds(1), [&] { ++stopped; });
  ASSERT_TRUE(loop.until([&] { return stopped > 0; }));
  loop.drain();
  EXPECT_EQ(stopped, 1);
}

TEST_F(ServerTest, AnAddressInUseIsAnErrorThatNamesIt) {
  start();
  ServerSettings settings;
  settings.listen = {{.port = port}};
  Server second(loop.executor, registry, metrics, {}, settings);
  const auto ports = second.start();
  ASSERT_FALSE(ports.has_value());
  EXPECT_THAT(ports.error().message, HasSubstr("127.0.0.1"));
  EXPECT_THAT(ports.error().message, HasSubstr(std::to_string(port)));
}

}  // namespace
}  // namespace tickwitness::serve
