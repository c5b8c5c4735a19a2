#include "cache/redis_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickwitness::cache {
namespace {
using testing::HasSubstr;

TEST(RedisUrl, IsReadAndWritten) {
  const struct {
    std::string_view url, written;
    bool tls;
    std::string_view host;
    std::uint16_t port;
    std::uint32_t database;
  } cases[] = {
      {"redis://127.0.0.1", "redis://127.0.0.1:6379", false, "127.0.0.1", 6379, 0},
      {"rediss://cache.example:6380/2", "rediss://cache.example:6380/2", true, "cache.example",
       6380, 2},
      {"redis://[::1]:7000/", "redis://[::1]:7000", false, "::1", 7000, 0},
      {"redis://localhost/0", "redis://localhost:6379", false, "localhost", 6379, 0},
  };
  for (const auto& c : cases) {
    const auto address = parse_redis_url(c.url);
    ASSERT_TRUE(address) << c.url;
    EXPECT_EQ(address->endpoint.tls, c.tls) << c.url;
    EXPECT_EQ(address->endpoint.host, c.host) << c.url;
    EXPECT_EQ(address->endpoint.port, c.port) << c.url;
    EXPECT_EQ(address->database, c.database) << c.url;
    EXPECT_EQ(to_string(*address), c.written);
  }
}

TEST(RedisUrl, WhatIsNoneSaysHowOneIsWritten) {
  for (const std::string_view url :
       {"", "localhost", "http://h", "redis://", "redis://:6379", "redis://h:0", "redis://h:65536",
        "redis://h:x", "redis://h/x", "redis://h/70000", "redis://h 1", "redis://h?db=1",
        "redis://[::1", "rediss//h"}) {
    const auto address = parse_redis_url(url);
    ASSERT_FALSE(address) << url;
    EXPECT_THAT(address.error().message, HasSubstr("rediss://host:6379")) << url;
  }
}

TEST(RedisUrl, APasswordInItIsRefusedAndNotShown) {
  const std::string word = "nobodys-word";
  for (const std::string& url : {"rediss://user:" + word + "@host", "redis://:" + word + "@host",
                                 "redis://host?password=" + word}) {
    const auto address = parse_redis_url(url);
    ASSERT_FALSE(address) << url;
    EXPECT_THAT(address.error().message, testing::Not(HasSubstr(word)));
    EXPECT_THAT(address.error().message, HasSubstr("password"));
  }
}

}  // namespace
}  // namespace tickwitness::cache
