// The seam to a stream of bytes, with or without TLS. net/ has the real one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "runtime/message_channel.h"

namespace tickwitness::runtime {

// One connection at most at a time; may be opened again after on_closed. Calls and callbacks on one
// executor's thread. After destruction no callback is made.
class ByteChannel {
 public:
  struct Events {
    std::function<void()> on_open;
    // In any pieces, valid during the call only. `received`: read as soon as they were there.
    std::function<void(base::Now received, std::string_view bytes)> on_bytes;
    // Exactly once for each open(), whatever happened.
    std::function<void(const Closed&)> on_closed;
  };
  virtual ~ByteChannel() = default;
  // The endpoint's path is not used.
  virtual void open(const Endpoint& endpoint, Events events) = 0;
  // Queued; beyond the limit of the queue the connection is closed as `timeout`.
  virtual void send(std::string bytes) = 0;
  // At once; on_closed follows, later. Nothing happens when not open.
  virtual void close() = 0;
};

}  // namespace tickwitness::runtime
