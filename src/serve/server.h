// Everything that tickwitness answers: metrics in every format, event streams, the page, health and
// the API. On its own executor; it reads the registry and the engine's last snapshot and never
// waits for the engine.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "net/event_stream.h"
#include "net/http_server.h"
#include "net/ws_server.h"
#include "runtime/executor_asio.h"
#include "serve/event_log.h"
#include "serve/status.h"
#include "telemetry/catalog.gen.h"
#include "telemetry/registry.h"

namespace tickwitness::serve {

struct ServerSettings {
  std::vector<net::ListenAddress> listen;
  net::HttpLimits limits;
  std::vector<std::string> dialects;
  bool metrics = true;  // false: /metrics answers 404
  base::Secret token;   // empty: nobody is asked for one
};

// All calls on the executor's thread, but for the constructor.
class Server {
 public:
  // Everything referenced outlives the server.
  Server(runtime::AsioExecutor& executor, const telemetry::Registry& registry,
         telemetry::Catalog& metrics, ProcessInfo process, ServerSettings settings);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Gives the ports, in the order of settings.listen. Errors name the address and the remedy.
  base::Result<std::vector<std::uint16_t>> start();
  void stop(base::Duration limit, std::function<void()> on_stopped);

  // The engine's newest snapshot.
  void set_status(std::shared_ptr<const EngineStatus> status) { status_ = std::move(status); }
  void set_dialects(std::vector<std::string> dialects) { settings_.dialects = std::move(dialects); }

 private:
  void handle(const net::Request& request, const net::Responder& responder);
  net::Response answer(const net::Request& request, std::string& route);
  net::Response metrics_answer(const net::Request& request);
  net::Response health_answer(const net::Request& request) const;
  net::Response ready_answer() const;
  void open_events(const net::Request& request, const net::Responder& responder);
  // What is wrong with where the request comes from; nothing when it may be answered.
  std::optional<net::Response> refusal(const net::Request& request) const;
  // The engine's last report, null when it is too old to stand for now.
  const EngineStatus* fresh_status(base::Instant now) const;
  void count_rejects();
  void count(const std::string& route, int status, base::Instant began);
  void second();
  void publish(std::string_view event, const std::string& data);
  void observe();

  runtime::AsioExecutor& executor_;
  const telemetry::Registry& registry_;
  telemetry::Catalog& metrics_;
  ProcessInfo process_;
  ServerSettings settings_;
  std::shared_ptr<const EngineStatus> status_;
  EventLog log_;
  net::EventTopic events_;
  net::WsServer sockets_;
  std::vector<net::WsServer::Id> socket_ids_;
  net::HttpServer http_;
  std::unique_ptr<runtime::Timer> timer_;
  base::Instant next_second_{};
  net::Chunk last_metrics_;  // what a new client gets at once
  std::uint64_t seconds_ = 0;
  net::EventTopicCounts seen_;
  net::HttpCounts http_seen_;
  telemetry::Gauge connections_, clients_, sockets_open_, report_age_;
  telemetry::Counter sent_, lagged_, dropped_;
  telemetry::Histogram scrape_;
};

}  // namespace tickwitness::serve
