// One topic of server-sent events for any number of clients: a shared ring of immutable chunks, a
// cursor per client. A client that cannot keep up skips to the newest chunk; it never delays
// others.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "net/http_message.h"
#include "net/http_server.h"
#include "runtime/executor_asio.h"

namespace tickwitness::net {

// Bytes for the wire, whole events ("id: 7\nevent: x\ndata: {}\n\n").
using Chunk = std::shared_ptr<const std::string>;

struct EventTopicOptions {
  std::size_t chunks_max = 64;  // at least 1; a client further behind is skipped to the newest
  Chunk lag_notice;             // sent to a client that was skipped, before the newest; may be null
  base::Duration stall_timeout = std::chrono::seconds(30);  // socket takes nothing: closed
  // Of the kernel, per client; bounds how stale a slow client's bytes can be. 0: kernel's default.
  std::size_t send_buffer_bytes = 32U << 10;
  // From publish() to the kernel having taken the chunk's last byte, for each client and chunk.
  std::function<void(base::Duration)> on_written;
};

struct EventTopicCounts {
  std::size_t clients = 0;  // now
  std::uint64_t opened = 0;
  std::uint64_t chunks_published = 0;
  std::uint64_t chunks_written = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t chunks_dropped = 0;   // skipped by clients that lagged
  std::uint64_t clients_lagged = 0;   // times a client was skipped
  std::uint64_t clients_stalled = 0;  // closed for taking nothing
};

// All calls on the executor's thread.
class EventTopic {
 public:
  EventTopic(runtime::AsioExecutor& executor, EventTopicOptions options);
  // Ends the streams.
  ~EventTopic();
  EventTopic(const EventTopic&) = delete;
  EventTopic& operator=(const EventTopic&) = delete;

  // Answers with 200, text/event-stream and `headers`, then `first` (this client only), then what
  // is published from now on. To HEAD only the header is answered. Gives the status of the answer:
  // 503 when there is no room for a stream, or nobody waits for it any more.
  int accept(const Request& request, const Responder& responder, std::vector<Chunk> first = {},
             Headers headers = {});
  void publish(Chunk chunk);
  EventTopicCounts counts() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tickwitness::net
