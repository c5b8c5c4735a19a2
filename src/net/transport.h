// A connected TCP socket, with or without TLS, as one type with erased handlers: Beast's templates
// are instantiated once over it, and TLS is compiled in one file. Internal to net/.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/role.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/time.h"
#include "net/counted_socket.h"
#include "net/tls.h"
#include "runtime/clock.h"

namespace tickwitness::net {

using ErrorCode = boost::system::error_code;
using IoHandler = std::move_only_function<void(ErrorCode, std::size_t)>;
using DoneHandler = std::move_only_function<void(ErrorCode)>;

// The first few buffers of a gather write; what does not fit goes with the next write_some.
struct GatherBuffers {
  static constexpr std::size_t kMax = 4;
  std::array<boost::asio::const_buffer, kMax> buffers;
  std::size_t count = 0;
  void add(boost::asio::const_buffer buffer) {
    if (buffer.size() > 0 && count < kMax) buffers[count++] = buffer;
  }
  const boost::asio::const_buffer* begin() const { return buffers.data(); }
  const boost::asio::const_buffer* end() const { return buffers.data() + count; }
};

// Movable. Handlers are never called from within the call that takes them. Destroying closes the
// socket; operations under way end with operation_aborted.
class Transport {
 public:
  using executor_type = boost::asio::any_io_executor;

  // `tls` null: plain TCP. `clock` must outlive the transport. `bytes` null: not counted.
  Transport(boost::asio::ip::tcp::socket socket, TlsContext tls, const runtime::Clock& clock,
            std::shared_ptr<SocketBytes> bytes);
  ~Transport();
  Transport(Transport&&) noexcept;
  Transport& operator=(Transport&&) = delete;

  bool tls() const;
  // Without TLS they complete at once. After a failed verification the client's problem is in
  // verify_problem().
  void handshake_client(const std::string& host, DoneHandler done);
  void handshake_server(DoneHandler done);
  const std::string& verify_problem() const;

  void read_some(boost::asio::mutable_buffer buffer, IoHandler handler);
  void write_some(const GatherBuffers& buffers, IoHandler handler);
  // Bytes that the next reads give before the socket's own. Only between reads.
  void unread(std::string_view bytes);
  // Both clocks as of the last read that gave bytes.
  base::Now last_read() const;

  // No more bytes from us: FIN, with TLS close_notify before it. Not while a write is under way.
  void finish(DoneHandler done);
  void close();
  // RST instead of FIN: what the peer has not read may be lost to it.
  void reset();
  void set_send_buffer(std::size_t bytes);

  // What Beast's websocket::stream asks of its next layer.
  executor_type get_executor() const;
  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
        [this](auto handler, const Buffers& to) {
          read_some(first_of(to), IoHandler(std::move(handler)));
        },
        token, buffers);
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
        [this](auto handler, const Buffers& from) {
          GatherBuffers gather;
          for (auto it = boost::asio::buffer_sequence_begin(from);
               it != boost::asio::buffer_sequence_end(from); ++it) {
            gather.add(boost::asio::const_buffer(*it));
          }
          write_some(gather, IoHandler(std::move(handler)));
        },
        token, buffers);
  }

 private:
  template <class Buffers>
  static boost::asio::mutable_buffer first_of(const Buffers& buffers) {
    for (auto it = boost::asio::buffer_sequence_begin(buffers);
         it != boost::asio::buffer_sequence_end(buffers); ++it) {
      const boost::asio::mutable_buffer buffer(*it);
      if (buffer.size() > 0) return buffer;
    }
    return {};
  }

  struct State;
  std::shared_ptr<State> state_;  // shared with operations under way
};

// Beast's customisation points. A WebSocket's last act is our FIN; its owner closes the rest.
inline void beast_close_socket(Transport& transport) {
  transport.close();
}
inline void teardown(boost::beast::role_type, Transport& transport, ErrorCode& error) {
  transport.close();
  error = {};
}
template <class Handler>
void async_teardown(boost::beast::role_type, Transport& transport, Handler&& handler) {
  transport.finish(DoneHandler(std::forward<Handler>(handler)));
}

}  // namespace tickwitness::net
