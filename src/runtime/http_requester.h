// The seam to a venue's REST interface: one request, one answer. net/ has the real one; a simulated
// world has its own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "runtime/message_channel.h"

namespace tickwitness::runtime {

struct HttpReply {
  int status = 0;
  std::string body;
  std::optional<base::Duration> retry_after;  // header Retry-After, in seconds
  std::optional<std::uint64_t> used_weight;   // header X-MBX-USED-WEIGHT-1M
};

// Calls and callbacks on one executor's thread. Destroying it drops requests under way without a
// callback.
class HttpRequester {
 public:
  using OnDone = std::function<void(base::Now, base::Result<HttpReply>)>;
  virtual ~HttpRequester() = default;
  // GET `target` ("/0/public/Time?a=b") of the host that `origin` names; its path is not used.
  // `on_done` is called once, later. Any HTTP status is a reply; an error is what kept a reply from
  // coming, and names the host.
  virtual void get(const Endpoint& origin, std::string target, OnDone on_done) = 0;
};

}  // namespace tickwitness::runtime
