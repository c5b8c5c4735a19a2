#include "sim/exchange/kraken.h"

#include <algorithm>

namespace tickwitness::sim {
namespace {

// A generator of their own, so that no fault moves the market.
constexpr std::uint64_t kDiceSeed = 0xFA17'FA17'FA17'FA17ULL;

base::Duration total_skew(const Settings& settings) {
  base::Duration skew = settings.skew;
  for (const Fault& fault : settings.faults)
    if (fault.kind == FaultKind::skew) skew += fault.amount;
  return skew;
}

}  // namespace

Kraken::Kraken(Settings settings, base::Now start)
    : settings_(std::move(settings)),
      start_(start.mono),
      clock_(start, total_skew(settings_)),
      prng_(settings_.seed),
      feed_(settings_, prng_.split(), clock_, start.mono),
      books_(settings_, feed_),
      rest_(settings_, feed_, books_, truth_),
      attempts_(settings_.connections),
      subscribers_(settings_.pairs.size()),
      dice_(settings_.seed ^ kDiceSeed),
      quotes_sent_(settings_.pairs.size()) {
  for (std::size_t i = 0; i < settings_.pairs.size(); ++i) {
    const PairSettings& pair = settings_.pairs[i];
    PairTruth& truth = truth_.pairs.emplace_back();
    truth.symbol = pair.symbol;
    truth.last_price = {feed_.tape(i).trades().back().fill.price, pair.price_precision};
    truth.trade_latencies = Latencies(settings_.latency_samples_max);
    truth.quote_latencies = Latencies(settings_.latency_samples_max);
  }
  for (const Fault& fault : settings_.faults) {
    if (fault.kind == FaultKind::skew) {
      note(fault.kind, start, to_string(fault), base::Instant::max());
    } else if (fault.kind == FaultKind::refuse_subscription) {
      last(fault.kind, base::Instant::max());
    } else {
      faults_.insert(std::ranges::upper_bound(faults_, fault.at, {}, &Fault::at), fault);
    }
  }
}

std::vector<TradeRecord> Kraken::trades_between(std::size_t pair, base::WallTime from,
                                                base::WallTime to) const {
  const auto time = [](const TradeRecord& record) { return record.fill.time; };
  const std::deque<TradeRecord>& all = trades(pair);
  return {std::ranges::lower_bound(all, from, {}, time),
          std::ranges::upper_bound(all, to, {}, time)};
}

Kraken::Admission Kraken::on_attempt(base::Now now) {
  Admission admission = Admission::accept;
  if (unreachable(now.mono)) {
    admission = Admission::refuse;
  } else if (!attempts_.allow(now.mono)) {
    admission = Admission::too_many;
  }
  if (admission != Admission::accept) ++truth_.connections_refused;
  return admission;
}

void Kraken::on_connect(ConnectionId connection, base::Now now, Actions& actions) {
  step(now, actions);
  ++truth_.connections_accepted;
  connections_.emplace(connection, Connection{.requests = RateLimit(settings_.requests)});
  if (shut_down_ || is_on(FaultKind::down)) {
    // It was admitted before, and is closed like the others were.
    ++(shut_down_ ? truth_.shutdown_closes : truth_.disconnects);
    connections_.erase(connection);
    actions.emplace_back(Close{connection});
    return;
  }
  if (is_on(FaultKind::hang)) return hold(connection, std::nullopt);
  greet(connection, actions);
}

void Kraken::greet(ConnectionId connection, Actions& actions) {
  text_.clear();
  write_status(text_, prng_.next(), maintenance_);
  send(connection, {.kind = SentKind::status}, text_, actions);
}

// The moments of faults and their ends, not when they were carried out: a shell may be late.
bool Kraken::unreachable(base::Instant now) const {
  if (shut_down_) return true;
  return std::ranges::any_of(lasting_, [now](const auto& fault) {
    return (fault.first == FaultKind::down || fault.first == FaultKind::hang) && now < fault.second;
  });
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
    const base::Instant fault = next_fault();
    const base::Instant end = next_end();
    const base::Instant beat =
        heartbeats_.empty() ? base::Instant::max() : heartbeats_.begin()->first;
    const base::Instant next = std::min({fault, end, beat});
    while (const Publication* const due = feed_.poll(std::min(next, now.mono), clock_))
      publish(*due, now, actions);
    if (next > now.mono) return bury_zombies(now);
    if (end == next) {
      end_fault(end, now, actions);
    } else if (fault == next) {
      commit(faults_[faults_done_++], fault, now, actions);
    } else {
      heartbeat(now, actions);
    }
  }
}

base::Instant Kraken::next_deadline() const {
  if (shut_down_) return base::Instant::max();
  base::Instant next = std::min({feed_.next_deadline(), next_fault(), next_end()});
  if (!heartbeats_.empty()) next = std::min(next, heartbeats_.begin()->first);
  return next;
}

HttpReply Kraken::on_http(std::string_view method, std::string_view target, base::Now now) {
  clock_.observe(now);
  if (unreachable(now.mono))
    return {503, "text/html", "<html><body>Service Unavailable</body></html>"};
  if (auto reply = spoiled_reply()) return *std::move(reply);
  return rest_.serve(method, target, now.mono, clock_.at(now.mono));
}

void Kraken::begin_shutdown(base::Now now, Actions& actions) {
  if (shut_down_) return;
  step(now, actions);
  feed_.stop();
  while (const Publication* const due = feed_.poll(now.mono, clock_)) publish(*due, now, actions);
  publish_swapped(now, actions);
  shut_down_ = true;
  faults_done_ = faults_.size();
  while (!connections_.empty()) {
    ++truth_.shutdown_closes;
    actions.emplace_back(Close{connections_.begin()->first});
    forget(connections_.begin());
  }
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
  if (!is_on(FaultKind::hang)) {
    text_.clear();
    write_heartbeat(text_);
    send(connection, {.kind = SentKind::heartbeat}, text_, actions);
  }
  // A shell that was away for long is not paid back in heartbeats.
  const base::Instant next = at + settings_.heartbeat;
  heartbeats_.emplace(next > now.mono ? next : now.mono + settings_.heartbeat, connection);
}

}  // namespace tickwitness::sim
