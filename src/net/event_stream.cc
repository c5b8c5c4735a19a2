#include "net/event_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <list>
#include <utility>

#include "net/http_server_impl.h"
#include "net/transport.h"

namespace tickwitness::net {
namespace {

// Clients served in one turn of the executor: others get theirs in between.
constexpr std::size_t kBatch = 64;
constexpr base::Duration kSweepInterval = std::chrono::seconds(1);
// What a client sends on a stream is thrown away; more than this ends it.
constexpr std::size_t kReceivedMax = 64U << 10;

struct Entry {
  Chunk bytes;
  base::Instant published;
};

enum class Place : std::uint8_t { idle, ready, writing };

}  // namespace

class EventTopic::Impl : public std::enable_shared_from_this<EventTopic::Impl> {
 public:
  Impl(runtime::AsioExecutor& executor, EventTopicOptions options)
      : executor_(executor), options_(std::move(options)), sweep_timer_(executor.make_timer()) {
    options_.chunks_max = std::max<std::size_t>(options_.chunks_max, 1);
  }

  int accept(const Request& request, const Responder& responder, std::vector<Chunk> first,
             Headers headers);
  void publish(Chunk chunk);
  void end_all();
  const EventTopicCounts& counts() const { return counts_; }

 private:
  struct Client {
    Client(Transport from, std::unique_ptr<internal::StreamLease> place)
        : transport(std::move(from)), lease(std::move(place)) {}
    Transport transport;
    std::unique_ptr<internal::StreamLease> lease;
    std::vector<Chunk> first;  // in reverse: sent from the back, before the ring's
    std::uint64_t next = 0;    // number of the ring's entry that comes next
    Entry writing;
    std::size_t written = 0;
    bool from_ring = false;
    bool ending = false;
    bool closed = false;
    Place place_now = Place::ready;
    std::uint32_t received = 0;
    base::Instant progress;
    std::list<std::shared_ptr<Client>>::iterator self;
  };
  using ClientPtr = std::shared_ptr<Client>;

  std::uint64_t oldest() const { return head_ - ring_.size(); }
  void make_ready(const ClientPtr& client);
  void schedule();
  void pump();
  bool load_next(Client& client);
  void write(const ClientPtr& client);
  void on_written(const ClientPtr& client, ErrorCode error, std::size_t bytes);
  void watch(const ClientPtr& client);
  void end(const ClientPtr& client);
  void close(const ClientPtr& client, bool reset);
  void arm_sweep();
  void sweep();

