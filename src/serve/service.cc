#include "serve/service.h"

#include <fmt/format.h>

#include <utility>

#include "serve/access.h"
#include "serve/api.h"
#include "serve/compress.h"
#include "serve/history.h"
#include "serve/liveness.h"
#include "serve/page.gen.h"
#include "serve/payload.h"
#include "telemetry/exposition.h"

namespace tickwitness::serve {
namespace {

constexpr base::Duration kSecond = std::chrono::seconds(1);
constexpr std::uint64_t kHeartbeatSeconds = 5;
constexpr std::size_t kReplayEventsMax = 64;     // a minute of events for clients that come back
constexpr std::size_t kCompressBytesMin = 1024;  // below, compressing costs more than it saves
constexpr std::string_view kAssets = "/live/assets/";
constexpr std::string_view kEvents = "/sse/metrics";
constexpr std::string_view kSockets = "/ws";
constexpr std::string_view kHistory = "/api/v1/history";
constexpr const char* kAskTheEngine = "This is a gateway: ask the engine itself.";
constexpr std::string_view kMetricsEvent = "kraken_metrics";

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

// Anybody may send any word as a method: what is none of HTTP's takes no room among the labels.
std::string_view known_method(std::string_view method) {
  for (const std::string_view known : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    if (method == known) return known;
  }
  return telemetry::kOther;
}

std::uint64_t first_event_id(base::WallTime started) {
  return static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::seconds>(started.time_since_epoch()).count() * 1'000'000);
}

}  // namespace

std::string socket_text(std::string_view event, std::string_view data) {
  return fmt::format(R"({{"event":"{}","data":{}}})", event, data);
}

Service::Service(runtime::Executor& executor, const telemetry::Registry& registry,
                 telemetry::Catalog& metrics, ProcessInfo process, ServiceSettings settings,
                 Outside outside)
    : executor_(executor),
      registry_(registry),
      metrics_(metrics),
      process_(std::move(process)),
      settings_(std::move(settings)),
      outside_(std::move(outside)),
      log_(kReplayEventsMax, first_event_id(process_.started.wall)),
      timer_(executor.make_timer()),
      connections_(metrics.http_connections.at()),
      clients_(metrics.sse_clients.at()),
      sockets_open_(metrics.websocket_connections.at(telemetry::label::Route{kSockets})),
      in_flight_(metrics.http_requests_in_flight.at()),
      report_age_(metrics.engine_report_age_seconds.at()),
      sent_(metrics.sse_events_sent.at()),
      lagged_(metrics.sse_clients_lagged.at()),
      dropped_(metrics.sse_clients_dropped.at()),
      sockets_dropped_(metrics.websocket_clients_dropped.at()),
      accept_failures_(metrics.http_accept_failures.at()),
      granted_(metrics.auth_attempts.at(telemetry::label::Result::success)),
      denied_(metrics.auth_attempts.at(telemetry::label::Result::failure)),
      bytes_in_(metrics.network_bytes.at(telemetry::label::Direction::in)),
      bytes_out_(metrics.network_bytes.at(telemetry::label::Direction::out)),
      messages_in_(metrics.websocket_messages.at(telemetry::label::Direction::in)),
      messages_out_(metrics.websocket_messages.at(telemetry::label::Direction::out)),
      scrape_(metrics.scrape_duration_seconds.at()) {}

void Service::start() {
  next_second_ = executor_.clock().now().mono;
  second();
}

void Service::stop() {
  timer_->cancel();
}

std::optional<net::Response> Service::refusal(const net::Request& request) const {
  if (settings_.token.empty()) {
    if (is_own_host(request)) return std::nullopt;
    return net::Response::text(403,
                               "Asked under a name that is not this machine's own: use localhost, "
                               "127.0.0.1 or [::1], or configure auth.token_file.");
  }
  const bool open = request.path == "/health" || request.path.starts_with("/health/");
  if (open) return std::nullopt;
  if (has_token(request, settings_.token)) {
    granted_.inc();
    return std::nullopt;
  }
  denied_.inc();
  net::Response response = net::Response::text(
      401, "A token is asked for: as Bearer token, or as password with any user name.");
  response.headers.push_back({"WWW-Authenticate", "Basic realm=\"tickwitness\""});
  return response;
}

const EngineStatus* Service::fresh_status(base::Instant now) const {
  return status_ && now - status_->at.mono <= kStatusAgeMax ? status_.get() : nullptr;
}

net::Response Service::handle(const net::Request& request) {
  const base::Instant began = executor_.clock().now().mono;
  std::string route = "other";
  std::optional<net::Response> response = refusal(request);
  if (!response) {
    response = answer(request, route);
    response->headers.push_back({"X-Content-Type-Options", "nosniff"});
  }
  count(request, route, response->status, began);
  count_sent(request, route, *response);
  return std::move(*response);
}

