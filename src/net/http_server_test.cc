#include "net/http_server.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <optional>

#include "net/testing.h"

namespace tickwitness::net {
namespace {
using std::chrono::milliseconds;
using testing::count_of;
using testing::Loop;
using testing::RawSocket;

const std::string kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

class HttpServerTest : public ::testing::Test {
 protected:
  std::uint16_t start(HttpLimits limits = {}) {
    server.emplace(loop.executor, limits, [this](const Request& request, const Responder& to) {
      paths.push_back(request.path);
      if (request.path == "/later") {
        waiting.push_back(to);
      } else if (request.path == "/unanswered") {
        return;
      } else if (request.path == "/twice") {
        to.respond(Response::text(200, "first"));
        to.respond(Response::text(200, "second"));
      } else if (request.path == "/forged") {
        to.respond({.status = 200, .headers = {{"X-Evil", "a\r\nX-Forged: 1"}}, .body = nullptr});
      } else {
        to.respond(Response::text(200, request.path + " " + request.body));
      }
    });
    return *server->listen({});
  }

  Loop loop;
  std::optional<HttpServer> server;
  std::vector<std::string> paths;
  std::vector<Responder> waiting;
};

TEST_F(HttpServerTest, AnswersOnAKeptConnection) {
  RawSocket client(start());
  for (std::size_t i = 1; i <= 3; ++i) {
    client.send(kGet);
    ASSERT_TRUE(loop.until([&] { return count_of(client.received(), "200 OK") == i; }));
  }
  EXPECT_EQ(count_of(client.received(), "Content-Length: 3\r\n"), 3U);
  EXPECT_EQ(count_of(client.received(), "\r\nDate: "), 3U);
  EXPECT_EQ(count_of(client.received(), "Connection: close"), 0U);
  EXPECT_FALSE(client.ended());
  EXPECT_EQ(server->counts().requests, 3U);
  EXPECT_EQ(server->counts().accepted, 1U);
}

TEST_F(HttpServerTest, CountsTheBytesOfItsSockets) {
  const std::uint16_t port = start();
  RawSocket first(port);
  RawSocket second(port);
  first.send(kGet);
  second.send("BOGUS\r\n\r\n");
  ASSERT_TRUE(loop.until([&] { return second.ended() && !first.received().empty(); }));
  EXPECT_EQ(server->counts().bytes.in, kGet.size() + 9);
  EXPECT_EQ(server->counts().bytes.out, first.received().size() + second.received().size());
}

TEST_F(HttpServerTest, CountsWhatItCannotAcceptAndAcceptsItLater) {
  const std::uint16_t port = start();
  RawSocket client(port);
  client.send(kGet);
  const int next = dup(STDERR_FILENO);  // the lowest that is free
  ::close(next);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(next);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const bool failed = loop.until([&] { return server->counts().accept_failures > 0; });
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_TRUE(failed);
  EXPECT_EQ(server->counts().accepted, 0U);
  ASSERT_TRUE(loop.until([&] { return count_of(client.received(), "200 OK") == 1; }));
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  RawSocket client(start());
  std::string wire;
  for (int i = 0; i < 20; ++i) {
    wire += "POST /p" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
  }
  client.send(wire + "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  ASSERT_TRUE(loop.until([&] { return client.ended(); }));
  EXPECT_EQ(count_of(client.received(), "200 OK"), 21U);
  std::size_t at = 0;
  for (int i = 0; i < 20; ++i) {
    at = client.received().find("/p" + std::to_string(i) + " abc\n", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
  EXPECT_NE(client.received().find("/last", at), std::string::npos);
}

TEST_F(HttpServerTest, KeepsPipelinedRequestsBackWhileOneIsAnsweredLater) {
  RawSocket client(start());
  client.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n" + kGet);
  ASSERT_TRUE(loop.until([&] { return waiting.size() == 1; }));
  loop.drain();
  EXPECT_EQ(paths, std::vector<std::string>{"/later"});
  waiting[0].respond(Response::text(202, "now"));
  ASSERT_TRUE(loop.until([&] { return count_of(client.received(), "200 OK") == 1; }));
  EXPECT_LT(client.received().find("202 Accepted"), client.received().find("200 OK"));
}

struct Exchange {
  std::string name;
  std::string request;
  std::vector<std::string> holds;
  std::vector<std::string> lacks;
};

TEST_F(HttpServerTest, AnswersAndClosesAsAsked) {
  const std::uint16_t port = start({.header_bytes_max = 8192});
  const Exchange cases[] = {
      {"HEAD",
       "HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
       {"200 OK", "Content-Length: 4\r\n"},
       {"/x"}},
      {"HTTP/1.0", "GET /x HTTP/1.0\r\n\r\n", {"200 OK", "Connection: close"}, {}},
      {"unanswered",
       "GET /unanswered HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
       {"500 Internal Server Error"},
       {}},
      {"twice",
       "GET /twice HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
       {"first"},
       {"second"}},
      {"forged header",
       "GET /forged HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
       {"200 OK"},
       {"Forged", "Evil"}},
      {"bad request line", "BOGUS\r\n\r\n", {"400 Bad Request", "Connection: close"}, {}},
      {"huge header",
       "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(20000, 'x') + "\r\n\r\n",
       {"431 Request Header Fields Too Large"},
       {}},
      {"huge body",
       "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" + std::string(100000, 'x'),
       {"413 Content Too Large"},
       {}},
      {"smuggled",
       "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Length: 40\r\n\r\nabcd"
       "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n",
       {"400 Bad Request"},
       {"/smuggled"}},
      {"version", "GET / HTTP/3.0\r\nHost: h\r\n\r\n", {"400 Bad Request"}, {}},
  };
  for (const Exchange& c : cases) {
    RawSocket client(port);
    client.send(c.request);
    ASSERT_TRUE(loop.until([&] { return client.ended(); })) << c.name;
    EXPECT_FALSE(client.was_reset()) << c.name;
    for (const std::string& part : c.holds) {
      EXPECT_NE(client.received().find(part), std::string::npos) << c.name << client.received();
    }
    for (const std::string& part : c.lacks) {
      EXPECT_EQ(client.received().find(part), std::string::npos) << c.name << client.received();
    }
    EXPECT_EQ(count_of(client.received(), "HTTP/1.1 "), 1U) << c.name;
  }
  EXPECT_EQ(server->counts().bad_requests, 5U);
}

TEST_F(HttpServerTest, AnswersKeepAliveOfHttp10) {
  RawSocket client(start());
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ASSERT_TRUE(loop.until([&] { return count_of(client.received(), "200 OK") == 1; }));
  EXPECT_NE(client.received().find("Connection: keep-alive"), std::string::npos);
  EXPECT_FALSE(client.ended());
}

TEST_F(HttpServerTest, AsksForTheBodyThatWaitsFor100Continue) {
  RawSocket client(start());
  client.send("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_TRUE(loop.until([&] { return count_of(client.received(), "100 Continue") == 1; }));
  client.send("abc");
  ASSERT_TRUE(loop.until([&] { return count_of(client.received(), "/b abc") == 1; }));
}

TEST_F(HttpServerTest, EndsSlowHeadersSlowBodiesAndIdleConnections) {
  const std::uint16_t port = start({.header_timeout = milliseconds(30),
                                    .body_timeout = milliseconds(30),
                                    .idle_timeout = milliseconds(30)});
  RawSocket slow_header(port);
  slow_header.send("GET / HTTP/1.1\r\nHos");
  RawSocket slow_body(port);
  slow_body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\na");
  RawSocket silent(port);
  RawSocket idle(port);
  idle.send(kGet);
  RawSocket slow_second(port);
  slow_second.send(kGet + "GET / HT");
  ASSERT_TRUE(loop.until([&] {
    return slow_header.ended() && slow_body.ended() && silent.ended() && idle.ended() &&
           slow_second.ended();
  }));
  EXPECT_EQ(count_of(slow_header.received(), "408 Request Timeout"), 1U);
  EXPECT_EQ(count_of(slow_body.received(), "408 Request Timeout"), 1U);
  EXPECT_EQ(silent.received(), "");
  EXPECT_EQ(count_of(idle.received(), "HTTP/1.1 "), 1U);
  EXPECT_EQ(count_of(slow_second.received(), "408 Request Timeout"), 1U);
  EXPECT_EQ(server->counts().timeouts, 4U);
  ASSERT_TRUE(loop.until([&] { return server->counts().connections == 0; }));
}

TEST_F(HttpServerTest, CutsAClientThatDoesNotRead) {
  server.emplace(loop.executor, HttpLimits{.write_timeout = milliseconds(30)},
                 [](const Request&, const Responder& to) {
                   to.respond(Response::of(200, "text/plain", std::string(32U << 20, 'x')));
                 });
  RawSocket client(*server->listen({}), 4096);
  client.send(kGet);
  ASSERT_TRUE(loop.until([&] { return server->counts().timeouts == 1; }));
  EXPECT_EQ(server->counts().connections, 0U);
}

TEST_F(HttpServerTest, ARequestIsInFlightUntilItsAnswerIsWrittenOrItsConnectionGone) {
  const std::uint16_t port = start();
  EXPECT_EQ(server->counts().in_flight, 0U);
  RawSocket first(port);
  RawSocket second(port);
  for (RawSocket* client : {&first, &second})
    client->send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(loop.until([&] { return waiting.size() == 2; }));
  EXPECT_EQ(server->counts().in_flight, 2U);
  waiting[0].respond(Response::text(200, "now"));
  ASSERT_TRUE(loop.until([&] { return server->counts().in_flight == 1; }));
  waiting.clear();  // the second is answered 500
  ASSERT_TRUE(loop.until([&] { return server->counts().in_flight == 0; }));
  ASSERT_TRUE(loop.until([&] {
    const std::string got = first.received() + second.received();
    return count_of(got, "now") == 1 && count_of(got, "HTTP/1.1 500") == 1;
  }));
}

TEST_F(HttpServerTest, AnAnswerThatNobodyReadsIsInFlightUntilItIsCut) {
  server.emplace(loop.executor, HttpLimits{.write_timeout = milliseconds(30)},
                 [](const Request&, const Responder& to) {
                   to.respond(Response::of(200, "text/plain", std::string(32U << 20, 'x')));
                 });
  RawSocket client(*server->listen({}), 4096);
  client.send(kGet);
  ASSERT_TRUE(loop.until([&] { return server->counts().requests == 1; }));
  EXPECT_EQ(server->counts().in_flight, 1U);
  ASSERT_TRUE(loop.until([&] { return server->counts().connections == 0; }));
  EXPECT_EQ(server->counts().in_flight, 0U);
}

TEST_F(HttpServerTest, TellsConnectionsAboveTheLimit503) {
  const std::uint16_t port = start({.connections_max = 2});
  RawSocket first(port);
  RawSocket second(port);
  ASSERT_TRUE(loop.until([&] { return server->counts().connections == 2; }));
  RawSocket third(port);
  third.send(kGet);
  ASSERT_TRUE(loop.until([&] { return third.ended(); }));
  EXPECT_EQ(count_of(third.received(), "503 Service Unavailable"), 1U);
  EXPECT_EQ(server->counts().refused_full, 1U);
  first.send(kGet);
  ASSERT_TRUE(loop.until([&] { return count_of(first.received(), "200 OK") == 1; }));
  second.close();
  ASSERT_TRUE(loop.until([&] { return server->counts().connections == 1; }));
  RawSocket fourth(port);
  fourth.send(kGet);
  ASSERT_TRUE(loop.until([&] { return count_of(fourth.received(), "200 OK") == 1; }));
}

TEST_F(HttpServerTest, ServesSeveralAddresses) {
  const std::uint16_t first = start();
  const auto second = server->listen({});
  ASSERT_TRUE(second.has_value());
  EXPECT_NE(first, *second);
  RawSocket client(*second);
  client.send(kGet);
  ASSERT_TRUE(loop.until([&] { return count_of(client.received(), "200 OK") == 1; }));
}

struct BadAddress {
  ListenAddress address;
  std::vector<std::string> names;
};

TEST_F(HttpServerTest, SaysWhyItCannotListen) {
  const std::uint16_t port = start();
  const BadAddress cases[] = {
      {{.address = "127.0.0.1", .port = port},
       {"127.0.0.1:" + std::to_string(port), "already in use", "--port"}},
      {{.address = "localhost"}, {"'localhost'", "numeric"}},
      {{.address = "192.0.2.1"}, {"192.0.2.1:0", "no network interface"}},
      {{.certificate_file = "/nonexistent/c.pem", .key_file = "/nonexistent/k.pem"},
       {"/nonexistent/c.pem", "no such file"}},
      {{.key_file = "/nonexistent/k.pem"}, {"certificate file"}},
  };
  for (const BadAddress& c : cases) {
    const auto result = server->listen(c.address);
    ASSERT_FALSE(result.has_value()) << c.names[0];
    for (const std::string& name : c.names) {
      EXPECT_NE(result.error().message.find(name), std::string::npos) << result.error().message;
    }
  }
}

TEST_F(HttpServerTest, StopLetsAnswersFinishAndTakesNoMore) {
  const std::uint16_t port = start();
  RawSocket busy(port);
  busy.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
  RawSocket idle(port);
  ASSERT_TRUE(loop.until([&] { return waiting.size() == 1 && server->counts().connections == 2; }));
  bool stopped = false;
  server->stop(std::chrono::hours(1), [&] { stopped = true; });
  ASSERT_TRUE(loop.until([&] { return idle.ended(); }));
  loop.drain();
  EXPECT_FALSE(stopped);
  EXPECT_FALSE(RawSocket(port).connected());
  waiting[0].respond(Response::text(200, "done"));
  ASSERT_TRUE(loop.until([&] { return busy.ended(); }));
  EXPECT_EQ(count_of(busy.received(), "Connection: close"), 1U);
  EXPECT_EQ(count_of(busy.received(), "done"), 1U);
  busy.close();
  ASSERT_TRUE(loop.until([&] { return stopped; }));
}

TEST_F(HttpServerTest, StopCutsWhatIsLeftAtTheLimit) {
  RawSocket busy(start());
  busy.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(loop.until([&] { return waiting.size() == 1; }));
  bool stopped = false;
  server->stop(milliseconds(20), [&] { stopped = true; });
  ASSERT_TRUE(loop.until([&] { return stopped && busy.ended(); }));
  waiting[0].respond(Response::text(200, "too late"));
  loop.drain();
  EXPECT_EQ(busy.received(), "");
}

TEST_F(HttpServerTest, AnswersAfterTheServerIsGoneDoNothing) {
  RawSocket client(start());
  client.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(loop.until([&] { return waiting.size() == 1; }));
  server.reset();
  waiting[0].respond(Response::text(200, "too late"));
  waiting.clear();
  ASSERT_TRUE(loop.until([&] { return client.ended(); }));
  EXPECT_EQ(client.received(), "");
}

}  // namespace
}  // namespace tickwitness::net
