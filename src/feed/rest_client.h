// A venue's REST interface as the rest of feed/ asks it: the gate decides when, a requester
// carries, the protocol reads, and all of it is counted.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "exchange/rest.h"
#include "feed/rest_gate.h"
#include "pipeline/frame_tap.h"
#include "runtime/executor.h"
#include "runtime/http_requester.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::feed {

// All calls and callbacks on the executor's thread. Destroying it drops what is waited for without
// a callback; a callback must not destroy it.
class RestClient {
 public:
  struct Parts {  // all outlive the client
    const exchange::RestProtocol& protocol;
    runtime::HttpRequester& requester;
    runtime::Executor& executor;
    telemetry::Catalog& metrics;
    pipeline::FrameTap* tap = nullptr;  // is shown replies; null: nobody
  };
  // Called once, later; whatever kept an answer from coming is a RestFailure.
  template <class T>
  using OnDone = std::function<void(base::Now, exchange::RestResult<T>)>;

  RestClient(const Parts& parts, runtime::Endpoint origin, const RestGateSettings& settings);
  RestClient(const RestClient&) = delete;
  RestClient& operator=(const RestClient&) = delete;

  // False: too many requests are waiting; it is counted and `on_done` is not called.
  bool trades(const market::Symbol& symbol, const exchange::TradeCursor& cursor,
              RestPriority priority, OnDone<exchange::TradePage> on_done);
  bool quote(const market::Symbol& symbol, RestPriority priority, OnDone<market::Quote> on_done);
  bool book(const market::Symbol& symbol, std::uint32_t depth, RestPriority priority,
            OnDone<exchange::BookSnapshot> on_done);
  bool time(RestPriority priority, OnDone<exchange::VenueTime> on_done);
  bool status(RestPriority priority, OnDone<exchange::VenueState> on_done);
  // What the venue says of its limits, the gate heeds from then on.
  bool instruments(std::span<const market::Symbol> symbols, RestPriority priority,
                   OnDone<exchange::InstrumentList> on_done);

  // Once a second: what is left of the allowance.
  void observe(base::Instant now);
  const RestGate& gate() const { return gate_; }

 private:
  // How a request ended, before it is read.
  struct Ending {
    exchange::RestResult<exchange::RestAnswer> answer;
    std::optional<std::uint64_t> used_weight;
    bool was_sent = true;
  };
  struct Pending {
    exchange::RestEndpoint endpoint;
    base::Instant sent{};
    std::function<void(base::Now, const Ending&)> deliver;
  };

  template <class T, class Read>
  bool ask(exchange::RestRequest request, RestPriority priority, Read read, OnDone<T> on_done) {
    const base::Now now = parts_.executor.clock().now();
    const exchange::RestEndpoint endpoint = request.endpoint;
    const auto id = gate_.ask(now.mono, std::move(request), priority);
    if (!id) {
      count_unsent(endpoint);
      return false;
    }
    pending_[*id] = {
        .endpoint = endpoint,
        .sent = {},
        .deliver = [this, id = *id, read = std::move(read), on_done = std::move(on_done)](
                       base::Now at, const Ending& ending) {
          auto result =
              ending.answer ? read(*ending.answer) : std::unexpected(ending.answer.error());
          settle(at, id, ending, result ? std::nullopt : std::optional(result.error()));
          on_done(at, std::move(result));
        }};
    serve_later(now.mono);
    return true;
  }
  void settle(base::Now now, std::uint64_t id, const Ending& ending,
              const std::optional<exchange::RestFailure>& failure);
  void count_unsent(exchange::RestEndpoint endpoint);
  void serve(base::Now now);
  void serve_later(base::Instant now);
  void send(base::Now now, std::uint64_t id, exchange::RestRequest request);
  void deliver(base::Now now, std::uint64_t id, const Ending& ending);

  Parts parts_;
  telemetry::label::Exchange exchange_;
  runtime::Endpoint origin_;
  pipeline::FrameTap::Stream tap_stream_ = 0;
  RestGate gate_;
  std::map<std::uint64_t, Pending> pending_;  // as many as wait or are under way
  std::unique_ptr<runtime::Timer> timer_;
  telemetry::Gauge allowance_;
  std::shared_ptr<bool> alive_ =
      std::make_shared<bool>(true);  // what the requester must not outlive
};

}  // namespace tickwitness::feed
