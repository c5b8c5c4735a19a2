#include "sim/exchange/kraken.h"

#include <algorithm>

namespace tickwitness::sim {

Kraken::Kraken(Settings settings, base::Now start)
    : Exchange(std::move(settings), start),
      books_(settings_, feed_),
      rest_(settings_, feed_, books_, truth_),
      subscribers_(settings_.pairs.size()),
      quotes_sent_(settings_.pairs.size()) {}

void Kraken::on_connect(ConnectionId connection, std::string_view, base::Now now,
                        Actions& actions) {
  step(now, actions);
  ++truth_.connections_accepted;
  connections_.emplace(connection, Connection{.requests = RateLimit(settings_.requests)});
  if (shut_down_ || faults_.is_on(FaultKind::down)) {
    // It was admitted before, and is closed like the others were.
    ++(shut_down_ ? truth_.shutdown_closes : truth_.disconnects);
    connections_.erase(connection);
    actions.emplace_back(Close{connection});
    return;
  }
  if (faults_.is_on(FaultKind::hang)) return hold(connection, std::nullopt);
  greet(connection, actions);
}

void Kraken::greet(ConnectionId connection, Actions& actions) {
  text_.clear();
  write_status(text_, prng_.next(), maintenance_);
  send(connection, {.kind = SentKind::status, .rests = maintenance_.has_value()}, text_, actions);
}

void Kraken::on_disconnect(ConnectionId connection, base::Now now) {
  clock_.observe(now);
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  ++truth_.closed_by_client;
  forget(found);
}

void Kraken::step(base::Now now, Actions& actions) {
  clock_.observe(now);
  for (;;) {
    const base::Instant fault = faults_.next_begin();
    const base::Instant end = faults_.next_end();
    const base::Instant beat =
        heartbeats_.empty() ? base::Instant::max() : heartbeats_.begin()->first;
    const base::Instant next = std::min({fault, end, beat});
    while (const Publication* const due = feed_.poll(std::min(next, now.mono), clock_))
      publish(*due, now, actions);
    if (next > now.mono) return bury_zombies(now);
    if (end == next) {
      after(faults_.take_end(), end, now, actions);
    } else if (fault == next) {
      commit(faults_.take_begin(), fault, now, actions);
    } else {
      heartbeat(now, actions);
    }
  }
}

base::Instant Kraken::next_deadline() const {
  if (shut_down_) return base::Instant::max();
  base::Instant next = std::min({feed_.next_deadline(), faults_.next_begin(), faults_.next_end()});
  if (!heartbeats_.empty()) next = std::min(next, heartbeats_.begin()->first);
  return next;
}

HttpReply Kraken::serve_rest(std::string_view method, std::string_view target, base::Now now) {
  return rest_.serve(method, target, now.mono, clock_.at(now.mono));
}

void Kraken::begin_shutdown(base::Now now, Actions& actions) {
  if (shut_down_) return;
  step(now, actions);
  feed_.stop();
  while (const Publication* const due = feed_.poll(now.mono, clock_)) publish(*due, now, actions);
  publish_swapped(now, actions);
  shut_down_ = true;
  faults_.skip_rest();
  end_all<Close>(connections_, truth_.shutdown_closes, actions,
                 [this](auto connection) { forget(connection); });
}

void Kraken::send(ConnectionId connection, const Parcel& parcel, const std::string& text,
                  Actions& actions, std::size_t fragment_bytes) {
  ++truth_.frames[static_cast<std::size_t>(parcel.kind)];
  truth_.frame_bytes += text.size();
  actions.emplace_back(Send{connection, text, fragment_bytes, parcel});
}

void Kraken::forget(Connections::iterator connection) {
  for (Subscribers& pair : subscribers_) pair.remove_all(connection->first);
  std::erase_if(heartbeats_, [&](const auto& beat) { return beat.second == connection->first; });
  connections_.erase(connection);
}

// Each second from the first subscription on, whatever else is sent: so it was measured.
void Kraken::heartbeat(base::Now now, Actions& actions) {
  const auto [at, connection] = *heartbeats_.begin();
  heartbeats_.erase(heartbeats_.begin());
  if (connections_.at(connection).poisoned) return;
  if (!faults_.is_on(FaultKind::hang)) {
    text_.clear();
    write_heartbeat(text_);
    send(connection, {.kind = SentKind::heartbeat}, text_, actions);
  }
  // A shell that was away for long is not paid back in heartbeats.
  const base::Instant next = at + settings_.heartbeat;
  heartbeats_.emplace(next > now.mono ? next : now.mono + settings_.heartbeat, connection);
}

}  // namespace tickwitness::sim
