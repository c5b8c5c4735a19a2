#include "net/http_connection.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tickwitness::net::internal {
namespace {

constexpr std::size_t kReadBytes = 4096;
constexpr base::Duration kLinger = std::chrono::seconds(1);
constexpr std::size_t kLingerBytesMax = 256U << 10;

bool safe(std::string_view text) {
  return text.find_first_of({"\r\n\0", 3}) == text.npos;
}

// RFC 9110 §5.6.7.
std::string http_date(base::WallTime wall) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(wall);
  return fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}",
                     fmt::gmtime(static_cast<std::time_t>(seconds.time_since_epoch().count())));
}

}  // namespace

HttpConnection::HttpConnection(std::shared_ptr<HttpServer::Impl> server, Transport transport,
                               std::string remote_address, bool loopback)
    : server_(std::move(server)),
      transport_(std::move(transport)),
      remote_address_(std::move(remote_address)),
      loopback_(loopback),
      timer_(server_->executor.make_timer()) {}

void HttpConnection::start() {
  arm(server_->limits.header_timeout, &HttpConnection::on_request_timeout);
  transport_->handshake_server([self = shared_from_this()](ErrorCode error) {
    if (self->done_) return;
    if (error) {
      ++self->server_->counts.tls_failures;
      self->finish();
      return;
    }
    self->parser_.emplace(self->server_->limits.header_bytes_max,
                          self->server_->limits.body_bytes_max);
    self->deadline_set_ = true;
    self->read();
  });
}

void HttpConnection::refuse(int status, std::string_view why) {
  arm(server_->limits.header_timeout, &HttpConnection::on_request_timeout);
  transport_->handshake_server(
      [self = shared_from_this(), status, why = std::string(why)](ErrorCode error) {
        if (self->done_) return;
        if (error) {
          self->finish();
        } else {
          self->answer(Response::text(status, why), false);
        }
      });
}

void HttpConnection::stop() {
  stopping_ = true;
  // Between requests, or before the end of one: nobody waits for an answer that we would owe.
  if (!handling_ && !writing_ && !done_) finish();
}

void HttpConnection::cut() {
  finish();
}

void HttpConnection::begin_request() {
  parser_.emplace(server_->limits.header_bytes_max, server_->limits.body_bytes_max);
  continue_sent_ = false;
  deadline_set_ = false;
  arm(server_->limits.idle_timeout, &HttpConnection::finish);
  if (input_.empty()) {
    read();
  } else {
    parse();
  }
}

void HttpConnection::read() {
  reading_ = true;
  chunk_.resize(kReadBytes);
  transport_->read_some(boost::asio::buffer(chunk_),
                        [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
                          self->on_read(error, bytes);
                        });
}

void HttpConnection::on_read(ErrorCode error, std::size_t bytes) {
  reading_ = false;
  if (done_ || (writing_ && !error)) return;
  if (error) {
    finish();
  } else if (lingering_) {
    discard(bytes);
  } else {
    input_.append(chunk_, 0, bytes);
    parse();
  }
}

void HttpConnection::parse() {
  const bool header_was_done = parser_->header_done();
  std::size_t consumed = 0;
  const ParseState state = parser_->feed(input_, consumed);
  input_.erase(0, consumed);
  if (state == ParseState::failed) {
    ++server_->counts.bad_requests;
    answer_error(parser_->error_status(), parser_->error());
    return;
  }
  if (state == ParseState::complete) {
    dispatch();
    return;
  }
  if (!header_was_done && parser_->header_done()) {
    arm(server_->limits.body_timeout, &HttpConnection::on_request_timeout);
  } else if (!deadline_set_ && parser_->started()) {
    arm(server_->limits.header_timeout, &HttpConnection::on_request_timeout);
  }
  deadline_set_ = deadline_set_ || parser_->started();
  if (parser_->expects_continue() && !continue_sent_) {
    send_continue();
  } else {
    read();
  }
}

void HttpConnection::send_continue() {
  continue_sent_ = true;
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  GatherBuffers buffers;
  buffers.add(boost::asio::buffer(kContinue));
  // A new connection's socket takes these bytes at once; a peer for which it does not is cut.
  transport_->write_some(buffers, [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
    if (self->done_) return;
    if (error || bytes != kContinue.size()) {
      self->finish();
    } else {
      self->read();
    }
  });
}

void HttpConnection::dispatch() {
  timer_->cancel();
  keep_alive_ = parser_->keep_alive();
  http_1_0_ = parser_->http_1_0();
  Request request = parser_->take();
  parser_.reset();
  request.remote_address = remote_address_;
  request.loopback = loopback_;
  request.tls = transport_->tls();
  head_request_ = request.head;
  handling_ = true;
  in_flight_ = true;
  ++server_->counts.in_flight;
  ++server_->counts.requests;
  const Responder responder(std::make_shared<PendingResponse>(shared_from_this()));
  server_->handler(request, responder);
}

