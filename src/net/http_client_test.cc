#include "net/http_client.h"

#include <gtest/gtest.h>

#include <optional>

#include "net/http_server.h"
#include "net/testing.h"

namespace tickwitness::net {
namespace {
using runtime::Endpoint;
using std::chrono::milliseconds;
using testing::Loop;
using testing::SilentListener;

struct Url {
  std::string url;
  Endpoint endpoint;
};

TEST(ParseHttpUrl, TakesUrlsApart) {
  const Url cases[] = {
      {"http://127.0.0.1:8000/metrics", {false, "127.0.0.1", 8000, "/metrics", ""}},
      {"http://h", {false, "h", 80, "/", ""}},
      {"https://api.kraken.com/0/public/Trades?pair=XBTUSD&since=1",
       {true, "api.kraken.com", 443, "/0/public/Trades?pair=XBTUSD&since=1", ""}},
  };
  for (const Url& c : cases) {
    const auto parsed = parse_http_url(c.url);
    ASSERT_TRUE(parsed.has_value()) << c.url;
    EXPECT_EQ(*parsed, c.endpoint) << c.url;
  }
  for (const std::string url : {"ws://h/", "h:80", "", "http://", "https://h:0/"}) {
    const auto parsed = parse_http_url(url);
    ASSERT_FALSE(parsed.has_value()) << url;
    EXPECT_EQ(parsed.error().message.find("ws:/"), url == "ws://h/" ? 1U : std::string::npos)
        << parsed.error().message;
  }
}

class HttpClientTest : public ::testing::Test {
 protected:
  using Result = base::Result<Response>;

  Result get(HttpClient& client, std::uint16_t port, const std::string& path) {
    std::optional<Result> got;
    client.get(at(port, path), {{"X-Ask", "a"}}, [&](Result result) { got = std::move(result); });
    EXPECT_TRUE(loop.until([&] { return got.has_value(); }));
    return got ? *std::move(got) : base::fail("no answer at all");
  }
  static Endpoint at(std::uint16_t port, const std::string& path) {
    return {.tls = false, .host = "127.0.0.1", .port = port, .path = path, .ca_file = ""};
  }

  Loop loop;
};

TEST_F(HttpClientTest, GetsAndPosts) {
  Request seen;
  HttpServer server(loop.executor, {}, [&](const Request& request, const Responder& to) {
    seen = request;
    const int status = request.path == "/missing" ? 404 : 200;
    to.respond(Response::of(status, "text/plain", request.method + request.body));
  });
  const std::uint16_t port = *server.listen({});
  HttpClient client(loop.executor);
  const Result found = get(client, port, "/a?b=c");
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_EQ(found->status, 200);
  EXPECT_EQ(*found->body, "GET");
  EXPECT_EQ(found->header("content-type"), "text/plain");
  EXPECT_EQ(seen.parameter("b"), "c");
  EXPECT_EQ(seen.header("X-Ask"), "a");
  EXPECT_EQ(seen.header("Host"), "127.0.0.1:" + std::to_string(port));
  EXPECT_TRUE(seen.loopback);
  EXPECT_EQ(seen.remote_address, "127.0.0.1");

  const Result missing = get(client, port, "/missing");
  ASSERT_TRUE(missing.has_value());
  EXPECT_EQ(missing->status, 404);

  std::optional<Result> posted;
  client.post(at(port, "/p"), {}, "body", [&](Result result) { posted = std::move(result); });
  ASSERT_TRUE(loop.until([&] { return posted.has_value(); }));
  ASSERT_TRUE(posted->has_value());
  EXPECT_EQ(*(*posted)->body, "POSTbody");
}

TEST_F(HttpClientTest, SaysWhatWentWrong) {
  HttpServer server(loop.executor, {}, [&](const Request&, const Responder& to) {
    to.respond(Response::of(200, "text/plain", std::string(2000, 'x')));
  });
  const std::uint16_t port = *server.listen({});
  HttpClient small(loop.executor, {.body_bytes_max = 1000});
  const Result large = get(small, port, "/large");
  ASSERT_FALSE(large.has_value());
  EXPECT_NE(large.error().message.find("larger than the limit"), std::string::npos);

  SilentListener silent;
  HttpClient hasty(loop.executor, {.timeout = milliseconds(30)});
  const Result late = get(hasty, silent.port(), "/late");
  ASSERT_FALSE(late.has_value());
  EXPECT_NE(late.error().message.find("waiting for the answer"), std::string::npos)
      << late.error().message;

  const std::uint16_t gone = silent.port();
  silent.close();
  const Result refused = get(hasty, gone, "/gone");
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("refused"), std::string::npos) << refused.error().message;
}

TEST_F(HttpClientTest, DropsRequestsWhenDestroyed) {
  const SilentListener silent;
  int calls = 0;
  {
    HttpClient client(loop.executor);
    client.get(at(silent.port(), "/"), {}, [&](const Result&) { ++calls; });
    loop.drain();
  }
  loop.drain();
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace tickwitness::net
