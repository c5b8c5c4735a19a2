// What HttpServer, its connections and the streams that left it share. Internal to net/.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "net/http_server.h"
#include "net/transport.h"

namespace tickwitness::net {
namespace internal {

// A stream's place in the server's count, and the server's way to end it.
class StreamLease {
 public:
  StreamLease(const std::shared_ptr<HttpServer::Impl>& server, std::uint64_t id,
              std::string address);
  ~StreamLease();
  StreamLease(const StreamLease&) = delete;
  StreamLease& operator=(const StreamLease&) = delete;

  // `end(cut)`: the server stops; with `cut` at once.
  void on_end(std::function<void(bool cut)> end);

 private:
  std::weak_ptr<HttpServer::Impl> server_;
  std::uint64_t id_;
  std::string address_;
};

// A connection that leaves HTTP.
struct TakenConnection {
  Transport transport;
  std::unique_ptr<StreamLease> lease;
};

}  // namespace internal

class HttpServer::Impl : public std::enable_shared_from_this<HttpServer::Impl> {
 public:
  Impl(runtime::AsioExecutor& on, HttpLimits with, Handler call)
      : executor(on), limits(with), handler(std::move(call)), stop_timer(on.make_timer()) {}

  base::Result<std::uint16_t> listen(const ListenAddress& address);
  void stop(base::Duration limit, std::function<void()> on_stopped);
  void shut();

  void remove(const std::shared_ptr<internal::HttpConnection>& connection);
  // Null when streams_max is reached or the server stops.
  std::unique_ptr<internal::StreamLease> lease_stream(const std::string& address);
  void release_stream(std::uint64_t id, const std::string& address);
  bool stopping() const { return stopping_; }

  runtime::AsioExecutor& executor;
  HttpLimits limits;
  Handler handler;
  HttpCounts counts;  // but for the bytes
  const std::shared_ptr<SocketBytes> bytes = std::make_shared<SocketBytes>();
  std::map<std::uint64_t, std::function<void(bool)>> streams;
  std::unique_ptr<runtime::Timer> stop_timer;

 private:
  struct Listener {
    Listener(boost::asio::ip::tcp::acceptor from, TlsContext with, runtime::AsioExecutor& on)
        : acceptor(std::move(from)), tls(std::move(with)), retry(on.make_timer()) {}
    boost::asio::ip::tcp::acceptor acceptor;
    TlsContext tls;
    std::unique_ptr<runtime::Timer> retry;
  };

  void accept_next(const std::shared_ptr<Listener>& listener);
  void admit(boost::asio::ip::tcp::socket socket, const TlsContext& tls);
  std::size_t from(const std::string& address) const;
  void leave_address(const std::string& address);
  void close_listeners();
  void check_stopped();
  void cut_all();

  std::vector<std::shared_ptr<Listener>> listeners_;
  std::set<std::shared_ptr<internal::HttpConnection>> connections_;
  std::map<std::string, std::size_t> per_address_;  // connections and streams
  std::uint64_t next_stream_ = 1;
  bool stopping_ = false;
  std::function<void()> on_stopped_;
};

}  // namespace tickwitness::net
