// The WebSocket client against peers that break the protocol byte by byte.
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "net/testing.h"
#include "net/ws_testing.h"

namespace tickwitness::net {
namespace {
using runtime::CloseReason;
using testing::SilentListener;
using testing::WsTest;

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

}  // namespace
}  // namespace tickwitness::net