void HttpConnection::answer(Response response, bool keep_alive) {
  handling_ = false;
  if (done_) return;
  keep_alive_ = keep_alive && !stopping_ && !server_->stopping();
  body_ = std::move(response.body);
  const std::size_t size = body_ ? body_->size() : 0;
  head_ = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  for (const Header& header : response.headers) {
    if (!safe(header.name) || !safe(header.value)) continue;  // would forge header or answer
    head_ += fmt::format("{}: {}\r\n", header.name, header.value);
  }
  head_ += fmt::format("Date: {}\r\n", http_date(server_->executor.clock().now().wall));
  if (response.status != 204 && response.status != 304) {
    head_ += fmt::format("Content-Length: {}\r\n", size);
  }
  if (!keep_alive_) {
    head_ += "Connection: close\r\n";
  } else if (http_1_0_) {
    head_ += "Connection: keep-alive\r\n";
  }
  head_ += "\r\n";
  if (head_request_ || response.status == 204 || response.status == 304) body_ = nullptr;
  written_ = 0;
  writing_ = true;
  write();
}

void HttpConnection::answer_error(int status, std::string_view why) {
  head_request_ = false;
  answer(Response::text(status, why), false);
}

void HttpConnection::write() {
  arm(server_->limits.write_timeout, &HttpConnection::on_write_timeout);
  GatherBuffers buffers;
  if (written_ < head_.size()) buffers.add(boost::asio::buffer(head_) + written_);
  if (body_) {
    const std::size_t offset = written_ < head_.size() ? 0 : written_ - head_.size();
    buffers.add(boost::asio::buffer(*body_) + offset);
  }
  transport_->write_some(buffers, [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
    self->on_written(error, bytes);
  });
}

void HttpConnection::on_written(ErrorCode error, std::size_t bytes) {
  if (done_) return;
  written_ += bytes;
  if (error) {
    finish();
    return;
  }
  if (written_ < head_.size() + (body_ ? body_->size() : 0)) {
    write();
    return;
  }
  writing_ = false;
  leave_flight();
  timer_->cancel();
  head_.clear();
  body_ = nullptr;
  if (keep_alive_ && !stopping_) {
    begin_request();
  } else {
    linger();
  }
}

// Closing a socket with unread bytes sends RST, which can take the answer away from the peer before
// it read it. So: FIN, then read and throw away for a moment.
void HttpConnection::linger() {
  arm(kLinger, &HttpConnection::finish);
  input_.clear();
  lingering_ = true;
  transport_->finish([self = shared_from_this()](ErrorCode) {
    if (!self->done_ && !self->reading_) self->read();
  });
}

void HttpConnection::discard(std::size_t bytes) {
  discarded_ += bytes;
  if (discarded_ > kLingerBytesMax) {
    finish();
  } else {
    read();
  }
}

void HttpConnection::leave_flight() {
  if (std::exchange(in_flight_, false)) --server_->counts.in_flight;
}

std::unique_ptr<TakenConnection> HttpConnection::hand_over() {
  if (done_ || stopping_) return nullptr;
  auto lease = server_->lease_stream(remote_address_);
  if (!lease) {
    ++server_->counts.refused_full;
    answer(Response::text(503, "too many streams are open; try again later"), false);
    return nullptr;
  }
  handling_ = false;
  if (!input_.empty()) transport_->unread(input_);
  auto taken = std::make_unique<TakenConnection>(std::move(*transport_), std::move(lease));
  transport_.reset();
  finish();
  return taken;
}

void HttpConnection::arm(base::Duration limit, void (HttpConnection::*on_expiry)()) {
  timer_->arm(server_->executor.clock().now().mono + limit, [this, on_expiry] {
    const auto self = shared_from_this();
    (this->*on_expiry)();
  });
}

void HttpConnection::on_request_timeout() {
  ++server_->counts.timeouts;
  if (parser_ && parser_->started() && reading_) {
    answer_error(408, "the request took too long");
  } else {
    finish();
  }
}

void HttpConnection::on_write_timeout() {
  ++server_->counts.timeouts;
  finish();
}

void HttpConnection::finish() {
  if (done_) return;
  done_ = true;
  leave_flight();
  timer_->cancel();
  if (transport_) transport_->close();
  server_->remove(shared_from_this());
}

PendingResponse::~PendingResponse() {
  respond(Response::text(500, "the request was not answered"));
}

void PendingResponse::respond(Response response) {
  if (const auto to = std::exchange(connection, nullptr)) {
    to->answer(std::move(response), to->keep_alive_);
  }
}

std::unique_ptr<TakenConnection> PendingResponse::take() {
  const auto from = std::exchange(connection, nullptr);
  return from ? from->hand_over() : nullptr;
}

}  // namespace tickwitness::net::internal
