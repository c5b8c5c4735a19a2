// Many clients of one event stream, on one thread.
//   sse_clients PORT CLIENTS SECONDS [SILENT]
// Opens /sse/metrics CLIENTS times, and SILENT times more without ever reading. Says `connected` on
// standard output once all are open, measures for SECONDS, then prints one line of JSON: how many
// events each client got, and from the event's own time (before it was made, whole milliseconds
// rounded down) until its last byte was read.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

double now_ms() {
  return std::chrono::duration<double, std::milli>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

[[noreturn]] void fail(std::string_view what) {
  fmt::print(stderr, "sse_clients: {}\n", what);
  std::exit(EXIT_FAILURE);
}

struct Client {
  int socket = -1;
  std::string received;
  std::uint32_t events = 0;
};

struct Window {
  double from = 0, to = 0;  // of the events' own times
  std::vector<double> delays;
};

int open_stream(std::uint16_t port, bool silent) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  if (socket < 0) fail("no more sockets: raise ulimit -n");
  // One that never reads fills soon.
  const int small = 4096;
  if (silent) setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail("the server refuses connections");
  }
  constexpr std::string_view kRequest = "GET /sse/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
  if (send(socket, kRequest.data(), kRequest.size(), 0) != static_cast<ssize_t>(kRequest.size())) {
    fail("a request was not taken");
  }
  return socket;
}

void on_event(Client& client, std::string_view event, Window& window) {
  constexpr std::string_view kTime = "\"timestamp\":";
  const std::size_t at = event.find(kTime);
  if (event.find("event: kraken_metrics") == event.npos || at == event.npos) return;
  double time = 0;
  const char* begin = event.data() + at + kTime.size();
  std::from_chars(begin, event.data() + event.size(), time);
  if (time < window.from || time >= window.to) return;
  ++client.events;
  window.delays.push_back(now_ms() - time);
}

void on_readable(Client& client, Window& window) {
  std::array<char, 16384> buffer;
  const ssize_t count = recv(client.socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count == 0) fail("the server ended a stream, or refused it: " + client.received);
  if (count < 0) return;
  client.received.append(buffer.data(), static_cast<std::size_t>(count));
  for (auto end = client.received.find("\n\n"); end != std::string::npos;
       end = client.received.find("\n\n")) {
    on_event(client, std::string_view(client.received).substr(0, end), window);
    client.received.erase(0, end + 2);
  }
}

class Clients {
 public:
  explicit Clients(std::uint16_t port) : port_(port), epoll_(epoll_create1(0)) {}

  void open(std::size_t count, std::size_t silent) {
    all_.resize(count);
    for (std::size_t i = 0; i < silent; ++i) open_stream(port_, true);
    for (Client& client : all_) {
      client.socket = open_stream(port_, false);
      epoll_event event{.events = EPOLLIN, .data = {.ptr = &client}};
      if (epoll_ctl(epoll_, EPOLL_CTL_ADD, client.socket, &event) != 0) fail("epoll");
      poll(0);
    }
  }

  void poll_until(double until_ms) {
    while (now_ms() < until_ms) poll(10);
  }

  Window window;
  const std::vector<Client>& all() const { return all_; }

 private:
  void poll(int wait_ms) {
    std::array<epoll_event, 256> events;
    const int count = epoll_wait(epoll_, events.data(), events.size(), wait_ms);
    for (int i = 0; i < count; ++i) {
      on_readable(*static_cast<Client*>(events[static_cast<std::size_t>(i)].data.ptr), window);
    }
  }

  std::uint16_t port_;
  int epoll_;
  std::vector<Client> all_;
};

void report(const Clients& clients) {
  std::vector<double> delays = clients.window.delays;
  if (delays.empty()) fail("no events came");
  std::ranges::sort(delays);
  const auto at = [&](double q) {
    const auto rank = static_cast<std::size_t>(q * static_cast<double>(delays.size()));
    return delays[std::min(rank, delays.size() - 1)];
  };
  const auto [least, most] = std::ranges::minmax_element(clients.all(), {}, &Client::events);
  fmt::print(
      R"({{"clients":{},"events_least":{},"events_most":{},"p50_ms":{:.3f},"p99_ms":{:.3f},"max_ms":{:.3f}}})"
      "\n",
      clients.all().size(), least->events, most->events, at(0.5), at(0.99), at(1));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) fail("use: sse_clients PORT CLIENTS SECONDS [SILENT]");
  const auto number = [&](int i) { return static_cast<std::size_t>(std::atoi(argv[i])); };
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  Clients clients(static_cast<std::uint16_t>(number(1)));
  clients.open(number(2), argc > 4 ? number(4) : 0);
  clients.poll_until(now_ms() + 2000);  // first events, and the server at rest again
  fmt::print("connected\n");
  std::fflush(stdout);
  clients.window.from = now_ms();
  clients.window.to = clients.window.from + static_cast<double>(number(3)) * 1000;
  clients.poll_until(clients.window.to);
  fmt::print("measured\n");
  std::fflush(stdout);
  clients.poll_until(clients.window.to + 3000);  // what was published last arrives
  report(clients);
  return EXIT_SUCCESS;
}
