#include "sim/world/rest_network.h"

#include <utility>

namespace tickwitness::sim {

struct RestNetwork::Request : BothWays {
  std::uint64_t id = 0;
  std::string host;
  std::string target;
  OnDone on_done;
  std::unique_ptr<runtime::Timer> timer;
  HttpReply reply;  // once the exchange has answered
};

RestNetwork::RestNetwork(Scheduler& scheduler, Role& engine, const MachineClock& exchange_clock,
                         Kraken& exchange, EventHash& history, base::Prng random)
    : scheduler_(scheduler),
      engine_(engine),
      exchange_clock_(exchange_clock),
      exchange_(exchange),
      history_(history),
      random_(random) {}

RestNetwork::~RestNetwork() = default;

void RestNetwork::note(std::string_view what) {
  history_.add(static_cast<std::uint64_t>(scheduler_.now().count()));
  history_.add(what);
}

void RestNetwork::set_ledger(Ledger* ledger) {
  requests_.clear();
  ledger_ = ledger;
}

void RestNetwork::set_weather(const Weather& weather) {
  weather_ = weather;
  for (const auto& [id, request] : requests_) request->resume();
}

std::size_t RestNetwork::bytes_in_flight() const {
  std::size_t bytes = 0;
  for (const auto& [id, request] : requests_) bytes += request->bytes_in_flight();
  return bytes;
}

void RestNetwork::get(const runtime::Endpoint& origin, std::string target, OnDone on_done) {
  note(target);
  auto made = std::make_unique<Request>();
  Request& request = *made;
  request.id = ++last_id_;
  request.host = origin.host;
  request.target = std::move(target);
  request.on_done = std::move(on_done);
  // What arrives before the end of a request or a reply says nothing yet.
  request.to_exchange = std::make_unique<Pipe>(scheduler_, random_, weather_,
                                               [this, &request](Pipe::Mark mark, std::string_view) {
                                                 if (mark == Pipe::Mark::end) at_exchange(request);
                                               });
  request.to_engine = std::make_unique<Pipe>(
      scheduler_, random_, weather_, [this, id = request.id](Pipe::Mark mark, std::string_view) {
        if (mark != Pipe::Mark::end) return;
        engine_.post([this, id] { at_engine(id); });
      });
  request.timer = engine_.make_timer();
  request.timer->arm(engine_.clock().now().mono + kTimeout,
                     [this, id = request.id] { give_up(id); });
  request.to_exchange->write(request.target);
  request.to_exchange->mark(Pipe::Mark::end);
  requests_.emplace(request.id, std::move(made));
}

void RestNetwork::at_exchange(Request& request) {
  request.reply = exchange_.on_http("GET", request.target, exchange_clock_.now());
  if (request.reply.unanswered) return;
  request.to_engine->write(request.reply.body);
  request.to_engine->mark(Pipe::Mark::end);
}

void RestNetwork::at_engine(std::uint64_t id) {
  const auto found = requests_.extract(id);
  if (found.empty()) return;  // given up, or of a process that is no more
  const Request& request = *found.mapped();
  request.timer->cancel();
  note(request.reply.body);
  ledger_->on_rest(request.reply.pair, request.reply.trades);
  runtime::HttpReply reply{.status = request.reply.status,
                           .body = request.reply.body,
                           .retry_after = request.reply.retry_after,
                           .used_weight = request.reply.used_weight};
  request.on_done(engine_.clock().now(), std::move(reply));
}

void RestNetwork::give_up(std::uint64_t id) {
  const auto found = requests_.extract(id);
  if (found.empty()) return;
  note("no reply");
  found.mapped()->on_done(engine_.clock().now(),
                          base::fail(found.mapped()->host + ": no reply in time"));
}

}  // namespace tickwitness::sim
