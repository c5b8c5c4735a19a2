// Stands between a client and a server and sees every byte, for tests that break the connection at
// a certain one.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace tickwitness::store::postgres::test {

class TestProxy {
 public:
  enum class Way { to_server, to_client };
  // On the proxy's thread, for what is about to be handed on, of which it may leave something out.
  // False: the connection ends instead.
  using Look = std::function<bool(Way way, std::string_view& bytes)>;

  TestProxy(int server_port, Look look) : server_port_(server_port), look_(std::move(look)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, generic, &size) != 0 || ::pipe2(stop_.data(), O_CLOEXEC) != 0) {
      throw std::runtime_error("the proxy cannot listen");
    }
    port_ = ::ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  TestProxy(const TestProxy&) = delete;
  TestProxy& operator=(const TestProxy&) = delete;
  ~TestProxy() {
    ::close(stop_[1]);
    thread_.join();
    ::close(stop_[0]);
    ::close(listener_);
  }
  std::string port() const { return std::to_string(port_); }

 private:
  static sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    address.sin_port = ::htons(static_cast<std::uint16_t>(port));
    return address;
  }
  // False: the proxy is to end.
  bool readable(int first, int second, std::array<bool, 2>& which) {
    std::array<pollfd, 3> waits{pollfd{stop_[0], POLLIN, 0}, pollfd{first, POLLIN, 0},
                                pollfd{second, POLLIN, 0}};
    ::poll(waits.data(), waits.size(), -1);
    which = {waits[1].revents != 0, waits[2].revents != 0};
    return waits[0].revents == 0;
  }
  void run() {
    std::array<bool, 2> ready{};
    while (readable(listener_, -1, ready)) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      auto address = loopback(server_port_);
      if (::connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
        while (readable(client, server, ready) &&
               (!ready[0] || hand_on(client, server, Way::to_server)) &&
               (!ready[1] || hand_on(server, client, Way::to_client))) {
        }
      }
      ::close(client);
      ::close(server);
    }
  }
  bool hand_on(int from, int to, Way way) {
    std::array<char, 4096> bytes{};
    const auto count = ::recv(from, bytes.data(), bytes.size(), 0);
    if (count <= 0) return false;
    std::string_view part(bytes.data(), static_cast<std::size_t>(count));
    if (!look_(way, part)) return false;
    for (std::size_t sent = 0; sent < part.size();) {
      const auto now = ::send(to, part.data() + sent, part.size() - sent, MSG_NOSIGNAL);
      if (now <= 0) return false;
      sent += static_cast<std::size_t>(now);
    }
    return true;
  }

  int server_port_;
  Look look_;
  int listener_ = -1, port_ = 0;
  std::array<int, 2> stop_{};
  std::thread thread_;
};

}  // namespace tickwitness::store::postgres::test
