// The WebSocket client against the real server of this room.
#include "net/ws_client.h"

#include <gtest/gtest.h>

#include <optional>

#include "net/ws_testing.h"

namespace tickwitness::net {
namespace {
using runtime::Closed;
using runtime::CloseReason;
using std::chrono::milliseconds;
using testing::RawSocket;
using testing::SilentListener;
using testing::WsTest;

TEST_F(WsTest, EchoesMessagesOfAllSizesInOrder) {
  echo = true;
  open_and_wait({.send_queue_bytes_max = 8U << 20},
                {.message_bytes_max = 2U << 20, .send_queue_bytes_max = 16U << 20});
  EXPECT_EQ(path, "/v2");
  std::vector<std::string> sent;
  for (const std::size_t size :
       {0U, 1U, 125U, 126U, 127U, 4095U, 4096U, 65535U, 65536U, 1000000U}) {
    sent.emplace_back(size, 'm');
    if (size > 0) sent.back()[size / 2] = 'M';
    channel->send(sent.back());
  }
  ASSERT_TRUE(loop.until([&] { return got.size() == sent.size(); }));
  EXPECT_EQ(got, sent);
  EXPECT_EQ(server_got, sent);
}

TEST_F(WsTest, BothEndsCountTheSameBytes) {
  echo = true;
  open_and_wait();
  channel->send(std::string(1000, 'm'));
  ASSERT_TRUE(loop.until([&] { return got.size() == 1; }));
  // Two frames of a header, an extended length and the payload; the client's has a mask.
  constexpr std::uint64_t kFrame = 2 + 2 + 1000;
  const SocketBytes client = factory.bytes();
  EXPECT_EQ(client.in, http->counts().bytes.out);
  EXPECT_EQ(client.out, http->counts().bytes.in);
  channel->send(std::string(1000, 'm'));
  ASSERT_TRUE(loop.until([&] { return got.size() == 2; }));
  EXPECT_EQ(factory.bytes().in - client.in, kFrame);
  EXPECT_EQ(factory.bytes().out - client.out, kFrame + 4);
}

TEST_F(WsTest, TheServerCountsWholeMessagesNotFrames) {
  open_and_wait();
  EXPECT_EQ(server->counts().received + server->counts().sent, 0U);
  for (const auto* text : {"a", "b", "c"}) channel->send(text);
  ASSERT_TRUE(loop.until([&] { return server_got.size() == 3; }));
  EXPECT_EQ(server->counts().received, 3U);
  server->send_raw(peer, std::string(100, 'x'), 7);
  server->send(peer, "whole");
  ASSERT_TRUE(loop.until([&] { return got.size() == 2; }));
  EXPECT_EQ(server->counts().sent, 2U);
  EXPECT_EQ(server->counts().received, 3U);
}

TEST_F(WsTest, StampsMessagesWhenTheirBytesCame) {
  open_and_wait();
  const base::Now before = loop.executor.clock().now();
  for (int i = 0; i < 100; ++i) server->send(peer, std::string(200, 'x'));
  ASSERT_TRUE(loop.until([&] { return got.size() == 100; }));
  const base::Now after = loop.executor.clock().now();
  base::Instant last = before.mono;
  for (const base::Now& stamp : received_at) {
    EXPECT_GE(stamp.mono, last);
    last = stamp.mono;
  }
  EXPECT_LE(last, after.mono);
}

TEST_F(WsTest, PutsContinuationFramesTogether) {
  open_and_wait();
  const std::string text = "a trade split where nobody would split it: \xe2\x82\xac";
  for (std::size_t frame = 1; frame <= text.size(); ++frame) {
    server->send_raw(peer, text, frame);
  }
  ASSERT_TRUE(loop.until([&] { return got.size() == text.size(); }));
  for (const std::string& message : got) EXPECT_EQ(message, text);
}

TEST_F(WsTest, TakesABigSnapshotAndRefusesOneAboveTheLimit) {
  open_and_wait({.message_bytes_max = 1U << 20});
  server->send(peer, std::string(1U << 20, 's'));
  ASSERT_TRUE(loop.until([&] { return got.size() == 1; }));
  EXPECT_EQ(got[0].size(), std::size_t{1U << 20});
  server->send(peer, std::string((1U << 20) + 1, 's'));
  expect_closed(CloseReason::oversize);
  EXPECT_EQ(got.size(), 1U);
}

TEST_F(WsTest, LimitsTheWholeMessageWhateverItsFrames) {
  open_and_wait({.message_bytes_max = 1000});
  server->send_raw(peer, std::string(1001, 's'), 100);
  expect_closed(CloseReason::oversize);
}

TEST_F(WsTest, RefusesTextThatIsNotUtf8) {
  const std::string bad[] = {"\xff", "ab\xc3", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xc0\x80"};
  for (const std::string& payload : bad) {
    client_closed.reset();
    opened = false;
    peer = 0;
    closes = 0;
    open_and_wait();
    server->send_raw(peer, payload);
    expect_closed(CloseReason::protocol);
    channel.reset();
  }
  EXPECT_TRUE(got.empty());
}

TEST_F(WsTest, TellsAResetFromAClose) {
  open_and_wait();
  server->reset(peer);
  expect_closed(CloseReason::reset);
  ASSERT_TRUE(server_closed.has_value());
  EXPECT_EQ(server_closed->reason, CloseReason::local);
}

TEST_F(WsTest, GetsAllThatWasQueuedBeforeTheServerCloses) {
  open_and_wait();
  for (int i = 0; i < 500; ++i) server->send(peer, std::to_string(i) + std::string(1000, 'x'));
  server->close(peer);
  server->send(peer, "after close: not sent");
  expect_closed(CloseReason::remote);
  EXPECT_EQ(got.size(), 500U);
  EXPECT_EQ(client_closed->detail, "the peer closed with code 1000");
  ASSERT_TRUE(loop.until([&] { return server_closed.has_value(); }));
  EXPECT_EQ(server_closed->reason, CloseReason::local);
  EXPECT_EQ(server->sessions(), 0U);
  EXPECT_EQ(http->counts().streams, 0U);
}

TEST_F(WsTest, ClosesOnRequestAndMayOpenAgain) {
  const std::uint16_t port = start();
  open(port);
  ASSERT_TRUE(loop.until([&] { return opened && peer != 0; }));
  channel->close();
  channel->close();
  expect_closed(CloseReason::local);
  ASSERT_TRUE(loop.until([&] { return server_closed.has_value(); }));
  EXPECT_EQ(server_closed->reason, CloseReason::remote);
  opened = false;
  channel->open({.tls = false, .host = "127.0.0.1", .port = port, .path = "/v2", .ca_file = ""},
                events());
  ASSERT_TRUE(loop.until([&] { return opened; }));
  channel->send("again");
  ASSERT_TRUE(loop.until([&] { return server_got.size() == 1; }));
}

TEST_F(WsTest, MayOpenAgainFromOnClosed) {
  const std::uint16_t port = start();
  channel = factory.make({});
  int rounds = 0;
  std::function<void()> open_again;
  open_again = [&] {
    auto with = events();
    with.on_closed = [&](base::Now, const Closed&) {
      if (++rounds < 3) open_again();
    };
    channel->open({.tls = false, .host = "127.0.0.1", .port = port, .path = "/busy", .ca_file = ""},
                  with);
  };
  open_again();
  ASSERT_TRUE(loop.until([&] { return rounds == 3; }));
}

TEST_F(WsTest, StaysSilentAfterDestructionAtAnyPoint) {
  const std::uint16_t port = start();
  open(port);
  channel.reset();  // while connecting
  loop.drain();
  open(port);
  ASSERT_TRUE(loop.until([&] { return peer != 0; }));
  server->send(peer, "on its way");
  channel.reset();
  ASSERT_TRUE(loop.until([&] { return server_closed.has_value(); }));
  EXPECT_EQ(closes, 0);
  EXPECT_TRUE(got.empty());
}

TEST_F(WsTest, MayBeDestroyedWithinOnMessage) {
  const std::uint16_t port = start();
  channel = factory.make({});
  int messages = 0;
  auto with = events();
  with.on_message = [&](base::Now, std::string_view) {
    ++messages;
    channel.reset();
  };
  channel->open({.tls = false, .host = "127.0.0.1", .port = port, .path = "/v2", .ca_file = ""},
                with);
  ASSERT_TRUE(loop.until([&] { return peer != 0; }));
  for (int i = 0; i < 10; ++i) server->send(peer, "x");
  ASSERT_TRUE(loop.until([&] { return server_closed.has_value(); }));
  EXPECT_EQ(messages, 1);
  EXPECT_EQ(closes, 0);
}

TEST_F(WsTest, CloseWhileConnectingIsLocal) {
  const SilentListener silent;
  open(silent.port());
  channel->close();
  expect_closed(CloseReason::local);
}

struct Refused {
  std::string path;
  int status;
};

TEST_F(WsTest, TellsTheStatusOfARefusedUpgrade) {
  const std::uint16_t port = start();
  for (const Refused& c : {Refused{"/forbidden", 403}, Refused{"/busy", 429}}) {
    client_closed.reset();
    closes = 0;
    open(port, c.path);
    expect_closed(CloseReason::upgrade);
    EXPECT_EQ(client_closed->http_status, c.status);
    EXPECT_NE(client_closed->detail.find(std::to_string(c.status)), std::string::npos);
    EXPECT_FALSE(opened);
  }
}

TEST_F(WsTest, TellsRefusedFromUnresolved) {
  SilentListener gone;
  const std::uint16_t port = gone.port();
  gone.close();
  open(port);
  expect_closed(CloseReason::refused);
  EXPECT_NE(client_closed->detail.find("127.0.0.1:" + std::to_string(port)), std::string::npos);

  client_closed.reset();
  closes = 0;
  open(1, "/", {}, "no-such-host.invalid");
  expect_closed(CloseReason::resolve);
  EXPECT_NE(client_closed->detail.find("no-such-host.invalid"), std::string::npos);
}

TEST_F(WsTest, ResolvesNames) {
  open(start(), "/v2", {}, "localhost");
  ASSERT_TRUE(loop.until([&] { return opened; }));
}

TEST_F(WsTest, GivesUpOnASilentPeer) {
  const SilentListener silent;
  open(silent.port(), "/v2", {.connect_timeout = milliseconds(30)});
  expect_closed(CloseReason::timeout);
  EXPECT_NE(client_closed->detail.find("WebSocket upgrade"), std::string::npos);
}

TEST_F(WsTest, GivesUpWhenTheUpgradeIsNotAnswered) {
  open(start(), "/later", {.connect_timeout = milliseconds(30)});
  expect_closed(CloseReason::timeout);
}

TEST_F(WsTest, TheClientsQueueIsBounded) {
  open_and_wait({.send_queue_bytes_max = 1000});
  channel->send(std::string(600, 'x'));
  channel->send(std::string(600, 'x'));
  expect_closed(CloseReason::timeout);
}

TEST_F(WsTest, TheServersQueueIsBounded) {
  open_and_wait({}, {.send_queue_bytes_max = 1000});
  server->send(peer, std::string(600, 'x'));
  EXPECT_EQ(server->queued_bytes(peer), 600U);
  server->send(peer, std::string(600, 'x'));
  ASSERT_TRUE(loop.until([&] { return server_closed.has_value(); }));
  EXPECT_EQ(server_closed->reason, CloseReason::timeout);
  expect_closed(CloseReason::reset);
}

TEST_F(WsTest, TheServerRefusesMessagesAboveItsLimit) {
  open_and_wait({}, {.message_bytes_max = 100});
  channel->send(std::string(101, 'x'));
  ASSERT_TRUE(loop.until([&] { return server_closed.has_value(); }));
  EXPECT_EQ(server_closed->reason, CloseReason::oversize);
  expect_closed(CloseReason::remote);
  EXPECT_EQ(client_closed->detail, "the peer closed with code 1009");
}

TEST_F(WsTest, TheServerSays426ToPlainRequests) {
  RawSocket client(start());
  client.send("GET /v2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  ASSERT_TRUE(loop.until([&] { return client.ended(); }));
  EXPECT_EQ(testing::count_of(client.received(), "426 Upgrade Required"), 1U);
}

// RFC 6455 §1.3 has the key and its answer; the frames are masked by hand with a zero mask.
TEST_F(WsTest, TheServerSpeaksTheProtocolByTheLetter) {
  RawSocket client(start());
  client.send(
      "GET /v2 HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n" +
      std::string("\x81\x82\0\0\0\0hi", 8));  // a frame right behind the request
  ASSERT_TRUE(loop.until([&] { return server_got.size() == 1; }));
  EXPECT_EQ(server_got[0], "hi");
  EXPECT_NE(client.received().find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            std::string::npos);
  server->send_raw(peer, "abc", 2);
  const std::string frames(
      "\x01\x02"
      "ab"
      "\x80\x01"
      "c",
      7);
  ASSERT_TRUE(loop.until([&] { return client.received().ends_with(frames); }));
  client.send(std::string("\x89\x81\0\0\0\0p", 7));  // ping
  ASSERT_TRUE(loop.until([&] { return client.received().ends_with(std::string("\x8a\x01p", 3)); }));
  client.send(std::string("\x81\x02hi", 4));  // not masked: a violation
  ASSERT_TRUE(loop.until([&] { return server_closed.has_value() && client.ended(); }));
  EXPECT_EQ(server_closed->reason, CloseReason::protocol);
}

TEST_F(WsTest, StopOfTheHttpServerClosesSessions) {
  open_and_wait();
  bool stopped = false;
  http->stop(std::chrono::hours(1), [&] { stopped = true; });
  expect_closed(CloseReason::remote);
  ASSERT_TRUE(loop.until([&] { return stopped; }));
  ASSERT_TRUE(server_closed.has_value());
}

TEST_F(WsTest, DestroyingTheServerCutsSessionsSilently) {
  open_and_wait();
  server.reset();
  expect_closed(CloseReason::remote);
  EXPECT_FALSE(server_closed.has_value());
}

}  // namespace
}  // namespace tickwitness::net
