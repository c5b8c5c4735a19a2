#include "net/reach.h"

#include <gtest/gtest.h>

#include "net/http_server.h"
#include "net/testing.h"

namespace tickwitness::net {
namespace {

using namespace std::chrono_literals;
using runtime::CloseReason;

Reached reach(testing::Loop& loop, const runtime::Endpoint& endpoint,
              base::Duration timeout = 10s) {
  std::optional<Reached> got;
  const Reach attempt(loop.executor, endpoint, timeout, [&](const Reached& one) { got = one; });
  EXPECT_TRUE(loop.until([&] { return got.has_value(); }));
  return got.value_or(Reached{});
}

TEST(Reach, TellsHowFarItCame) {
  testing::Loop loop;
  HttpServer server(loop.executor, {}, [](const Request&, const Responder&) {});
  const std::uint16_t port = *server.listen({});
  const Reached there = reach(loop, {.tls = false, .host = "127.0.0.1", .port = port});
  EXPECT_FALSE(there.failure);
  ASSERT_TRUE(there.resolved && there.connected);
  EXPECT_FALSE(there.secured);
  EXPECT_LE(there.started, *there.resolved);
  EXPECT_LE(*there.resolved, *there.connected);
  EXPECT_LE(*there.connected, there.ended);
}

TEST(Reach, TellsWhichStageFailed) {
  testing::Loop loop;
  testing::SilentListener listener;
  listener.close();
  const Reached closed = reach(loop, {.tls = false, .host = "127.0.0.1", .port = listener.port()});
  ASSERT_TRUE(closed.failure);
  EXPECT_EQ(closed.failure->reason, CloseReason::refused);
  EXPECT_TRUE(closed.resolved);
  EXPECT_FALSE(closed.connected);

  const Reached nowhere = reach(loop, {.tls = false, .host = "nowhere.invalid", .port = 80});
  ASSERT_TRUE(nowhere.failure);
  EXPECT_EQ(nowhere.failure->reason, CloseReason::resolve);
  EXPECT_FALSE(nowhere.resolved);
}

TEST(Reach, IsBoundedInTime) {
  testing::Loop loop;
  const testing::SilentListener listener;
  const Reached stuck =
      reach(loop, {.tls = true, .host = "127.0.0.1", .port = listener.port()}, 50ms);
  ASSERT_TRUE(stuck.failure);
  EXPECT_EQ(stuck.failure->reason, CloseReason::timeout);
  EXPECT_EQ(stuck.failure->detail, "not within 0.05 s, stuck at: TLS handshake");
  EXPECT_TRUE(stuck.connected);
  EXPECT_FALSE(stuck.secured);
}

}  // namespace
}  // namespace tickwitness::net
