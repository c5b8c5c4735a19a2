// The real REST requester: one connection a request, certificates verified as for WebSockets.
#pragma once

#include "net/http_client.h"
#include "runtime/http_requester.h"

namespace tickwitness::net {

class HttpRequester final : public runtime::HttpRequester {
 public:
  explicit HttpRequester(runtime::AsioExecutor& executor, HttpClientLimits limits = {});
  void get(const runtime::Endpoint& origin, std::string target, OnDone on_done) override;

 private:
  runtime::AsioExecutor& executor_;
  HttpClient client_;
};

}  // namespace tickwitness::net
