// TLS from both ends: what the clients accept, what they say about the rest, what a server refuses
// to start with.
#include "net/tls.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>

#include "net/event_stream.h"
#include "net/http_client.h"
#include "net/testing.h"
#include "net/testing_certificates.h"
#include "net/ws_client.h"
#include "net/ws_server.h"

namespace tickwitness::net {
namespace {
using runtime::Closed;
using runtime::CloseReason;
using testing::CertificateRequest;
using testing::Identity;
using testing::Loop;
using testing::make_identity;
using testing::PemDirectory;

const std::string kNames = "DNS:localhost,IP:127.0.0.1";

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() {
    authority = make_identity({.common_name = "Test Authority", .authority = true}, nullptr);
    pem.write("authority", authority);
    pem.write("stranger",
              make_identity({.common_name = "Stranger Authority", .authority = true}, nullptr));
    issue("good", {.common_name = "good", .alternative_names = kNames});
    issue("expired",
          {.common_name = "expired", .alternative_names = kNames, .days_from = -10, .days_to = -3});
    issue("future",
          {.common_name = "future", .alternative_names = kNames, .days_from = 3, .days_to = 9});
    issue("wrong_host",
          {.common_name = "wrong", .alternative_names = "DNS:ws.example.org,DNS:example.org"});
    issue("no_names", {.common_name = "localhost"});
    pem.write("self_signed",
              make_identity({.common_name = "alone", .alternative_names = kNames}, nullptr));
    pem.write_text("garbage.pem", "no certificate here\n");
    pem.write_text("garbage.key", "no key here\n");
  }

  void issue(const std::string& name, const CertificateRequest& request) {
    pem.write(name, make_identity(request, &authority));
  }

  std::uint16_t serve(const std::string& certificate) {
    WsServer::Events events;
    events.on_open = [this](WsServer::Id id, const Request& request) {
      EXPECT_TRUE(request.tls);
      ws->send(id, "hello");
    };
    ws.emplace(loop.executor, WsServerLimits{}, std::move(events));
    topic.emplace(loop.executor, EventTopicOptions{});
    http.emplace(loop.executor, HttpLimits{}, [this](const Request& request, const Responder& to) {
      if (request.upgrade) {
        ws->accept(request, to);
      } else if (request.path == "/sse") {
        topic->accept(request, to);
      } else {
        to.respond(Response::text(200, "secret"));
      }
    });
    ListenAddress address;
    if (!certificate.empty()) {
      address.certificate_file = pem.path(certificate + ".pem");
      address.key_file = pem.path(certificate + ".key");
    }
    return *http->listen(address);
  }

  // Opens a WebSocket; nullopt when a message came through.
  std::optional<Closed> try_open(const runtime::Endpoint& endpoint) {
    WsChannelFactory factory(loop.executor);
    const auto channel = factory.make({});
    std::optional<Closed> closed;
    std::string got;
    channel->open(endpoint, {.on_open = [](base::Now) {},
                             .on_message = [&](base::Now, std::string_view text) { got = text; },
                             .on_closed = [&](base::Now, const Closed& why) { closed = why; }});
    EXPECT_TRUE(loop.until([&] { return closed.has_value() || !got.empty(); }));
    return closed;
  }

