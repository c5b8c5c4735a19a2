// Whether a host can be reached, stage by stage: name, TCP, TLS. For checks before a start.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "runtime/executor_asio.h"
#include "runtime/message_channel.h"

namespace tickwitness::net {

struct Reached {
  base::Instant started{};
  // When each stage ended, as far as it came; `secured` is absent without TLS.
  std::optional<base::Instant> resolved, connected, secured;
  base::Instant ended{};
  std::optional<runtime::Closed> failure;  // of the stage that follows the last
};

// One attempt, bounded in time. Destroying it ends it in silence. On the executor's thread.
class Reach {
 public:
  // `on_done` is called once, later.
  Reach(runtime::AsioExecutor& executor, const runtime::Endpoint& endpoint, base::Duration timeout,
        std::function<void(Reached)> on_done);
  ~Reach();
  Reach(const Reach&) = delete;
  Reach& operator=(const Reach&) = delete;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tickwitness::net