bool Service::is_query(const net::Request& request) {
  return request.method == "GET" && request.path == kHistory;
}

void Service::answer_query(const net::Request& request,
                           std::function<void(net::Response)> respond) {
  const base::Instant began = executor_.clock().now().mono;
  const auto finish = [this, request, began, respond = std::move(respond)](net::Response response) {
    const std::string route(kHistory);
    response.headers.push_back({"X-Content-Type-Options", "nosniff"});
    count(request, route, response.status, began);
    count_sent(request, route, response);
    respond(std::move(response));
  };
  if (auto refused = refusal(request)) return finish(std::move(*refused));
  if (!outside_.history) {
    const char* const why =
        outside_.view != nullptr ? kAskTheEngine : "There is no history: store.enabled is false.";
    return finish(net::Response::text(404, why));
  }
  const auto query = parse_history(request);
  if (!query) return finish(net::Response::text(400, query.error().message));
  const bool taken = outside_.history(
      *query, [finish, query = *query](const base::Result<pipeline::History>& history) {
        if (history) return finish(json(200, history_json(query, *history)));
        net::Response response =
            net::Response::text(503, "The database cannot be read now; the log says why.");
        response.headers.push_back({"Retry-After", "5"});
        finish(std::move(response));
      });
  if (taken) return;
  net::Response response =
      net::Response::text(503, "Too many questions wait for the database already; ask again.");
  response.headers.push_back({"Retry-After", "1"});
  finish(std::move(response));
}

bool Service::is_stream(const net::Request& request) {
  return request.method == "GET" && (request.path == kEvents || request.path == kSockets);
}

std::optional<net::Response> Service::refuse_stream(const net::Request& request) {
  const base::Instant began = executor_.clock().now().mono;
  auto refused = refusal(request);
  if (refused) {
    count(request, "other", refused->status, began);
    count_sent(request, "other", *refused);
  }
  return refused;
}

void Service::count_stream(const net::Request& request, int status, base::Instant began) {
  count(request, request.path, status, began);
}

std::vector<EventLog::Chunk> Service::first_events(const net::Request& request) const {
  if (const auto last = request.header("Last-Event-ID")) {
    if (auto missed = log_.after(*last)) return *std::move(missed);
  }
  if (!last_metrics_) return {};
  return {last_metrics_};
}

// The event, for those whom the stream does not reach.
std::string Service::snapshot() const {
  const base::Now now = executor_.clock().now();
  if (outside_.view != nullptr) return outside_.view->event(now);
  return kraken_metrics(registry_, fresh_status(now.mono), process_, now);
}

std::string Service::first_text() const {
  const base::Now now = executor_.clock().now();
  return socket_text(kMetricsEvent, outside_.view != nullptr
                                        ? outside_.view->event(now)
                                        : kraken_metrics(registry_, status_.get(), process_, now));
}

