#include "serve/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/testing.h"
#include "net/ws_client.h"
#include "telemetry/test_read.h"

namespace tickwitness::serve {
namespace {

using net::testing::Loop;
using net::testing::RawSocket;
using telemetry::test::read;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Answer {
  int status = 0;
  std::string head, body;
};

class ServerTest : public ::testing::Test {
 protected:
  void start(ServiceSettings settings = {}) {
    settings.dialects = {"kraken", "trading"};
    started = loop.executor.clock().now();
    const ProcessInfo process{
        .mode = "run", .version = "1.2.3", .commit = "abc", .instance = "here", .started = started};
    service.emplace(
        loop.executor, registry, metrics, process, std::move(settings),
        Service::Outside{
            .publish = [this](std::string_view event, const std::string& data,
                              const net::Chunk& chunk) { server->publish(event, data, chunk); },
            .counts = [this] { return server->counts(); }});
    server.emplace(loop.executor, *service,
                   ServerSettings{.listen = {net::ListenAddress{}}, .limits = limits});
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
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  net::HttpLimits limits;
  Loop loop;
  std::optional<Service> service;
  std::optional<Server> server;
  std::uint16_t port = 0;
  base::Now started{};
};

TEST_F(ServerTest, AnswersAsTheServiceDoes) {
  start();
  const Answer answer = get("/api/v1/feeds");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.head, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(answer.head, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"));
  EXPECT_EQ(get("/nothing").status, 404);
  EXPECT_EQ(get("/ws").status, 426);
  for (const auto* route : {"/api/v1/feeds", "other", "/ws"}) {
    EXPECT_EQ(read(registry, "tickwitness_http_requests_total", {{"route", route}}), 1) << route;
  }
}

TEST_F(ServerTest, StreamsAskForTheTokenToo) {
  start({.token = base::Secret("s3cret")});
  for (const auto* path : {"/metrics", "/sse/metrics", "/ws"}) {
    const Answer answer = get(path);
    EXPECT_EQ(answer.status, 401) << path;
    EXPECT_THAT(answer.head, HasSubstr("\r\nWWW-Authenticate: Basic realm=")) << path;
  }
  EXPECT_EQ(get("/metrics", "Authorization: Bearer s3cret\r\n").status, 200);
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
  EXPECT_THAT(all.substr(id), StartsWith("id: " + std::to_string(first + 1) +
                                         "\nevent: heartbeat\ndata: {\"timestamp\":"));
}

TEST_F(ServerTest, AWebSocketGetsTheNewestMetricsThenWhatIsPublished) {
  start();
  net::WsChannelFactory factory(loop.executor);
  const auto channel = factory.make({});
  std::vector<std::string> got;
  bool closed = false;
  channel->open({.tls = false, .host = "127.0.0.1", .port = port, .path = "/ws", .ca_file = ""},
                {.on_open = [](base::Now) {},
                 .on_message = [&](base::Now, std::string_view text) { got.emplace_back(text); },
                 .on_closed = [&](base::Now, const runtime::Closed&) { closed = true; }});
  ASSERT_TRUE(loop.until([&] { return !got.empty(); }));
  EXPECT_THAT(got[0], StartsWith(R"({"event":"kraken_metrics","data":{"latency_p50_ms":null)"));
  EXPECT_EQ(server->counts().sockets, 1U);
  got.clear();  // a second's event may have come in between
  server->publish("word", R"({"n":7})", std::make_shared<const std::string>("data: 7\n\n"));
  ASSERT_TRUE(
      loop.until([&] { return !got.empty() && got.back().starts_with(R"({"event":"word")"); }));
  EXPECT_EQ(got.back(), R"({"event":"word","data":{"n":7}})");
  channel->close();
  ASSERT_TRUE(loop.until([&] { return closed && server->counts().sockets == 0; }));
}

TEST_F(ServerTest, CountsWhatIsOpenAndWhatWasRefused) {
  start();
  EXPECT_EQ(server->counts().connections, 0U);
  RawSocket waiting(port);
  RawSocket client(port);
  client.send("GET /sse/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(loop.until([&] { return server->counts().event_clients == 1; }));
  server->publish("word", "{}", std::make_shared<const std::string>("data: {}\n\n"));
  ASSERT_TRUE(loop.until([&] { return server->counts().events_sent > 0; }));
  EXPECT_EQ(server->counts().connections, 1U);  // the stream has left its own
  waiting.send("no HTTP\r\n\r\n");
  ASSERT_TRUE(loop.until([&] { return server->counts().bad_requests > 0; }));
  EXPECT_EQ(server->counts().bad_requests, 1U);
  EXPECT_EQ(server->counts().refused_full, 0U);
}

TEST_F(ServerTest, AStreamThatFindsNoRoomIsCountedAsRefused) {
  limits.streams_max = 1;
  start();
  const auto counted = [&](std::string_view route, std::string_view status) {
    return read(registry, "tickwitness_http_requests_total",
                {{"route", route}, {"status_code", status}});
  };
  RawSocket client(port);
  client.send("GET /sse/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(loop.until([&] { return server->counts().event_clients == 1; }));
  EXPECT_EQ(ask("GET", "/sse/metrics").status, 503);
  EXPECT_EQ(ask("GET", "/ws").status, 426);
  EXPECT_EQ(counted("/sse/metrics", "200"), 1);
  EXPECT_EQ(counted("/sse/metrics", "503"), 1);
  EXPECT_EQ(counted("/ws", "426"), 1);
}

TEST_F(ServerTest, CountsTheBytesOfItsClients) {
  start();
  RawSocket client(port);
  const std::string request =
      "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  client.send(request);
  ASSERT_TRUE(loop.until([&] { return client.ended(); }));
  EXPECT_EQ(server->counts().bytes_in, request.size());
  EXPECT_EQ(server->counts().bytes_out, client.received().size());
}

TEST_F(ServerTest, CountsTheMessagesOfWebSocketsBothWays) {
  start();
  net::WsChannelFactory factory(loop.executor);
  const auto channel = factory.make({});
  std::uint64_t got = 0;
  channel->open({.tls = false, .host = "127.0.0.1", .port = port, .path = "/ws", .ca_file = ""},
                {.on_open = [](base::Now) {},
                 .on_message = [&](base::Now, std::string_view) { ++got; },
                 .on_closed = [](base::Now, const runtime::Closed&) {}});
  ASSERT_TRUE(loop.until([&] { return got > 0; }));
  for (int i = 0; i < 3; ++i) channel->send("hello");
  for (int i = 0; i < 5; ++i) {
    server->publish("word", "{}", std::make_shared<const std::string>("data: {}\n\n"));
  }
  ASSERT_TRUE(loop.until([&] { return got >= 6 && server->counts().messages_in == 3; }));
  ASSERT_TRUE(loop.until([&] { return got == server->counts().messages_out; }));
  EXPECT_EQ(server->counts().messages_in, 3U);
}

TEST_F(ServerTest, AScrapeIsARequestInFlight) {
  start();
  EXPECT_THAT(get("/metrics").body, HasSubstr("\ntickwitness_http_requests_in_flight 1\n"));
  ASSERT_TRUE(loop.until([&] { return server->counts().requests == 0; }));
}

TEST_F(ServerTest, CountsWebSocketsThatEndByTheirClientsFault) {
  start();
  net::WsChannelFactory factory(loop.executor);
  const auto channel = factory.make({});
  bool opened = false;
  bool closed = false;
  const auto open = [&] {
    opened = closed = false;
    channel->open({.tls = false, .host = "127.0.0.1", .port = port, .path = "/ws", .ca_file = ""},
                  {.on_open = [&](base::Now) { opened = true; },
                   .on_message = [](base::Now, std::string_view) {},
                   .on_closed = [&](base::Now, const runtime::Closed&) { closed = true; }});
    return loop.until([&] { return opened; });
  };
  ASSERT_TRUE(open());
  channel->close();
  ASSERT_TRUE(loop.until([&] { return closed && server->counts().sockets == 0; }));
  EXPECT_EQ(server->counts().sockets_dropped, 0U);
  ASSERT_TRUE(open());
  channel->send(std::string(100'000, 'x'));  // above what the server takes
  ASSERT_TRUE(loop.until([&] { return closed && server->counts().sockets == 0; }));
  EXPECT_EQ(server->counts().sockets_dropped, 1U);
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
  Server second(loop.executor, *service, {.listen = {{.port = port}}, .limits = {}});
  const auto ports = second.start();
  ASSERT_FALSE(ports.has_value());
  EXPECT_THAT(ports.error().message, HasSubstr("127.0.0.1"));
  EXPECT_THAT(ports.error().message, HasSubstr(std::to_string(port)));
}

}  // namespace
}  // namespace tickwitness::serve