  runtime::AsioExecutor& executor_;
  EventTopicOptions options_;
  EventTopicCounts counts_;
  std::deque<Entry> ring_;
  std::uint64_t head_ = 0;  // number of the next entry to be published
  std::list<ClientPtr> clients_;
  std::vector<ClientPtr> idle_;  // have everything
  std::deque<ClientPtr> ready_;  // wait for their turn to write
  bool pump_posted_ = false;
  std::unique_ptr<runtime::Timer> sweep_timer_;
  std::array<char, 1024> scratch_{};  // where all clients' bytes go to be forgotten
};

int EventTopic::Impl::accept(const Request& request, const Responder& responder,
                             std::vector<Chunk> first, Headers headers) {
  headers.insert(headers.begin(), {{"Content-Type", "text/event-stream"},
                                   {"Cache-Control", "no-store"},
                                   {"X-Accel-Buffering", "no"}});
  if (request.head) {
    responder.respond({.status = 200, .headers = std::move(headers), .body = nullptr});
    return 200;
  }
  auto taken = responder.take();
  if (!taken) return 503;
  std::string head = "HTTP/1.1 200 OK\r\n";
  for (const Header& header : headers) head += fmt::format("{}: {}\r\n", header.name, header.value);
  head += "Connection: close\r\n\r\n";
  if (options_.send_buffer_bytes > 0) taken->transport.set_send_buffer(options_.send_buffer_bytes);
  const auto client =
      std::make_shared<Client>(std::move(taken->transport), std::move(taken->lease));
  client->first.reserve(first.size() + 1);
  client->first.assign(first.rbegin(), first.rend());
  client->first.push_back(std::make_shared<const std::string>(std::move(head)));
  client->next = head_;
  client->self = clients_.insert(clients_.end(), client);
  ++counts_.clients;
  ++counts_.opened;
  client->lease->on_end([weak_topic = weak_from_this(), weak = std::weak_ptr(client)](bool cut) {
    const auto topic = weak_topic.lock();
    const auto ended = weak.lock();
    if (!topic || !ended) return;
    if (cut) {
      topic->close(ended, true);
    } else {
      topic->end(ended);
    }
  });
  watch(client);
  ready_.push_back(client);
  schedule();
  if (clients_.size() == 1) arm_sweep();
  return 200;
}

void EventTopic::Impl::publish(Chunk chunk) {
  ++counts_.chunks_published;
  ring_.push_back({std::move(chunk), executor_.clock().now().mono});
  if (ring_.size() > options_.chunks_max) ring_.pop_front();
  ++head_;
  for (const ClientPtr& client : idle_) make_ready(client);
  idle_.clear();
  schedule();
}

void EventTopic::Impl::make_ready(const ClientPtr& client) {
  if (client->closed) return;
  client->place_now = Place::ready;
  ready_.push_back(client);
}

void EventTopic::Impl::schedule() {
  if (pump_posted_ || ready_.empty()) return;
  pump_posted_ = true;
  executor_.post([weak = weak_from_this()] {
    if (const auto topic = weak.lock()) topic->pump();
  });
}

void EventTopic::Impl::pump() {
  pump_posted_ = false;
  for (std::size_t i = 0; i < kBatch && !ready_.empty(); ++i) {
    const ClientPtr client = std::move(ready_.front());
    ready_.pop_front();
    if (client->closed) continue;
    if (load_next(*client)) {
      client->progress = executor_.clock().now().mono;
      write(client);
    } else if (client->ending) {
      close(client, false);
    } else {
      client->place_now = Place::idle;
      idle_.push_back(client);
    }
  }
  schedule();
}

// The next chunk for this client, if there is one.
bool EventTopic::Impl::load_next(Client& client) {
  client.written = 0;
  client.from_ring = false;
  if (client.next < oldest() && head_ > 0) {
    // It lags: what it missed is older than the ring, and only the newest is worth sending.
    counts_.chunks_dropped += head_ - 1 - client.next;
    ++counts_.clients_lagged;
    client.next = head_ - 1;
    if (options_.lag_notice) client.first.insert(client.first.begin(), options_.lag_notice);
  }
  if (!client.first.empty()) {
    client.writing = {std::move(client.first.back()), {}};
    client.first.pop_back();
    if (client.first.empty()) client.first.shrink_to_fit();
    return true;
  }
  if (client.next >= head_) return false;
  client.writing = ring_[client.next - oldest()];
  client.from_ring = true;
  ++client.next;
  return true;
}

void EventTopic::Impl::write(const ClientPtr& client) {
  client->place_now = Place::writing;
  GatherBuffers buffers;
  buffers.add(boost::asio::buffer(*client->writing.bytes) + client->written);
  client->transport.write_some(
      buffers, [weak = weak_from_this(), client](ErrorCode error, std::size_t bytes) {
        if (const auto topic = weak.lock()) topic->on_written(client, error, bytes);
      });
}

void EventTopic::Impl::on_written(const ClientPtr& client, ErrorCode error, std::size_t bytes) {
  if (client->closed) return;
  if (error) {
    close(client, false);
    return;
  }
  const base::Instant now = executor_.clock().now().mono;
  counts_.bytes_written += bytes;
  client->written += bytes;
  client->progress = now;
  if (client->written < client->writing.bytes->size()) {
    write(client);
    return;
  }
  if (client->from_ring) {
    ++counts_.chunks_written;
    if (options_.on_written) options_.on_written(now - client->writing.published);
  }
  client->writing.bytes = nullptr;
  make_ready(client);
  schedule();
}

// Until the peer closes; without a read nobody would notice.
void EventTopic::Impl::watch(const ClientPtr& client) {
  client->transport.read_some(
      boost::asio::buffer(scratch_),
      [weak = weak_from_this(), client](ErrorCode error, std::size_t bytes) {
        const auto topic = weak.lock();
        if (!topic || client->closed) return;
        client->received += static_cast<std::uint32_t>(bytes);
        if (error || client->received > kReceivedMax) {
          topic->close(client, false);
        } else {
          topic->watch(client);
        }
      });
}

// After what is queued for it now.
void EventTopic::Impl::end(const ClientPtr& client) {
  client->ending = true;
  if (client->place_now == Place::idle) {
    std::erase(idle_, client);
    make_ready(client);
    schedule();
  }
}

void EventTopic::Impl::close(const ClientPtr& client, bool reset) {
  if (client->closed) return;
  client->closed = true;
  if (client->place_now == Place::idle) std::erase(idle_, client);
  clients_.erase(client->self);
  --counts_.clients;
  if (reset) {
    client->transport.reset();
  } else {
    // The close_notify of TLS goes out at once; the peer has read, or it will not.
    client->transport.finish([client](ErrorCode) { client->transport.close(); });
  }
  client->lease.reset();
}

void EventTopic::Impl::arm_sweep() {
  sweep_timer_->arm(executor_.clock().now().mono + kSweepInterval, [this] { sweep(); });
}

void EventTopic::Impl::sweep() {
  const base::Instant stalled = executor_.clock().now().mono - options_.stall_timeout;
  for (const ClientPtr& client : std::vector(clients_.begin(), clients_.end())) {
    if (client->place_now == Place::writing && client->progress < stalled) {
      ++counts_.clients_stalled;
      close(client, true);
    }
  }
  if (!clients_.empty()) arm_sweep();
}

void EventTopic::Impl::end_all() {
  for (const ClientPtr& client : std::vector(clients_.begin(), clients_.end())) {
    close(client, false);
  }
}

EventTopic::EventTopic(runtime::AsioExecutor& executor, EventTopicOptions options)
    : impl_(std::make_shared<Impl>(executor, std::move(options))) {}

EventTopic::~EventTopic() {
  impl_->end_all();
}

int EventTopic::accept(const Request& request, const Responder& responder, std::vector<Chunk> first,
                       Headers headers) {
  return impl_->accept(request, responder, std::move(first), std::move(headers));
}

void EventTopic::publish(Chunk chunk) {
  impl_->publish(std::move(chunk));
}

EventTopicCounts EventTopic::counts() const {
  return impl_->counts();
}

}  // namespace tickwitness::net