net::Response Service::answer(const net::Request& request, std::string& route) {
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
  // Another process's feeds and gaps are not known here, which is not the same as none.
  const bool elsewhere = outside_.view != nullptr;
  if (elsewhere && (is("/api/v1/feeds") || is("/api/v1/gaps")))
    return net::Response::text(404, kAskTheEngine);
  if (is("/api/v1/feeds")) return json(200, feeds_json(status_.get(), now));
  if (is("/api/v1/gaps")) return json(200, gaps_json(status_.get()));
  if (is("/api/v1/snapshot")) return json(200, snapshot());
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

net::Response Service::metrics_answer(const net::Request& request) {
  if (!settings_.metrics)
    return net::Response::text(404, "Metrics are switched off in the configuration.");
  const base::Instant began = executor_.clock().now().mono;
  const telemetry::Format format = telemetry::negotiate(request.header("Accept").value_or(""));
  telemetry::RenderOptions options{.dialects = settings_.dialects, .format = format};
  for (const auto& [name, value] : request.query) {
    if (name == "name[]") options.names.push_back(value);
  }
  // As of now, not of the last second: this request is one of them.
  in_flight_.set(static_cast<double>(outside_.counts().requests));
  std::string body = telemetry::render(registry_, options);
  const Coding coding = body.size() < kCompressBytesMin
                            ? Coding::identity
                            : preferred_coding(request.header("Accept-Encoding").value_or(""));
  if (coding != Coding::identity) body = compress(coding, body);
  net::Response response =
      net::Response::of(200, std::string(telemetry::content_type(format)), std::move(body));
  if (coding != Coding::identity) {
    response.headers.push_back({"Content-Encoding", std::string(to_string(coding))});
  }
  response.headers.push_back({"Vary", "Accept, Accept-Encoding"});
  scrape_.observe(executor_.clock().now().mono - began);
  return response;
}

net::Response Service::health_answer(const net::Request& request) const {
  const auto accept = request.header("Accept");
  if (accept && accept->find("application/json") != std::string_view::npos) {
    const base::Instant now = executor_.clock().now().mono;
    auto all =
        outside_.view != nullptr ? outside_.view->components(now) : components(status_.get(), now);
    if (outside_.storage_refuses)
      all.push_back(
          {.name = "storage", .state = refuses() ? "refusing" : "accepting", .ok = !refuses()});
    return json(200, health_json(all));
  }
  return net::Response::text(200, "OK");
}

net::Response Service::ready_answer() const {
  const base::Instant now = executor_.clock().now().mono;
  Readiness state =
      outside_.view != nullptr ? outside_.view->readiness(now) : readiness(status_.get(), now);
  if (refuses()) {
    state.ready = false;
    state.missing.emplace_back("storage: the spool takes nothing; the log says why");
  }
  if (state.ready) return net::Response::text(200, "OK");
  return net::Response::text(
      503, fmt::format("Not ready. Missing: {}.", fmt::join(state.missing, "; ")));
}

void Service::count(const net::Request& request, const std::string& route, int status,
                    base::Instant began) {
  const telemetry::label::Method known{known_method(request.method)};
  metrics_.http_requests
      .at(telemetry::label::Route{route}, known,
          telemetry::label::StatusCode{std::to_string(status)})
      .inc();
  metrics_.http_request_duration_seconds.at(telemetry::label::Route{route}, known)
      .observe(executor_.clock().now().mono - began);
  metrics_.http_request_size_bytes.at(known, telemetry::label::Route{route})
      .observe_units(static_cast<std::int64_t>(request.body.size()));
}

void Service::count_sent(const net::Request& request, const std::string& route,
                         const net::Response& response) {
  const std::size_t size = response.body && !request.head ? response.body->size() : 0;
  metrics_.http_response_size_bytes
      .at(telemetry::label::Method{known_method(request.method)}, telemetry::label::Route{route})
      .observe_units(static_cast<std::int64_t>(size));
}

void Service::second() {
  const base::Now now = executor_.clock().now();
  publish(kMetricsEvent, snapshot());
  last_metrics_ = log_.last();
  // Time has passed since `now`: no event is dated before the one before it.
  if (seconds_++ % kHeartbeatSeconds == 0) publish("heartbeat", heartbeat(executor_.clock().now()));
  observe();
  while (next_second_ <= now.mono) next_second_ += kSecond;
  timer_->arm(next_second_, [this] { second(); });
}

void Service::publish(std::string_view event, const std::string& data) {
  outside_.publish(event, data, log_.append(event, data));
}

void Service::observe() {
  const TransportCounts counts = outside_.counts();
  connections_.set(static_cast<double>(counts.connections));
  sockets_open_.set(static_cast<double>(counts.sockets));
  if (status_) {
    const base::Duration age = executor_.clock().now().mono - status_->at.mono;
    report_age_.set(base::seconds(age));
  }
  count_rejects(counts);
  clients_.set(static_cast<double>(counts.event_clients));
  sent_.add(counts.events_sent - seen_.events_sent);
  lagged_.add(counts.clients_lagged - seen_.clients_lagged);
  dropped_.add(counts.clients_stalled - seen_.clients_stalled);
  sockets_dropped_.add(counts.sockets_dropped - seen_.sockets_dropped);
  accept_failures_.add(counts.accept_failures - seen_.accept_failures);
  messages_in_.add(counts.messages_in - seen_.messages_in);
  messages_out_.add(counts.messages_out - seen_.messages_out);
  bytes_in_.add(counts.bytes_in - seen_.bytes_in);
  bytes_out_.add(counts.bytes_out - seen_.bytes_out);
  seen_ = counts;
}

void Service::count_rejects(const TransportCounts& now) {
  using telemetry::label::RejectReason;
  const auto carry = [&](RejectReason reason, std::uint64_t before, std::uint64_t after) {
    metrics_.http_rejected.at(reason).add(after - before);
  };
  carry(RejectReason::full, seen_.refused_full, now.refused_full);
  carry(RejectReason::per_ip, seen_.refused_per_ip, now.refused_per_ip);
  carry(RejectReason::bad_request, seen_.bad_requests, now.bad_requests);
  carry(RejectReason::timeout, seen_.timeouts, now.timeouts);
  carry(RejectReason::tls, seen_.tls_failures, now.tls_failures);
}

}  // namespace tickwitness::serve
