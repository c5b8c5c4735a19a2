// A TCP socket that counts what it reads and writes, below TLS. Internal to net/.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <utility>

#include "net/socket_bytes.h"

namespace tickwitness::net {

// What Asio's ssl::stream asks of its next layer.
class CountedSocket {
 public:
  using next_layer_type = boost::asio::ip::tcp::socket;
  using lowest_layer_type = boost::asio::ip::tcp::socket;
  using executor_type = lowest_layer_type::executor_type;

  // `bytes` null: not counted.
  CountedSocket(lowest_layer_type socket, std::shared_ptr<SocketBytes> bytes)
      : socket_(std::move(socket)), bytes_(std::move(bytes)) {}

  executor_type get_executor() { return socket_.get_executor(); }
  lowest_layer_type& lowest_layer() { return socket_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, Signature>(
        [this](auto handler, const Buffers& to) {
          socket_.async_read_some(to, counting(&SocketBytes::in, std::move(handler)));
        },
        token, buffers);
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, Signature>(
        [this](auto handler, const Buffers& from) {
          socket_.async_write_some(from, counting(&SocketBytes::out, std::move(handler)));
        },
        token, buffers);
  }

 private:
  using Signature = void(boost::system::error_code, std::size_t);

  template <class Handler>
  auto counting(std::uint64_t SocketBytes::* which, Handler handler) {
    return [bytes = bytes_, which, handler = std::move(handler)](boost::system::error_code error,
                                                                 std::size_t transferred) mutable {
      if (bytes) (*bytes).*which += transferred;
      handler(error, transferred);
    };
  }

  lowest_layer_type socket_;
  std::shared_ptr<SocketBytes> bytes_;
};

}  // namespace tickwitness::net
