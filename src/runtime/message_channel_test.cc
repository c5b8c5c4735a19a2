#include "runtime/message_channel.h"

#include <gtest/gtest.h>

#include <set>

namespace tickwitness::runtime {
namespace {

struct GoodUrl {
  std::string url;
  Endpoint endpoint;
};

TEST(ParseEndpoint, TakesUrlsApart) {
  const GoodUrl cases[] = {
      {"wss://ws.kraken.com/v2", {true, "ws.kraken.com", 443, "/v2", ""}},
      {"wss://ws.kraken.com", {true, "ws.kraken.com", 443, "/", ""}},
      {"ws://127.0.0.1:4711/v2", {false, "127.0.0.1", 4711, "/v2", ""}},
      {"ws://localhost", {false, "localhost", 80, "/", ""}},
      {"wss://[::1]:9443/a/b?c=d&e=f", {true, "::1", 9443, "/a/b?c=d&e=f", ""}},
      {"wss://[2001:db8::2]/", {true, "2001:db8::2", 443, "/", ""}},
      {"wss://stream.binance.com:9443/ws?streams=a@trade",
       {true, "stream.binance.com", 9443, "/ws?streams=a@trade", ""}},
      {"ws://h?x=1", {false, "h", 80, "/?x=1", ""}},
  };
  for (const GoodUrl& c : cases) {
    const auto parsed = parse_endpoint(c.url);
    ASSERT_TRUE(parsed.has_value()) << c.url << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, c.endpoint) << c.url;
  }
}

TEST(ParseEndpoint, IsUndoneByToString) {
  for (const std::string url :
       {"wss://ws.kraken.com/v2", "ws://127.0.0.1:4711/v2", "wss://[::1]:9443/a/b?c=d&e=f",
        "ws://localhost/", "wss://h:80/", "ws://h:443/"}) {
    EXPECT_EQ(to_string(*parse_endpoint(url)), url);
  }
}

struct BadUrl {
  std::string url;
  std::string names;  // part of the message
};

TEST(ParseEndpoint, SaysWhatIsWrong) {
  const BadUrl cases[] = {
      {"", "wss://host"},
      {"https://ws.kraken.com", "no WebSocket address"},
      {"wss:/ws.kraken.com", "no WebSocket address"},
      {"wss://", "no host"},
      {"wss:///v2", "no host"},
      {"ws://:80/", "no host"},
      {"ws://h:0/", "port '0'"},
      {"ws://h:65536/", "port '65536'"},
      {"ws://h:/", "port ''"},
      {"ws://h:80x/", "port '80x'"},
      {"ws://h:-1/", "port '-1'"},
      {"ws://[::1/", "without ']'"},
      {"ws://[::1]80/", "expected ':port'"},
      {std::string("ws://user:pass") + "@h/", "port 'pass@h'"},
      {"ws://user@h/", "host 'user@h'"},
      {"ws://h/#top", "fragment"},
      {"ws://h/a b", "percent-encoded"},
      {"ws://h/\r\nX: y", "percent-encoded"},
      {"ws://h\n/", "host"},
  };
  for (const BadUrl& c : cases) {
    const auto parsed = parse_endpoint(c.url);
    ASSERT_FALSE(parsed.has_value()) << c.url;
    EXPECT_NE(parsed.error().message.find(c.names), std::string::npos) << parsed.error().message;
  }
}

TEST(CloseReasonWords, AreDistinct) {
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(CloseReason::protocol); ++i) {
    words.insert(to_string(static_cast<CloseReason>(i)));
  }
  EXPECT_EQ(words.size(), 10U);
  EXPECT_FALSE(words.contains("unknown"));
}

}  // namespace
}  // namespace tickwitness::runtime
