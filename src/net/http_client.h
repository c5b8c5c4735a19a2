// One HTTP/1.1 request over one connection, with the same TLS verification as the WebSocket client.
// Redirects are answers like any other.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "net/http_message.h"
#include "runtime/executor_asio.h"
#include "runtime/message_channel.h"

namespace tickwitness::net {

class TlsClientContexts;

struct HttpClientLimits {
  base::Duration timeout = std::chrono::seconds(10);  // from call to last byte
  std::size_t body_bytes_max = 8U << 20;
  std::size_t header_bytes_max = 16U << 10;
};

// "http://127.0.0.1:8000/metrics", "https://api.kraken.com/0/public/Trades?pair=XBTUSD"; the
// fragment is not accepted. Endpoint::path carries the query.
base::Result<runtime::Endpoint> parse_http_url(std::string_view url);

// All calls and callbacks on the executor's thread. Destroying it drops requests under way without
// a callback.
class HttpClient {
 public:
  using OnDone = std::function<void(base::Result<Response>)>;
  explicit HttpClient(runtime::AsioExecutor& executor, HttpClientLimits limits = {});
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // `on_done` is called once, later. Errors name the host and what happened.
  void get(const runtime::Endpoint& endpoint, const Headers& headers, OnDone on_done);
  void post(const runtime::Endpoint& endpoint, const Headers& headers, const std::string& body,
            OnDone on_done);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tickwitness::net
