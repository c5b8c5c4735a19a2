// The WebSocket client against the real server of this room, and against peers that misbehave.
#include "net/ws_client.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <optional>

#include "net/testing.h"
#include "net/ws_server.h"

namespace tickwitness::net {
namespace {
using runtime::Closed;
using runtime::CloseReason;
using runtime::Endpoint;
using std::chrono::milliseconds;
using testing::Loop;
using testing::RawSocket;
using testing::SilentListener;

class WsTest : public ::testing::Test {
 protected:
  std::uint16_t start(WsServerLimits limits = {}) {
    WsServer::Events events;
    events.on_open = [this](WsServer::Id id, const Request& request) {
      peer = id;
      path = request.path;
    };
    events.on_text = [this](WsServer::Id id, base::Now, std::string_view text) {
      if (echo) server->send(id, std::string(text));
      server_got.emplace_back(text);
    };
    events.on_closed = [this](WsServer::Id, const Closed& closed) { server_closed = closed; };
    server.emplace(loop.executor, limits, std::move(events));
    http.emplace(loop.executor, HttpLimits{}, [this](const Request& request, const Responder& to) {
      if (request.path == "/forbidden") {
        to.respond(Response::text(403, "no"));
      } else if (request.path == "/busy") {
        to.respond(Response::text(429, "slow down"));
      } else if (request.path == "/later") {
        later.push_back(to);
      } else {
        server->accept(request, to);
      }
    });
    return *http->listen({});
  }

  void open(std::uint16_t port, const std::string& at = "/v2", runtime::ChannelLimits limits = {},
            const std::string& host = "127.0.0.1") {
    channel = factory.make(limits);
    channel->open({.tls = false, .host = host, .port = port, .path = at, .ca_file = ""}, events());
  }

  runtime::MessageChannel::Events events() {
    return {.on_open = [this](base::Now) { opened = true; },
            .on_message =
                [this](base::Now received, std::string_view text) {
                  got.emplace_back(text);
                  received_at.push_back(received);
                },
            .on_closed =
                [this](base::Now, const Closed& closed) {
                  ++closes;
                  client_closed = closed;
                }};
  }

  void open_and_wait(runtime::ChannelLimits limits = {}, WsServerLimits server_limits = {}) {
    open(start(server_limits), "/v2", limits);
    ASSERT_TRUE(loop.until([&] { return opened && peer != 0; }));
  }
  void expect_closed(CloseReason reason) {
    ASSERT_TRUE(loop.until([&] { return client_closed.has_value(); }));
    EXPECT_EQ(client_closed->reason, reason)
        << runtime::to_string(client_closed->reason) << ": " << client_closed->detail;
    EXPECT_NE(client_closed->detail, "");
    loop.drain();
    EXPECT_EQ(closes, 1);
  }

