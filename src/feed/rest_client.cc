#include "feed/rest_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "feed/labels.h"

namespace tickwitness::feed {
namespace {

using exchange::RestAnswer;
using exchange::RestEndpoint;
using exchange::RestFailure;
using exchange::RestProblem;
using exchange::RestResult;

// The HTTP status where it says how the request ended, else the problem.
std::string status_text(const RestResult<RestAnswer>& answer,
                        const std::optional<RestFailure>& failure) {
  if (!answer) return std::string(to_string(answer.error().problem));
  if (failure && answer->status == 200) return std::string(to_string(failure->problem));
  return fmt::format("{}", answer->status);
}

}  // namespace

RestClient::RestClient(const Parts& parts, runtime::Endpoint origin,
                       const RestGateSettings& settings)
    : parts_(parts),
      exchange_(label_of(parts.protocol.venue())),
      origin_(std::move(origin)),
      gate_(settings),
      timer_(parts.executor.make_timer()),
      allowance_(parts.metrics.rest_allowance_ratio.at(exchange_)) {
  if (parts.tap != nullptr) {
    tap_stream_ = parts.tap->stream(parts.protocol.venue(), "rest", to_string(origin_));
  }
  // There from the start, at 0: the first of them must show in an increase().
  for (int i = 0; i <= static_cast<int>(RestEndpoint::instruments); ++i) {
    const auto endpoint = label_of(static_cast<RestEndpoint>(i));
    parts.metrics.rest_requests.at(exchange_, endpoint, telemetry::label::RestStatus{"200"});
    parts.metrics.rest_requests_unsent.at(exchange_, endpoint);
  }
}

bool RestClient::trades(const market::Symbol& symbol, const exchange::TradeCursor& cursor,
                        RestPriority priority, OnDone<exchange::TradePage> on_done) {
  return ask<exchange::TradePage>(
      parts_.protocol.request_trades(symbol, cursor), priority,
      [this, symbol, cursor](const RestAnswer& answer) {
        return parts_.protocol.read_trades(symbol, cursor, answer);
      },
      std::move(on_done));
}

bool RestClient::quote(const market::Symbol& symbol, RestPriority priority,
                       OnDone<market::Quote> on_done) {
  return ask<market::Quote>(
      parts_.protocol.request_quote(symbol), priority,
      [this, symbol](const RestAnswer& answer) {
        return parts_.protocol.read_quote(symbol, answer);
      },
      std::move(on_done));
}

bool RestClient::book(const market::Symbol& symbol, std::uint32_t depth, RestPriority priority,
                      OnDone<exchange::BookSnapshot> on_done) {
  return ask<exchange::BookSnapshot>(
      parts_.protocol.request_book(symbol, depth), priority,
      [this, symbol](const RestAnswer& answer) {
        return parts_.protocol.read_book(symbol, answer);
      },
      std::move(on_done));
}

bool RestClient::time(RestPriority priority, OnDone<exchange::VenueTime> on_done) {
  return ask<exchange::VenueTime>(
      parts_.protocol.request_time(), priority,
      [this](const RestAnswer& answer) { return parts_.protocol.read_time(answer); },
      std::move(on_done));
}

bool RestClient::status(RestPriority priority, OnDone<exchange::VenueState> on_done) {
  return ask<exchange::VenueState>(
      parts_.protocol.request_status(), priority,
      [this](const RestAnswer& answer) { return parts_.protocol.read_status(answer); },
      std::move(on_done));
}

bool RestClient::instruments(std::span<const market::Symbol> symbols, RestPriority priority,
                             OnDone<exchange::InstrumentList> on_done) {
  return ask<exchange::InstrumentList>(
      parts_.protocol.request_instruments(symbols), priority,
      [this](const RestAnswer& answer) {
        auto list = parts_.protocol.read_instruments(answer);
        if (list && list->weight_per_minute) gate_.set_weight_per_minute(*list->weight_per_minute);
        return list;
      },
      std::move(on_done));
}

void RestClient::observe(base::Instant now) {
  allowance_.set(gate_.allowance(now));
}

void RestClient::count_unsent(RestEndpoint endpoint) {
  parts_.metrics.rest_requests_unsent.at(exchange_, label_of(endpoint)).inc();
}

// Before the asker hears of it: what it asks next must meet a gate that knows.
void RestClient::settle(base::Now now, std::uint64_t id, const Ending& ending,
                        const std::optional<RestFailure>& failure) {
  const auto pending = pending_.extract(id);
  const auto endpoint = label_of(pending.mapped().endpoint);
  if (!ending.was_sent) return count_unsent(pending.mapped().endpoint);
  gate_.on_done(now.mono, id, failure, ending.used_weight);
  parts_.metrics.rest_requests
      .at(exchange_, endpoint, telemetry::label::RestStatus{status_text(ending.answer, failure)})
      .inc();
  parts_.metrics.rest_request_duration_seconds.at(exchange_, endpoint)
      .observe(now.mono - pending.mapped().sent);
}

void RestClient::deliver(base::Now now, std::uint64_t id, const Ending& ending) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;  // it was given up before
  const auto deliver = std::move(found->second.deliver);
  deliver(now, ending);
}

void RestClient::send(base::Now now, std::uint64_t id, exchange::RestRequest request) {
  pending_.at(id).sent = now.mono;
  const std::string target = std::move(request.target);
  parts_.requester.get(
      origin_, target,
      [this, id, target, alive = std::weak_ptr(alive_)](base::Now at,
                                                        base::Result<runtime::HttpReply> reply) {
        if (alive.expired()) return;
        constexpr int kOk = 200;
        if (parts_.tap != nullptr && reply && reply->status == kOk) {
          parts_.tap->on_rest(tap_stream_, at, target, reply->body);
        }
        if (reply) {
          deliver(at, id,
                  {.answer = RestAnswer{.status = reply->status,
                                        .body = reply->body,
                                        .retry_after = reply->retry_after},
                   .used_weight = reply->used_weight});
        } else {
          deliver(at, id,
                  {.answer = std::unexpected(RestFailure{.problem = RestProblem::network,
                                                         .detail = reply.error().message,
                                                         .retry_after = {}}),
                   .used_weight = {}});
        }
        serve(at);
      });
}

void RestClient::serve(base::Now now) {
  std::vector<RestAction> actions;
  gate_.on_time(now.mono, actions);
  for (RestAction& action : actions) {
    if (auto* start = std::get_if<rest_action::Start>(&action)) {
      send(now, start->id, std::move(start->request));
    } else {
      auto& given_up = std::get<rest_action::GiveUp>(action);
      deliver(now, given_up.id,
              {.answer = std::unexpected(std::move(given_up.failure)),
               .used_weight = {},
               .was_sent = given_up.was_sent});
    }
  }
  serve_later(now.mono);
}

// Never at once: who asks is not called back while it asks.
void RestClient::serve_later(base::Instant now) {
  const auto deadline = gate_.deadline();
  if (!deadline) return timer_->cancel();
  timer_->arm(std::max(now, *deadline), [this] { serve(parts_.executor.clock().now()); });
}

}  // namespace tickwitness::feed
