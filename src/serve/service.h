// What tickwitness answers and what it tells each second: metrics in every format, health, the API,
// the page, the events of the stream. Not how that is carried: serve/server.h does it over sockets,
// a simulated world in its own way. Reads the registry and the engine's last snapshot and never
// waits for the engine.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "net/http_message.h"
#include "pipeline/history.h"
#include "runtime/executor.h"
#include "serve/event_log.h"
#include "serve/status.h"
#include "serve/view.h"
#include "telemetry/catalog.gen.h"
#include "telemetry/registry.h"

namespace tickwitness::serve {

struct ServiceSettings {
  std::vector<std::string> dialects;
  bool metrics = true;  // false: /metrics answers 404
  base::Secret token;   // empty: nobody is asked for one
};

// What metrics tell of the carrier. Open now: connections (without streams), clients of the event
// stream, WebSockets, requests. The others count since its start and never fall.
struct TransportCounts {
  std::size_t connections = 0;
  std::size_t event_clients = 0;
  std::size_t sockets = 0;
  std::size_t requests = 0;       // that are being answered
  std::uint64_t events_sent = 0;  // once for each client
  std::uint64_t clients_lagged = 0;
  std::uint64_t clients_stalled = 0;
  std::uint64_t refused_full = 0;  // requests that never came to be handled, by reason
  std::uint64_t refused_per_ip = 0;
  std::uint64_t bad_requests = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t tls_failures = 0;
  std::uint64_t accept_failures = 0;
  std::uint64_t sockets_dropped = 0;  // WebSockets that ended by their client's fault
  std::uint64_t messages_in = 0;      // of WebSockets
  std::uint64_t messages_out = 0;
  std::uint64_t bytes_in = 0;  // as they are on the wire
  std::uint64_t bytes_out = 0;
};

// All calls on the executor's thread, but for the constructor.
class Service {
 public:
  // What the service asks of its carrier, on the executor's thread; both are set. Neither is called
  // before start() or the first request.
  struct Outside {
    // To everyone who listens: `chunk` is the event in the form of the event stream, `data` the
    // same as one line of JSON (socket_text makes a WebSocket's message of it).
    std::function<void(std::string_view event, const std::string& data,
                       const EventLog::Chunk& chunk)>
        publish;
    std::function<TransportCounts()> counts;
    // Asks the database; the answer comes later. False: too many questions wait already, and it was
    // not asked. Null: there is no database.
    std::function<bool(const pipeline::HistoryQuery& query,
                       std::function<void(base::Result<pipeline::History>)> on_history)>
        history = nullptr;
    // Whether storage accepts nothing at the moment. Null: nothing is stored.
    std::function<bool()> storage_refuses = nullptr;
    // What is told in place of an engine's reports; null: those are. Outlives the service.
    const View* view = nullptr;
  };

  // Everything referenced outlives the service.
  Service(runtime::Executor& executor, const telemetry::Registry& registry,
          telemetry::Catalog& metrics, ProcessInfo process, ServiceSettings settings,
          Outside outside);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // The first second's events at once, then each second.
  void start();
  void stop();

  // Any request but those that is_stream() and is_query() tell of; refused requests too. Counted.
  net::Response handle(const net::Request& request);

  // GET /api/v1/history: answered later, by what is at work on the database meanwhile.
  static bool is_query(const net::Request& request);
  // Calls `respond` once, now or later, with the answer, which is counted.
  void answer_query(const net::Request& request, std::function<void(net::Response)> respond);

  // GET /sse/metrics or /ws: answered by the carrier, who asks refuse_stream() first, opens the
  // stream and then says so with count_stream(). `status`: as answered; `began`:
  // when the request came, monotonic.
  static bool is_stream(const net::Request& request);
  // The answer to a stream that must not be opened, counted; nothing when it may be.
  std::optional<net::Response> refuse_stream(const net::Request& request);
  void count_stream(const net::Request& request, int status, base::Instant began);
  // What a new client of /sse/metrics gets at once: what it missed by its Last-Event-ID (nothing
  // when it missed nothing: ids never go back), else the newest metrics.
  std::vector<EventLog::Chunk> first_events(const net::Request& request) const;
  // What a new client of /ws gets at once.
  std::string first_text() const;

  // The engine's newest snapshot; null before the first.
  void set_status(std::shared_ptr<const EngineStatus> status) { status_ = std::move(status); }
  const std::shared_ptr<const EngineStatus>& status() const { return status_; }
  void set_dialects(std::vector<std::string> dialects) { settings_.dialects = std::move(dialects); }

 private:
  net::Response answer(const net::Request& request, std::string& route);
  net::Response metrics_answer(const net::Request& request);
  net::Response health_answer(const net::Request& request) const;
  net::Response ready_answer() const;
  bool refuses() const { return outside_.storage_refuses && outside_.storage_refuses(); }
  // What is wrong with where the request comes from; nothing when it may be answered.
  std::optional<net::Response> refusal(const net::Request& request) const;
  // The engine's last report, null when it is too old to stand for now.
  const EngineStatus* fresh_status(base::Instant now) const;
  std::string snapshot() const;
  void count(const net::Request& request, const std::string& route, int status,
             base::Instant began);
  void count_sent(const net::Request& request, const std::string& route,
                  const net::Response& response);
  void second();
  void publish(std::string_view event, const std::string& data);
  void observe();
  void count_rejects(const TransportCounts& now);

  runtime::Executor& executor_;
  const telemetry::Registry& registry_;
  telemetry::Catalog& metrics_;
  ProcessInfo process_;
  ServiceSettings settings_;
  Outside outside_;
  std::shared_ptr<const EngineStatus> status_;
  EventLog log_;
  std::unique_ptr<runtime::Timer> timer_;
  base::Instant next_second_{};
  EventLog::Chunk last_metrics_;  // what a new client gets at once
  std::uint64_t seconds_ = 0;
  TransportCounts seen_;
  telemetry::Gauge connections_, clients_, sockets_open_, in_flight_, report_age_;
  telemetry::Counter sent_, lagged_, dropped_, sockets_dropped_, accept_failures_, granted_,
      denied_;
  telemetry::Counter bytes_in_, bytes_out_, messages_in_, messages_out_;
  telemetry::Histogram scrape_;
};

// An event as the text of a WebSocket: {"event":"…","data":…}.
std::string socket_text(std::string_view event, std::string_view data);

}  // namespace tickwitness::serve
