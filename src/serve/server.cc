#include "serve/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "serve/access.h"
#include "serve/api.h"
#include "serve/compress.h"
#include "serve/liveness.h"
#include "serve/page.gen.h"
#include "serve/payload.h"
#include "telemetry/exposition.h"

namespace tickwitness::serve {
namespace {

constexpr base::Duration kSecond = std::chrono::seconds(1);
constexpr std::uint64_t kHeartbeatSeconds = 5;
constexpr std::size_t kReplayEventsMax = 64;     // a minute of events for clients that come back
constexpr std::size_t kCompressBytesMin = 1024;  // below, gzip costs more than it saves
constexpr std::string_view kAssets = "/live/assets/";

const net::Headers kPageHeaders{
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' "
     "data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"Referrer-Policy", "no-referrer"}};

net::Response json(int status, std::string body) {
  net::Response response = net::Response::of(status, "application/json", std::move(body));
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

const PageFile* page_file(std::string_view path, bool gzip) {
  const PageFile* found = nullptr;
  for (const PageFile& file : page_files()) {
    if (file.path == path && (!file.gzip || gzip) && (found == nullptr || file.gzip)) found = &file;
  }
  return found;
}

net::Response page_answer(const net::Request& request, std::string_view path, bool immutable) {
  const PageFile* file =
      page_file(path, accepts_gzip(request.header("Accept-Encoding").value_or("")));
  if (file == nullptr) return net::Response::text(404, "This build has no such page file.");
  const std::string etag(file->etag);
  net::Response response;
  if (request.header("If-None-Match") == std::string_view(etag)) {
    response.status = 304;
  } else {
    response = net::Response::of(200, std::string(file->content_type), std::string(file->bytes));
    if (file->gzip) response.headers.push_back({"Content-Encoding", "gzip"});
  }
  response.headers.push_back({"ETag", etag});
  response.headers.push_back({"Vary", "Accept-Encoding"});
  response.headers.push_back(
      {"Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-cache"});
  response.headers.insert(response.headers.end(), kPageHeaders.begin(), kPageHeaders.end());
  return response;
}

std::uint64_t first_event_id(base::WallTime started) {
  return static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::seconds>(started.time_since_epoch()).count() * 1'000'000);
}

std::string as_socket_text(std::string_view event, std::string_view data) {
  return fmt::format(R"({{"event":"{}","data":{}}})", event, data);
}

}  // namespace

Server::Server(runtime::AsioExecutor& executor, const telemetry::Registry& registry,
               telemetry::Catalog& metrics, ProcessInfo process, ServerSettings settings)
    : executor_(executor),
      registry_(registry),
      metrics_(metrics),
      process_(std::move(process)),
      settings_(std::move(settings)),
      log_(kReplayEventsMax, first_event_id(process_.started.wall)),
      events_(executor, {}),
      sockets_(executor, {},
               {.on_open =
                    [this](net::WsServer::Id id, const net::Request&) {
                      socket_ids_.push_back(id);
                      sockets_.send(
                          id, as_socket_text("kraken_metrics",
                                             kraken_metrics(registry_, status_.get(), process_,
                                                            executor_.clock().now())));
                    },
                .on_text = [](net::WsServer::Id, base::Now, std::string_view) {},
                .on_closed = [this](net::WsServer::Id id,
                                    const runtime::Closed&) { std::erase(socket_ids_, id); }}),
      http_(executor, settings_.limits,
            [this](const net::Request& request, const net::Responder& responder) {
              handle(request, responder);
            }),
      timer_(executor.make_timer()),
      connections_(metrics.http_connections.at()),
      clients_(metrics.sse_clients.at()),
      sockets_open_(metrics.websocket_connections.at(telemetry::label::Route{"/ws"})),
      report_age_(metrics.engine_report_age_seconds.at()),
      sent_(metrics.sse_events_sent.at()),
      lagged_(metrics.sse_clients_lagged.at()),
      dropped_(metrics.sse_clients_dropped.at()),
      scrape_(metrics.scrape_duration_seconds.at()) {}

Server::~Server() = default;

base::Result<std::vector<std::uint16_t>> Server::start() {
  std::vector<std::uint16_t> ports;
  for (const auto& address : settings_.listen) {
    const auto port = http_.listen(address);
    if (!port) return std::unexpected(port.error());
    ports.push_back(*port);
  }
  next_second_ = executor_.clock().now().mono;
  second();
  return ports;
}

void Server::stop(base::Duration limit, std::function<void()> on_stopped) {
  timer_->cancel();
  http_.stop(limit, std::move(on_stopped));
}

std::optional<net::Response> Server::refusal(const net::Request& request) const {
  if (settings_.token.empty()) {
    if (is_own_host(request)) return std::nullopt;
    return net::Response::text(403,
                               "Asked under a name that is not this machine's own: use localhost, "
                               "127.0.0.1 or [::1], or configure auth.token_file.");
  }
  const bool open = request.path == "/health" || request.path.starts_with("/health/");
  if (open || has_token(request, settings_.token)) return std::nullopt;
  net::Response response = net::Response::text(
      401, "A token is asked for: as Bearer token, or as password with any user name.");
  response.headers.push_back({"WWW-Authenticate", "Basic realm=\"tickwitness\""});
  return response;
}

const EngineStatus* Server::fresh_status(base::Instant now) const {
  return status_ && now - status_->at.mono <= kStatusAgeMax ? status_.get() : nullptr;
}

void Server::handle(const net::Request& request, const net::Responder& responder) {
  const base::Instant began = executor_.clock().now().mono;
  std::string route = "other";
  if (auto refused = refusal(request)) {
    count(route, refused->status, began);
    return responder.respond(std::move(*refused));
  }
  if (request.method == "GET" && request.path == "/sse/metrics") {
    open_events(request, responder);
    return count(request.path, 200, began);
  }
  if (request.method == "GET" && request.path == "/ws") {
    sockets_.accept(request, responder);
    return count(request.path, request.upgrade ? 101 : 426, began);
  }
  net::Response response = answer(request, route);
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
  count(route, response.status, began);
  responder.respond(std::move(response));
}

net::Response Server::answer(const net::Request& request, std::string& route) {
  const std::string& path = request.path;
  const base::Instant now = executor_.clock().now().mono;
  const auto is = [&](std::string_view name) {
    if (path != name) return false;
    route = name;
    return true;
  };
  if (request.method != "GET") {
    net::Response refusal = net::Response::text(405, "Only GET and HEAD are answered here.");
    refusal.headers.push_back({"Allow", "GET, HEAD"});
    return refusal;
  }
  if (is("/metrics")) return metrics_answer(request);
  if (is("/health")) return health_answer(request);
  if (is("/health/live")) return net::Response::text(200, "OK");
  if (is("/health/ready")) return ready_answer();
  if (is("/api/v1/status")) return json(200, status_json(status_.get(), process_, now));
  if (is("/api/v1/feeds")) return json(200, feeds_json(status_.get(), now));
  if (is("/api/v1/openapi.json")) return json(200, std::string(openapi_json()));
  if (is("/live") || is("/live/")) return page_answer(request, "index.html", false);
  if (path.starts_with(kAssets)) {
    route = kAssets;
    return page_answer(request, "assets/" + path.substr(kAssets.size()), true);
  }
  if (is("/")) {
    net::Response redirect = net::Response::text(302, "The page is at /live.");
    redirect.headers.push_back({"Location", "/live"});
    return redirect;
  }
  return net::Response::text(404,
                             "Not found. Try /live, /metrics, /health or /api/v1/openapi.json.");
}

net::Response Server::metrics_answer(const net::Request& request) {
  if (!settings_.metrics)
    return net::Response::text(404, "Metrics are switched off in the configuration.");
  const base::Instant began = executor_.clock().now().mono;
  const telemetry::Format format = telemetry::negotiate(request.header("Accept").value_or(""));
  telemetry::RenderOptions options{.dialects = settings_.dialects, .format = format};
  for (const auto& [name, value] : request.query) {
    if (name == "name[]") options.names.push_back(value);
  }
  std::string body = telemetry::render(registry_, options);
  const bool gzip = body.size() >= kCompressBytesMin &&
                    accepts_gzip(request.header("Accept-Encoding").value_or(""));
  if (gzip) body = compress_gzip(body);
  net::Response response =
      net::Response::of(200, std::string(telemetry::content_type(format)), std::move(body));
  if (gzip) response.headers.push_back({"Content-Encoding", "gzip"});
  response.headers.push_back({"Vary", "Accept, Accept-Encoding"});
  scrape_.observe(executor_.clock().now().mono - began);
  return response;
}

net::Response Server::health_answer(const net::Request& request) const {
  const auto accept = request.header("Accept");
  if (accept && accept->find("application/json") != std::string_view::npos) {
    return json(200, health_json(status_.get(), executor_.clock().now().mono));
  }
  return net::Response::text(200, "OK");
}

net::Response Server::ready_answer() const {
  const Readiness state = readiness(status_.get(), executor_.clock().now().mono);
  if (state.ready) return net::Response::text(200, "OK");
  return net::Response::text(
      503, fmt::format("Not ready. Missing: {}.", fmt::join(state.missing, "; ")));
}

void Server::open_events(const net::Request& request, const net::Responder& responder) {
  std::vector<net::Chunk> first;
  if (const auto last = request.header("Last-Event-ID")) first = log_.after(*last);
  if (first.empty() && last_metrics_) first.push_back(last_metrics_);
  events_.accept(request, responder, std::move(first),
                 {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}});
}

void Server::count(const std::string& route, int status, base::Instant began) {
  metrics_.http_requests
      .at(telemetry::label::Route{route}, telemetry::label::StatusCode{std::to_string(status)})
      .inc();
  metrics_.http_request_duration_seconds.at(telemetry::label::Route{route})
      .observe(executor_.clock().now().mono - began);
}

void Server::second() {
  const base::Now now = executor_.clock().now();
  publish("kraken_metrics", kraken_metrics(registry_, fresh_status(now.mono), process_, now));
  last_metrics_ = log_.last();
  if (seconds_++ % kHeartbeatSeconds == 0) publish("heartbeat", heartbeat(now));
  observe();
  while (next_second_ <= now.mono) next_second_ += kSecond;
  timer_->arm(next_second_, [this] { second(); });
}

void Server::publish(std::string_view event, const std::string& data) {
  events_.publish(log_.append(event, data));
  if (socket_ids_.empty()) return;
  const std::string text = as_socket_text(event, data);
  for (const auto id : std::vector(socket_ids_)) sockets_.send(id, text);
}

void Server::observe() {
  const net::EventTopicCounts counts = events_.counts();
  connections_.set(static_cast<double>(http_.counts().connections));
  sockets_open_.set(static_cast<double>(socket_ids_.size()));
  if (status_) {
    const base::Duration age = executor_.clock().now().mono - status_->at.mono;
    report_age_.set(std::chrono::duration<double>(age).count());
  }
  count_rejects();
  clients_.set(static_cast<double>(counts.clients));
  sent_.add(counts.chunks_written - seen_.chunks_written);
  lagged_.add(counts.clients_lagged - seen_.clients_lagged);
  dropped_.add(counts.clients_stalled - seen_.clients_stalled);
  seen_ = counts;
}

void Server::count_rejects() {
  using telemetry::label::RejectReason;
  const net::HttpCounts now = http_.counts();
  const auto carry = [&](RejectReason reason, std::uint64_t before, std::uint64_t after) {
    metrics_.http_rejected.at(reason).add(after - before);
  };
  carry(RejectReason::full, http_seen_.refused_full, now.refused_full);
  carry(RejectReason::per_ip, http_seen_.refused_per_ip, now.refused_per_ip);
  carry(RejectReason::bad_request, http_seen_.bad_requests, now.bad_requests);
  carry(RejectReason::timeout, http_seen_.timeouts, now.timeouts);
  carry(RejectReason::tls, http_seen_.tls_failures, now.tls_failures);
  http_seen_ = now;
}

}  // namespace tickwitness::serve
