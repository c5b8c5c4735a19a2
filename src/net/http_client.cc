#include "net/http_client.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "net/connect.h"
#include "net/http_parse.h"
#include "net/transport.h"
#include "net/ws_stream.h"

namespace tickwitness::net {
using runtime::Closed;
using runtime::Endpoint;
namespace {

constexpr std::size_t kAnswerReadBytes = 16U << 10;

// One request from name resolution to the last byte of the answer.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(runtime::AsioExecutor& executor, const HttpClientLimits& limits, Endpoint endpoint,
           std::string request, std::function<void(base::Result<Response>)> on_done)
      : executor_(executor),
        limits_(limits),
        endpoint_(std::move(endpoint)),
        request_(std::move(request)),
        on_done_(std::move(on_done)),
        timer_(executor.make_timer()),
        parser_(limits.header_bytes_max, limits.body_bytes_max) {}

  void start(std::shared_ptr<TlsClientContexts> contexts) {
    timer_->arm(executor_.clock().now().mono + limits_.timeout, [this] {
      const auto self = shared_from_this();
      fail(fmt::format("no answer within {:g} s, stuck at: {}", base::seconds(limits_.timeout),
                       transport_ ? "waiting for the answer" : connector_->stage()));
    });
    connector_ = std::make_shared<Connector>(
        executor_, std::move(contexts), endpoint_, nullptr,
        [self = shared_from_this()](std::expected<Transport, Closed> result) {
          if (result) {
            self->transport_ = std::make_unique<Transport>(*std::move(result));
            self->write();
          } else {
            self->fail(result.error().detail);
          }
        });
    connector_->start();
  }

  void abandon() {
    on_done_ = nullptr;
    shut();
  }

 private:
  void write() {
    GatherBuffers buffers;
    buffers.add(boost::asio::buffer(request_) + written_);
    transport_->write_some(buffers,
                           [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
                             if (!self->on_done_) return;
                             self->written_ += bytes;
                             if (!error && self->written_ < self->request_.size()) {
                               self->write();
                             } else {
                               // Also after an error: the server may have answered before it
                               // closed.
                               self->read();
                             }
                           });
  }

  void read() {
    chunk_.resize(kAnswerReadBytes);
    transport_->read_some(boost::asio::buffer(chunk_),
                          [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
                            if (self->on_done_) self->on_read(error, bytes);
                          });
  }

  void on_read(ErrorCode error, std::size_t bytes) {
    ParseState state = ParseState::need_more;
    if (bytes > 0) {
      input_.append(chunk_, 0, bytes);
      std::size_t consumed = 0;
      state = parser_.feed(input_, consumed);
      input_.erase(0, consumed);
    } else if (error) {
      const Closed closed = closed_by(error);
      if (closed.reason != runtime::CloseReason::remote) {
        fail(closed.detail);
        return;
      }
      state = parser_.finish();
    }
    switch (state) {
      case ParseState::need_more:
        read();
        break;
      case ParseState::failed:
        fail(parser_.error());
        break;
      case ParseState::complete:
        shut();
        std::exchange(on_done_, nullptr)(parser_.take());
        break;
    }
  }

  void fail(std::string_view why) {
    if (!on_done_) return;
    shut();
    const std::string_view path = std::string_view(endpoint_.path).substr(0, 200);
    std::exchange(on_done_, nullptr)(
        base::fail(fmt::format("{}://{}{}: {}", endpoint_.tls ? "https" : "http",
                               host_and_port(endpoint_), path.substr(0, path.find('?')), why)));
  }

  void shut() {
    timer_->cancel();
    if (connector_) connector_->cancel();
    if (transport_) transport_->close();
  }

  runtime::AsioExecutor& executor_;
  HttpClientLimits limits_;
  Endpoint endpoint_;
  std::string request_;
  std::function<void(base::Result<Response>)> on_done_;
  std::unique_ptr<runtime::Timer> timer_;
  std::shared_ptr<Connector> connector_;
  std::unique_ptr<Transport> transport_;
  ResponseParser parser_;
  std::string chunk_;
  std::string input_;
  std::size_t written_ = 0;
};

std::string request_text(std::string_view method, const Endpoint& endpoint, const Headers& headers,
                         const std::string* body) {
  std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", method,
                                 endpoint.path, host_and_port(endpoint));
  if (!find_header(headers, "User-Agent")) text += "User-Agent: tickwitness\r\n";
  for (const Header& header : headers) text += fmt::format("{}: {}\r\n", header.name, header.value);
  if (body != nullptr) text += fmt::format("Content-Length: {}\r\n", body->size());
  text += "\r\n";
  if (body != nullptr) text += *body;
  return text;
}

}  // namespace

base::Result<Endpoint> parse_http_url(std::string_view url) {
  std::string as_websocket;
  if (url.starts_with("https://")) {
    as_websocket = fmt::format("wss://{}", url.substr(8));
  } else if (url.starts_with("http://")) {
    as_websocket = fmt::format("ws://{}", url.substr(7));
  } else {
    return base::fail(fmt::format("'{}' is no HTTP address: https://host[:port][/path]", url));
  }
  auto endpoint = runtime::parse_endpoint(as_websocket);
  if (!endpoint) {
    // The parser names the address it was given.
    std::string message = endpoint.error().message;
    if (message.starts_with(as_websocket)) message.replace(0, as_websocket.size(), url);
    return base::fail(std::move(message));
  }
  return endpoint;
}

class HttpClient::Impl : public std::enable_shared_from_this<HttpClient::Impl> {
 public:
  Impl(runtime::AsioExecutor& executor, const HttpClientLimits& limits)
      : executor_(executor), limits_(limits) {}

  void start(const Endpoint& endpoint, std::string request, OnDone on_done) {
    const std::uint64_t id = next_id_++;
    auto exchange = std::make_shared<Exchange>(
        executor_, limits_, endpoint, std::move(request),
        [weak = weak_from_this(), id, on_done = std::move(on_done)](base::Result<Response> result) {
          if (const auto self = weak.lock()) self->exchanges_.erase(id);
          on_done(std::move(result));
        });
    exchanges_.emplace(id, exchange);
    exchange->start(contexts_);
  }

  void abandon_all() {
    for (const auto& [id, exchange] : exchanges_) exchange->abandon();
  }

 private:
  runtime::AsioExecutor& executor_;
  HttpClientLimits limits_;
  std::shared_ptr<TlsClientContexts> contexts_ = std::make_shared<TlsClientContexts>();
  std::map<std::uint64_t, std::shared_ptr<Exchange>> exchanges_;
  std::uint64_t next_id_ = 1;
};

HttpClient::HttpClient(runtime::AsioExecutor& executor, HttpClientLimits limits)
    : impl_(std::make_shared<Impl>(executor, limits)) {}

HttpClient::~HttpClient() {
  impl_->abandon_all();
}

void HttpClient::get(const Endpoint& endpoint, const Headers& headers, OnDone on_done) {
  impl_->start(endpoint, request_text("GET", endpoint, headers, nullptr), std::move(on_done));
}

void HttpClient::post(const Endpoint& endpoint, const Headers& headers, const std::string& body,
                      OnDone on_done) {
  impl_->start(endpoint, request_text("POST", endpoint, headers, &body), std::move(on_done));
}

}  // namespace tickwitness::net