  Loop loop;
  PemDirectory pem;
  Identity authority;
  std::optional<WsServer> ws;
  std::optional<EventTopic> topic;
  std::optional<HttpServer> http;
};

struct Judged {
  std::string certificate;
  std::string host;
  std::string trusted;             // authority file; empty: the system's
  std::vector<std::string> names;  // in the detail; empty: accepted
};

TEST_F(TlsTest, AcceptsOnlyWhatIsTrustedValidAndForThisHost) {
  const Judged cases[] = {
      {"good", "localhost", "authority.pem", {}},
      {"good", "127.0.0.1", "authority.pem", {}},
      {"self_signed", "localhost", "self_signed.pem", {}},
      {"expired", "localhost", "authority.pem", {"localhost expired on 20"}},
      {"future", "localhost", "authority.pem", {"valid from 20", "clock"}},
      {"wrong_host", "localhost", "authority.pem", {"for ws.example.org, example.org, not for"}},
      {"wrong_host", "127.0.0.1", "authority.pem", {"ws.example.org", "not for 127.0.0.1"}},
      {"no_names", "localhost", "authority.pem", {"names no host", "not for localhost"}},
      {"self_signed", "localhost", "authority.pem", {"self-signed", "ca_file"}},
      {"good", "localhost", "stranger.pem", {"Test Authority", "not among the trusted"}},
      {"good", "localhost", "", {"not among the trusted", "install ca-certificates"}},
      {"good", "localhost", "absent.pem", {"absent.pem", "no such file"}},
      {"good", "localhost", "garbage.pem", {"garbage.pem", "no PEM certificate"}},
  };
  for (const Judged& c : cases) {
    const std::uint16_t port = serve(c.certificate);
    const auto closed =
        try_open({.tls = true,
                  .host = c.host,
                  .port = port,
                  .path = "/v2",
                  .ca_file = c.trusted.empty() ? std::string() : pem.path(c.trusted)});
    const std::string name = fmt::format("{} at {} by {}", c.certificate, c.host, c.trusted);
    EXPECT_EQ(closed.has_value(), !c.names.empty()) << name << (closed ? closed->detail : "");
    if (!closed) continue;
    EXPECT_EQ(closed->reason, CloseReason::tls) << name << ": " << closed->detail;
    for (const std::string& part : c.names) {
      EXPECT_NE(closed->detail.find(part), std::string::npos) << name << ": " << closed->detail;
    }
  }
}

TEST_F(TlsTest, DoesNotFallBackToPlainText) {
  const std::uint16_t port = serve("");
  const auto closed = try_open({.tls = true,
                                .host = "localhost",
                                .port = port,
                                .path = "/",
                                .ca_file = pem.path("authority.pem")});
  ASSERT_TRUE(closed.has_value());
  EXPECT_EQ(closed->reason, CloseReason::tls);
}

TEST_F(TlsTest, AServerOfTlsCountsWhatDoesNotSpeakIt) {
  const std::uint16_t port = serve("good");
  testing::RawSocket plain(port);
  const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  plain.send(request);
  ASSERT_TRUE(loop.until([&] { return plain.ended(); }));
  EXPECT_EQ(http->counts().tls_failures, 1U);
  EXPECT_EQ(http->counts().requests, 0U);
  EXPECT_EQ(http->counts().bytes.in, request.size());
  EXPECT_EQ(http->counts().bytes.out, plain.received().size());  // an alert
}

TEST_F(TlsTest, BytesAreThoseOfTheRecords) {
  const std::uint16_t port = serve("good");
  WsChannelFactory factory(loop.executor);
  const auto channel = factory.make({});
  bool opened = false;
  bool closed = false;
  channel->open({.tls = true,
                 .host = "localhost",
                 .port = port,
                 .path = "/v2",
                 .ca_file = pem.path("authority.pem")},
                {.on_open = [&](base::Now) { opened = true; },
                 .on_message = [](base::Now, std::string_view) {},
                 .on_closed = [&](base::Now, const Closed&) { closed = true; }});
  ASSERT_TRUE(loop.until([&] { return opened; }));
  loop.drain();
  EXPECT_GT(factory.bytes().in, 500U);  // the certificate came
  EXPECT_EQ(factory.bytes().in, http->counts().bytes.out);
  EXPECT_EQ(factory.bytes().out, http->counts().bytes.in);
  channel->close();
  ASSERT_TRUE(loop.until([&] { return closed && http->counts().streams == 0; }));
}

TEST_F(TlsTest, TheHttpClientVerifiesToo) {
  const std::uint16_t port = serve("good");
  HttpClient client(loop.executor);
  std::optional<base::Result<Response>> trusted;
  std::optional<base::Result<Response>> untrusted;
  runtime::Endpoint endpoint{.tls = true,
                             .host = "localhost",
                             .port = port,
                             .path = "/x?secret=1",
                             .ca_file = pem.path("authority.pem")};
  client.get(endpoint, {}, [&](base::Result<Response> result) { trusted = std::move(result); });
  endpoint.ca_file = pem.path("stranger.pem");
  client.get(endpoint, {}, [&](base::Result<Response> result) { untrusted = std::move(result); });
  ASSERT_TRUE(loop.until([&] { return trusted && untrusted; }));
  ASSERT_TRUE(trusted->has_value()) << trusted->error().message;
  EXPECT_EQ(*(*trusted)->body, "secret\n");
  ASSERT_FALSE(untrusted->has_value());
  EXPECT_NE(untrusted->error().message.find("not among the trusted"), std::string::npos);
  EXPECT_EQ(untrusted->error().message.find("secret=1"), std::string::npos);
}

TEST_F(TlsTest, StreamsEvents) {
  const std::uint16_t port = serve("good");
  HttpClient client(loop.executor);
  std::optional<base::Result<Response>> done;
  client.get({.tls = true,
              .host = "localhost",
              .port = port,
              .path = "/sse",
              .ca_file = pem.path("authority.pem")},
             {}, [&](base::Result<Response> result) { done = std::move(result); });
  ASSERT_TRUE(loop.until([&] { return topic->counts().clients == 1; }));
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    expected += fmt::format("data: {}\n\n", i);
    topic->publish(std::make_shared<const std::string>(fmt::format("data: {}\n\n", i)));
  }
  bool stopped = false;
  http->stop(std::chrono::hours(1), [&] { stopped = true; });
  ASSERT_TRUE(loop.until([&] { return done && stopped; }));
  ASSERT_TRUE(done->has_value()) << done->error().message;
  EXPECT_EQ(*(*done)->body, expected);
}

struct BadFiles {
  std::string certificate;
  std::string key;
  std::vector<std::string> names;
};

TEST_F(TlsTest, AServerSaysWhatIsWrongWithItsFiles) {
  const BadFiles cases[] = {
      {"absent.pem", "good.key", {"certificate", "absent.pem", "no such file"}},
      {"good.pem", "absent.key", {"key", "absent.key", "no such file"}},
      {"garbage.pem", "good.key", {"garbage.pem", "not a PEM certificate"}},
      {"good.pem", "garbage.key", {"garbage.key", "not an unencrypted PEM"}},
      {"good.pem", "good.pem", {"good.pem", "not an unencrypted PEM"}},
      {"good.pem", "expired.key", {"expired.key does not belong to certificate"}},
  };
  for (const BadFiles& c : cases) {
    const auto context = make_tls_server_context(pem.path(c.certificate), pem.path(c.key));
    ASSERT_FALSE(context.has_value()) << c.certificate << " " << c.key;
    for (const std::string& part : c.names) {
      EXPECT_NE(context.error().message.find(part), std::string::npos) << context.error().message;
    }
  }
}

}  // namespace
}  // namespace tickwitness::net
