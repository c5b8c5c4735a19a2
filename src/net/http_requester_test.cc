#include "net/http_requester.h"

#include <gtest/gtest.h>

#include <optional>

#include "net/http_server.h"
#include "net/testing.h"
#include "net/testing_certificates.h"

namespace tickwitness::net {
namespace {
using runtime::Endpoint;
using runtime::HttpReply;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Loop;
using Result = base::Result<HttpReply>;

class HttpRequesterTest : public ::testing::Test {
 protected:
  Result get(HttpRequester& requester, const Endpoint& origin, const std::string& target) {
    std::optional<Result> got;
    bool returned = false;
    requester.get(origin, target, [&](base::Now now, Result result) {
      EXPECT_TRUE(returned) << "the answer must come later";
      EXPECT_FALSE(got.has_value()) << "called twice";
      EXPECT_LE(now.mono, loop.executor.clock().now().mono);
      got = std::move(result);
    });
    returned = true;
    EXPECT_TRUE(loop.until([&] { return got.has_value(); }));
    return got ? *std::move(got) : base::fail("no answer at all");
  }
  static Endpoint origin(std::uint16_t port, const std::string& ca_file = "") {
    return {.tls = !ca_file.empty(),
            .host = ca_file.empty() ? "127.0.0.1" : "localhost",
            .port = port,
            .path = "/not-used",
            .ca_file = ca_file};
  }

  Loop loop;
};

TEST_F(HttpRequesterTest, GivesStatusBodyAndTheHeadersThatLimitUs) {
  std::string asked;
  HttpServer server(loop.executor, {}, [&](const Request& request, const Responder& to) {
    asked = request.target;
    Response response = Response::of(request.path == "/busy" ? 429 : 200, "text/plain", "body");
    if (request.path == "/busy") {
      response.headers.push_back({"Retry-After", "37"});
      response.headers.push_back({"x-mbx-used-weight-1m", "5990"});
    } else if (request.path == "/odd") {
      response.headers.push_back({"Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"});
      response.headers.push_back({"X-MBX-USED-WEIGHT-1M", "-1"});
    } else if (request.path == "/huge") {
      response.headers.push_back({"Retry-After", "18446744073709551615"});
    }
    to.respond(response);
  });
  const Endpoint at = origin(*server.listen({}));
  HttpRequester requester(loop.executor);

  const Result busy = get(requester, at, "/busy?a=b&c=%22");
  ASSERT_TRUE(busy.has_value()) << busy.error().message;
  EXPECT_EQ(asked, "/busy?a=b&c=%22");
  EXPECT_EQ(busy->status, 429);
  EXPECT_EQ(busy->body, "body");
  EXPECT_EQ(busy->retry_after, seconds(37));
  EXPECT_EQ(busy->used_weight, 5990U);

  const Result odd = get(requester, at, "/odd");
  ASSERT_TRUE(odd.has_value());
  EXPECT_EQ(odd->status, 200);
  EXPECT_EQ(odd->retry_after, std::nullopt);
  EXPECT_EQ(odd->used_weight, std::nullopt);

  const Result huge = get(requester, at, "/huge");
  ASSERT_TRUE(huge.has_value());
  EXPECT_EQ(huge->retry_after, std::chrono::hours(366 * 24));
}

TEST_F(HttpRequesterTest, SpeaksTlsAndTrustsOnlyWhatItIsTold) {
  const testing::PemDirectory pem;
  const auto authority =
      testing::make_identity({.common_name = "Authority", .authority = true}, nullptr);
  pem.write("authority", authority);
  pem.write("stranger",
            testing::make_identity({.common_name = "Stranger", .authority = true}, nullptr));
  pem.write("server", testing::make_identity(
                          {.common_name = "s", .alternative_names = "DNS:localhost"}, &authority));
  HttpServer server(loop.executor, {}, [](const Request& request, const Responder& to) {
    to.respond(Response::text(200, request.tls ? "over TLS" : "plain"));
  });
  const std::uint16_t port = *server.listen(
      {.certificate_file = pem.path("server.pem"), .key_file = pem.path("server.key")});
  HttpRequester requester(loop.executor);

  const Result trusted = get(requester, origin(port, pem.path("authority.pem")), "/");
  ASSERT_TRUE(trusted.has_value()) << trusted.error().message;
  EXPECT_EQ(trusted->body, "over TLS\n");

  const Result stranger = get(requester, origin(port, pem.path("stranger.pem")), "/");
  ASSERT_FALSE(stranger.has_value());
  EXPECT_NE(stranger.error().message.find("not among the trusted"), std::string::npos)
      << stranger.error().message;
}

TEST_F(HttpRequesterTest, BoundsBodyAndTime) {
  HttpServer server(loop.executor, {}, [](const Request&, const Responder& to) {
    to.respond(Response::of(200, "text/plain", std::string(2000, 'x')));
  });
  const Endpoint at = origin(*server.listen({}));
  HttpRequester small(loop.executor, {.body_bytes_max = 1999});
  EXPECT_FALSE(get(small, at, "/").has_value());
  HttpRequester enough(loop.executor, {.body_bytes_max = 2000});
  EXPECT_TRUE(get(enough, at, "/").has_value());

  const testing::SilentListener silent;
  HttpRequester hasty(loop.executor, {.timeout = milliseconds(30)});
  EXPECT_FALSE(get(hasty, origin(silent.port()), "/").has_value());
}

TEST_F(HttpRequesterTest, DropsRequestsWhenDestroyed) {
  const testing::SilentListener silent;
  int calls = 0;
  {
    HttpRequester requester(loop.executor);
    requester.get(origin(silent.port()), "/", [&](base::Now, const Result&) { ++calls; });
    loop.drain();
  }
  loop.drain();
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace tickwitness::net
