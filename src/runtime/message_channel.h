// The seam to a WebSocket: messages, not bytes. net/ has the real one; a simulated world has its
// own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace tickwitness::runtime {

struct Endpoint {
  bool tls = true;
  std::string host;  // also SNI and the name that the certificate must carry
  std::uint16_t port = 443;
  std::string path = "/";
  std::string ca_file;  // PEM; empty: the system's authorities
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// "wss://ws.kraken.com/v2", "ws://127.0.0.1:4711/v2". Errors name what is wrong.
base::Result<Endpoint> parse_endpoint(std::string_view url);
// The URL again, without its port where that goes without saying.
std::string to_string(const Endpoint& endpoint);

// Why a channel ended, in the words that metrics use as label `reason`.
enum class CloseReason : std::uint8_t {
  local,     // we asked for it
  remote,    // close frame or end of stream from the peer
  reset,     // connection cut
  refused,   // TCP connect failed
  resolve,   // name not found
  tls,       // handshake failed or certificate not accepted
  upgrade,   // HTTP status other than 101 (status in detail)
  timeout,   // connect, handshake or write took too long
  oversize,  // message above the limit
  protocol,  // WebSocket protocol violation, bad UTF-8 included
};
std::string_view to_string(CloseReason reason);

struct Closed {
  CloseReason reason = CloseReason::local;
  std::string detail;   // for the log: the library's message, HTTP status line
  int http_status = 0;  // when the upgrade was answered with another status
};

struct ChannelLimits {
  std::size_t message_bytes_max = 8U
                                  << 20;  // Kraken's instrument snapshot is ~640 KB in one message
  std::size_t send_queue_bytes_max = 1U << 20;
  base::Duration connect_timeout =
      std::chrono::seconds(10);  // resolve + TCP + TLS + upgrade, together
  friend bool operator==(const ChannelLimits&, const ChannelLimits&) = default;
};

// One connection at most at a time; may be opened again after on_closed. Calls and callbacks on one
// executor's thread. After destruction no callback is made.
class MessageChannel {
 public:
  struct Events {
    std::function<void(base::Now)> on_open;
    // Text valid during the call only. `received`: both clocks, read as soon as the bytes were
    // there.
    std::function<void(base::Now received, std::string_view text)> on_message;
    // Exactly once for each open(), whatever happened.
    std::function<void(base::Now, const Closed&)> on_closed;
  };
  virtual ~MessageChannel() = default;
  virtual void open(const Endpoint& endpoint, Events events) = 0;
  // Queued; beyond send_queue_bytes_max the connection is closed as `timeout`.
  virtual void send(std::string text) = 0;
  // Close handshake, bounded in time; on_closed follows. Nothing happens when not open.
  virtual void close() = 0;
};

class MessageChannelFactory {
 public:
  virtual ~MessageChannelFactory() = default;
  virtual std::unique_ptr<MessageChannel> make(const ChannelLimits& limits) = 0;
};

}  // namespace tickwitness::runtime
