#include "serve/access.h"

#include <gtest/gtest.h>

namespace tickwitness::serve {
namespace {

net::Request with(std::initializer_list<net::Header> headers) {
  net::Request request;
  request.headers = headers;
  return request;
}

TEST(Access, TheTokenAsBearerOrAsPassword) {
  const base::Secret token("s3cret");
  EXPECT_TRUE(has_token(with({{"Authorization", "Bearer s3cret"}}), token));
  EXPECT_TRUE(has_token(with({{"authorization", "Basic bWU6czNjcmV0"}}), token)) << "me:s3cret";
  EXPECT_TRUE(has_token(with({{"Authorization", "Basic OnMzY3JldA=="}}), token)) << ":s3cret";
  for (const char* wrong :
       {"", "Bearer ", "Bearer s3cre", "Bearer s3crets", "s3cret", "Basic ", "Basic s3cret",
        "Basic !!!", "Basic czNjcmV0" /* no colon */, "Basic bWU6d3Jvbmc=" /* me:wrong */}) {
    EXPECT_FALSE(has_token(with({{"Authorization", wrong}}), token)) << wrong;
  }
  EXPECT_FALSE(has_token(with({}), token));
}

TEST(Access, WithoutATokenOnlyThisMachinesNames) {
  for (const char* own : {"localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "[::1]"}) {
    EXPECT_TRUE(is_own_host(with({{"Host", own}}))) << own;
  }
  EXPECT_TRUE(is_own_host(with({}))) << "HTTP/1.0 tools send none";
  for (const char* other :
       {"evil.example", "localhost.evil.example:8000", "127.evil.example:8000", "1.2.3.4", ""}) {
    EXPECT_FALSE(is_own_host(with({{"Host", other}}))) << other;
  }
}

TEST(Access, AWebSocketOfAnotherSiteIsRefused) {
  net::Request own = with({{"Host", "127.0.0.1:8000"}, {"Origin", "http://127.0.0.1:8000"}});
  own.upgrade = true;
  EXPECT_TRUE(is_own_host(own));
  net::Request other = with({{"Host", "127.0.0.1:8000"}, {"Origin", "http://evil.example"}});
  other.upgrade = true;
  EXPECT_FALSE(is_own_host(other));
}

}  // namespace
}  // namespace tickwitness::serve