  Loop loop;
  std::optional<WsServer> server;
  std::optional<HttpServer> http;
  std::vector<Responder> later;
  WsChannelFactory factory{loop.executor};
  std::unique_ptr<runtime::MessageChannel> channel;
  WsServer::Id peer = 0;
  std::string path;
  bool echo = false;
  bool opened = false;
  int closes = 0;
  std::vector<std::string> server_got;
  std::vector<std::string> got;
  std::vector<base::Now> received_at;
  std::optional<Closed> client_closed;
  std::optional<Closed> server_closed;
};

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

struct Misbehaviour {
  std::string answer;
  CloseReason reason;
  std::string names;  // part of the detail
};

TEST_F(WsTest, JudgesWhatIsNoWebSocketServer) {
  const Misbehaviour cases[] = {
      {"SSH-2.0-OpenSSH_9.2\r\n", CloseReason::protocol, "version"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", CloseReason::upgrade, "200 OK"},
      {"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
       "Sec-WebSocket-Accept: d3Jvbmc=\r\n\r\n",
       CloseReason::protocol, "Sec-WebSocket-Accept"},
      {"", CloseReason::remote, "closed the connection"},
      {"HTTP/1.1 101 Swi", CloseReason::remote, "closed the connection"},
  };
  for (const Misbehaviour& c : cases) {
    SilentListener listener;
    client_closed.reset();
    closes = 0;
    open(listener.port());
    ASSERT_TRUE(loop.until([&] { return listener.received().ends_with("\r\n\r\n"); }));
    listener.answer(c.answer);
    if (c.reason == CloseReason::remote) listener.end_answer();
    expect_closed(c.reason);
    EXPECT_NE(client_closed->detail.find(c.names), std::string::npos) << client_closed->detail;
  }
}

// RFC 6455 §4.2.2: the answer that proves the key was read.
std::string accept_upgrade(const std::string& request) {
  const std::string_view name = "Sec-WebSocket-Key: ";
  const std::size_t at = request.find(name) + name.size();
  const std::string key = request.substr(at, 24) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(key.data(), key.size(), digest, &size, EVP_sha1(), nullptr);
  unsigned char text[64];
  EVP_EncodeBlock(text, digest, static_cast<int>(size));
  return std::string(
             "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Accept: ") +
         reinterpret_cast<const char*>(text) + "\r\n\r\n";
}

class RawPeerTest : public WsTest {
 protected:
  // An open channel whose peer is `listener`, frames and all.
  void open_raw(SilentListener& listener) {
    client_closed.reset();
    opened = false;
    closes = 0;
    got.clear();
    open(listener.port());
    ASSERT_TRUE(loop.until([&] { return listener.received().ends_with("\r\n\r\n"); }));
    listener.answer(accept_upgrade(listener.received()));
    ASSERT_TRUE(loop.until([&] { return opened; }));
  }
};

TEST_F(RawPeerTest, EndsTheConnectionAtBrokenFrames) {
  const auto frame = [](std::initializer_list<int> bytes) {
    std::string text;
    for (const int byte : bytes) text += static_cast<char>(byte);
    return text;
  };
  const Misbehaviour cases[] = {
      {frame({0x81, 0x81, 0, 0, 0, 0, 'x'}), CloseReason::protocol, "mask"},
      {frame({0xc1, 0x01, 'x'}), CloseReason::protocol, "reserved"},
      {frame({0x83, 0x01, 'x'}), CloseReason::protocol, "opcode"},
      {frame({0x80, 0x01, 'x'}), CloseReason::protocol, "continuation"},
      {frame({0x01, 0x01, 'x', 0x81, 0x01, 'y'}), CloseReason::protocol, "unexpected"},
      {frame({0x09, 0x00}), CloseReason::protocol, "control"},
      {frame({0x89, 0x7e, 0, 126}) + std::string(126, 'p'), CloseReason::protocol, "control"},
      {frame({0x88, 0x01, 'x'}), CloseReason::protocol, "close"},
      {frame({0x82, 0x01, 'x'}), CloseReason::protocol, "binary"},
      {frame({0x81, 0x7f, 0x7f, -1, -1, -1, -1, -1, -1, -1}), CloseReason::oversize, "limit"},
      {frame({0x88, 0x09, 0x03, 0xf4}) + "restart", CloseReason::remote, "1012: restart"},
      {frame({0x88, 0x00}), CloseReason::remote, "without a code"},
  };
  for (const Misbehaviour& c : cases) {
    SilentListener peer_socket;
    open_raw(peer_socket);
    peer_socket.answer(c.answer);
    expect_closed(c.reason);
    EXPECT_NE(client_closed->detail.find(c.names), std::string::npos) << client_closed->detail;
    EXPECT_TRUE(got.empty());
  }
}

TEST_F(RawPeerTest, EndOfStreamWithinAFrameIsRemote) {
  SilentListener peer_socket;
  open_raw(peer_socket);
  peer_socket.answer("\x81\x05he");
  peer_socket.end_answer();
  expect_closed(CloseReason::remote);
  EXPECT_TRUE(got.empty());
}

TEST_F(RawPeerTest, AnswersPingsAndGoesOn) {
  SilentListener peer_socket;
  open_raw(peer_socket);
  const std::size_t before = peer_socket.received().size();
  peer_socket.answer(std::string("\x89\x02hi\x81\x01x", 7));
  ASSERT_TRUE(
      loop.until([&] { return got.size() == 1 && peer_socket.received().size() == before + 8; }));
  // Pong, masked, two bytes: after unmasking the same payload.
  const std::string pong = peer_socket.received().substr(before);
  EXPECT_EQ(pong.substr(0, 2), "\x8a\x82");
  EXPECT_EQ(pong[2] ^ pong[6], 'h');
  EXPECT_EQ(pong[3] ^ pong[7], 'i');
}

TEST_F(RawPeerTest, CloseIsBoundedWhenThePeerIgnoresIt) {
  SilentListener peer_socket;
  open_raw(peer_socket);
  channel->close();
  expect_closed(CloseReason::local);
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
