// The simulated Binance: what it answers to requests.
#include <algorithm>

#include "sim/exchange/binance.h"
#include "sim/exchange/text.h"

namespace tickwitness::sim {

void Binance::on_text(ConnectionId connection, base::Now now, std::string_view text,
                      Actions& actions) {
  step(now, actions);
  if (faults_.is_on(FaultKind::hang)) return hold(connection, now.mono, text);
  serve(connection, now.mono, now, text, actions);
}

void Binance::serve(ConnectionId id, base::Instant arrived, base::Now now, std::string_view text,
                    Actions& actions) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  ++truth_.requests;
  if (!found->second.messages.allow(arrived)) {
    ++truth_.rate_closes;
    actions.emplace_back(Close{id});
    forget(found);
    return bury_zombies(now);
  }
  const ParsedBinanceRequest parsed = parse_binance_request(text);
  if (parsed.error) {
    refuse(id, *parsed.error, actions);
  } else {
    answer(id, parsed.request, actions);
  }
  bury_zombies(now);
  commit_waiting(now.mono, now);
}

// One answer for the whole request, whatever it asks for: a stream that there is not is accepted,
// and silent.
void Binance::answer(ConnectionId id, const BinanceRequest& request, Actions& actions) {
  Connection& connection = connections_.at(id);
  Parcel parcel{.kind = SentKind::pong, .reason = {}};
  parcel.request = request.number();
  std::string result = "null";
  switch (request.method) {
    case BinanceMethod::subscribe:
    case BinanceMethod::unsubscribe:
      if (faults_.is_on(FaultKind::unanswered)) {
        ++truth_.requests_swallowed;
        return;
      }
      if (request.method == BinanceMethod::subscribe) {
        std::vector<std::string> all = connection.streams;
        for (const std::string& name : request.streams)
          if (std::ranges::find(all, name) == all.end()) all.push_back(name);
        if (all.size() > limits_.streams_max)
          return refuse(id, {2, "Invalid request: too many streams", request.id}, actions);
        for (const std::string& name : request.streams) subscribe(id, name);
        parcel.kind = SentKind::subscribed;
      } else {
        for (const std::string& name : request.streams) unsubscribe(id, name);
        parcel.kind = SentKind::unsubscribed;
      }
      break;
    case BinanceMethod::list:
      result = "[";
      for (const std::string& name : connection.streams) {
        if (result.size() > 1) result += ',';
        append_string(result, name);
      }
      result += ']';
      break;
    case BinanceMethod::set_property:
      connection.combined = request.combined;
      break;
    case BinanceMethod::get_property:
      result = connection.combined ? "true" : "false";
      break;
  }
  text_.clear();
  write_result(text_, result, request.id);
  send(id, parcel, text_, actions);
}

void Binance::subscribe(ConnectionId id, const std::string& name) {
  std::vector<std::string>& streams = connections_.at(id).streams;
  if (std::ranges::find(streams, name) != streams.end()) return;
  streams.push_back(name);
  const std::optional<Stream> stream = streams_.find(name);
  if (!stream) return;
  streams_.add(*stream, id);
  if (stream->kind == StreamKind::depth) books_.keep(stream->pair);
}

void Binance::unsubscribe(ConnectionId id, const std::string& name) {
  std::erase(connections_.at(id).streams, name);
  if (const std::optional<Stream> stream = streams_.find(name)) streams_.remove(*stream, id);
}

void Binance::refuse(ConnectionId id, const BinanceError& error, Actions& actions) {
  text_.clear();
  write_error(text_, error);
  send(id, {.kind = SentKind::refused}, text_, actions);
  ++truth_.refusals[error.text];
}

}  // namespace tickwitness::sim
