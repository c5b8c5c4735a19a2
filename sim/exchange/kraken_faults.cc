// The simulated Kraken: faults that it commits on purpose.
#include "sim/exchange/kraken.h"

namespace tickwitness::sim {

void Kraken::commit(const Fault& fault, base::Instant moment, base::Now now, Actions& actions) {
  const base::Instant until = end_of(fault, moment);
  switch (fault.kind) {
    case FaultKind::disconnect:
    case FaultKind::reset:
      note(fault.kind, now, to_string(fault), now.mono);
      close_all(fault.kind, actions);
      return;
    case FaultKind::instrument_change:
      return change_instrument(now, actions);
    case FaultKind::silent:
    case FaultKind::malformed:
    case FaultKind::bad_utf8:
    case FaultKind::zombie:
    case FaultKind::corrupt_book:
    case FaultKind::wrong_checksum:
      faults_.wait(fault);
      commit_waiting(moment, now, actions);
      return;
    case FaultKind::down:
    case FaultKind::hang:
    case FaultKind::unanswered:
    case FaultKind::flood:
    case FaultKind::drop:
    case FaultKind::duplicate:
    case FaultKind::reorder:
    case FaultKind::maintenance:
    case FaultKind::rate_limited:
    case FaultKind::rest_errors:
    case FaultKind::rest_refuses:
    case FaultKind::msg_rate:
      note(fault.kind, now, to_string(fault), until);
      faults_.last(fault.kind, until);
      begin(fault.kind, moment, now, until, actions);
      return;
    case FaultKind::refuse_subscription:
    case FaultKind::skew:
    case FaultKind::drop_depth:
    case FaultKind::rotation:
      return;  // the first two are in force from the start, the others of Binance
  }
}

void Kraken::begin(FaultKind kind, base::Instant moment, base::Now now, base::Instant until,
                   Actions& actions) {
  if (kind == FaultKind::down) close_all(kind, actions);
  if (kind == FaultKind::flood) feed_.set_trade_pace(kFloodPace, moment);
  if (kind == FaultKind::maintenance) begin_maintenance(moment, now, until, actions);
  if (kind == FaultKind::rest_refuses) {
    const std::size_t pair = dice_.below(settings_.pairs.size());
    truth_.faults.back().detail = settings_.pairs[pair].symbol;
    rest_.refuse(pair);
  }
}

// These need something to hit; when a fault's time finds nothing, it hits the next that comes.
void Kraken::commit_waiting(base::Instant moment, base::Now now, Actions& actions) {
  const std::map<FaultKind, Fault> waiting = faults_.waiting();
  for (const auto& [kind, fault] : waiting) {
    bool done = false;  // books are falsified when they are sent
    if (kind == FaultKind::silent) done = silence_one(fault, moment, now);
    if (kind == FaultKind::zombie) done = make_zombie(now);
    if (kind == FaultKind::malformed || kind == FaultKind::bad_utf8)
      done = send_bad_frames(kind, now, actions);
    if (done) faults_.has_hit(kind);
  }
}

void Kraken::after(FaultKind kind, base::Instant moment, base::Now now, Actions& actions) {
  if (kind == FaultKind::silent) silenced_.reset();
  if (kind == FaultKind::flood) feed_.set_trade_pace(1, moment);
  if (kind == FaultKind::hang) answer_held(now, actions);
  if (kind == FaultKind::reorder) publish_swapped(now, actions);
  if (kind == FaultKind::rest_refuses) rest_.refuse(std::nullopt);
  if (kind == FaultKind::maintenance) {
    maintenance_.reset();
    rest_.set_maintenance(false);
    feed_.resume(moment);
    status_owed_ = true;
  }
  if (status_owed_ && !faults_.is_on(FaultKind::hang)) {
    status_owed_ = false;
    send_status_to_all(actions);
  }
  if (kind == FaultKind::refuse_subscription) close_refused(actions);
}

bool Kraken::silence_one(const Fault& fault, base::Instant moment, base::Now now) {
  for (std::size_t pair = 0; pair < subscribers_.size(); ++pair) {
    if (subscribers_[pair].of(WireChannel::trade).empty()) continue;
    if (!silenced_) silenced_ = pair;
    const base::Instant until = end_of(fault, moment);
    faults_.last(FaultKind::silent, until);
    note(FaultKind::silent, now, "trade " + settings_.pairs[*silenced_].symbol, until);
    return true;
  }
  return false;
}

bool Kraken::send_bad_frames(FaultKind kind, base::Now now, Actions& actions) {
  for (auto& [id, connection] : connections_) {
    if (!connection.subscribed || connection.poisoned) continue;
    const std::string& symbol = settings_.pairs.front().symbol;
    std::vector<BadFrame> frames;
    if (kind == FaultKind::bad_utf8) {
      frames.push_back(bad_utf8_frame(symbol));
      connection.poisoned = true;
    } else {
      frames = bad_frames(symbol);
    }
    for (const BadFrame& frame : frames) {
      send(id, {.kind = SentKind::malformed, .reason = frame.reason}, frame.text, actions,
           frame.fragment_bytes);
      ++truth_.malformed[std::string(frame.reason)];
    }
    note(kind, now, "", now.mono);
    return true;
  }
  return false;
}

void Kraken::close_all(FaultKind kind, Actions& actions) {
  const auto forget_it = [this](auto connection) { forget(connection); };
  if (kind == FaultKind::reset) {
    end_all<Reset>(connections_, truth_.resets, actions, forget_it);
  } else {
    end_all<Close>(connections_, truth_.disconnects, actions, forget_it);
  }
}

void Kraken::close_refused(Actions& actions) {
  refused_.reset();
  close_some(
      connections_, actions, [](const Connection& connection) { return connection.refused; },
      [this](auto connection) { forget(connection); });
}

void Kraken::hold(ConnectionId connection, std::optional<std::string> text) {
  const std::size_t bytes = sizeof(Held) + (text ? text->size() : 0);
  if (text && held_bytes_ + bytes > kHeldBytesMax) {
    ++truth_.requests;
    ++truth_.requests_swallowed;
    return;
  }
  held_bytes_ += bytes;
  held_.push_back({connection, std::move(text)});
}

// In their order; those whose connection is gone by now nobody asks any more.
void Kraken::answer_held(base::Now now, Actions& actions) {
  held_bytes_ = 0;
  for (const Held& held : std::exchange(held_, {})) {
    if (held.text) {
      serve(held.connection, now, *held.text, actions);
    } else if (connections_.contains(held.connection)) {
      greet(held.connection, actions);
    }
  }
}

bool Kraken::is_silenced(WireChannel channel, std::size_t pair) const {
  return channel == WireChannel::trade && silenced_ == pair;
}

}  // namespace tickwitness::sim
