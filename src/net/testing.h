// For the tests of net/: an executor driven step by step, raw sockets that send what no client
// would, certificates made on the spot.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/executor_asio.h"

namespace tickwitness::net::testing {

struct Loop {
  runtime::AsioExecutor executor;

  // Runs the executor until `reached`; false when that takes far too long. Not a timed assertion:
  // the limit only ends a test that hangs.
  bool until(const std::function<bool()>& reached) {
    const base::Instant limit = executor.clock().now().mono + std::chrono::seconds(20);
    while (!reached()) {
      if (executor.clock().now().mono > limit) return false;
      executor.run_one_for(std::chrono::milliseconds(2));
    }
    return true;
  }
  // Runs what is ready, without waiting.
  void drain() {
    while (executor.run_one_for(std::chrono::milliseconds(0))) {
    }
  }
};

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A non-blocking TCP socket to a port on loopback.
class RawSocket {
 public:
  explicit RawSocket(std::uint16_t port, int receive_buffer = 0) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer > 0) {
      setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    const sockaddr_in address = loopback(port);
    connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    fcntl(fd_, F_SETFL, O_NONBLOCK);
  }
  ~RawSocket() { close(); }
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  bool connected() const { return connected_; }
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void finish() { shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  // All that came so far.
  const std::string& received() {
    char chunk[65536];
    while (!ended_ && fd_ >= 0) {
      const ssize_t bytes = recv(fd_, chunk, sizeof chunk, 0);
      if (bytes > 0) {
        received_.append(chunk, static_cast<std::size_t>(bytes));
      } else if (bytes == 0 || (errno != EAGAIN && errno != EINTR)) {
        ended_ = true;
        reset_ = bytes < 0;
      } else {
        break;
      }
    }
    return received_;
  }
  // Takes what came and forgets it.
  void skip() {
    received();
    received_.clear();
  }
  bool ended() {
    received();
    return ended_;
  }
  bool was_reset() const { return reset_; }

 private:
  int fd_ = -1;
  bool connected_ = false;
  bool ended_ = false;
  bool reset_ = false;
  std::string received_;
};

// Listens on loopback and says nothing; connections wait in its backlog, established.
class SilentListener {
 public:
  SilentListener() {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in address = loopback(0);
    bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    listen(fd_, 8);
    socklen_t size = sizeof address;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~SilentListener() {
    close();
    if (accepted_ >= 0) ::close(accepted_);
  }
  SilentListener(const SilentListener&) = delete;
  SilentListener& operator=(const SilentListener&) = delete;
  std::uint16_t port() const { return port_; }
  // From now on connections to the port are refused.
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  // Takes the first connection, once it is there, and gives what it sent so far.
  const std::string& received() {
    if (accepted_ < 0) accepted_ = accept(fd_, nullptr, nullptr);
    char chunk[4096];
    ssize_t bytes = 0;
    while ((bytes = recv(accepted_, chunk, sizeof chunk, MSG_DONTWAIT)) > 0) {
      received_.append(chunk, static_cast<std::size_t>(bytes));
    }
    return received_;
  }
  // To the accepted connection, which stays open.
  void answer(std::string_view bytes) {
    ::send(accepted_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  void end_answer() { shutdown(accepted_, SHUT_WR); }

 private:
  int fd_ = -1;
  int accepted_ = -1;
  std::string received_;
  std::uint16_t port_ = 0;
};

inline std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

}  // namespace tickwitness::net::testing
