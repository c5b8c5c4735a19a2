// The simulated Kraken: faults that it commits on purpose.
#include "sim/exchange/kraken.h"

namespace tickwitness::sim {

void Kraken::commit(const Fault& fault, base::Now now, Actions& actions) {
  switch (fault.kind) {
    case FaultKind::down:
      down_until_ = std::max(down_until_, start_ + fault.at + fault.length);
      [[fallthrough]];
    case FaultKind::disconnect:
    case FaultKind::reset:
      note(fault.kind, now, to_string(fault));
      while (!connections_.empty()) {
        const ConnectionId connection = connections_.begin()->first;
        if (fault.kind == FaultKind::reset) {
          ++truth_.resets;
          actions.emplace_back(Reset{connection});
        } else {
          ++truth_.disconnects;
          actions.emplace_back(Close{connection});
        }
        forget(connections_.begin());
      }
      return;
    case FaultKind::silent:
    case FaultKind::malformed:
    case FaultKind::bad_utf8:
      waiting_.insert(fault.kind);
      commit_waiting(now, actions);
      return;
    case FaultKind::refuse_subscription:
    case FaultKind::skew:
      return;  // in force from the start
  }
}

// These need something to hit; when a fault's time finds nothing, it hits the next that comes.
void Kraken::commit_waiting(base::Now now, Actions& actions) {
  for (auto kind = waiting_.begin(); kind != waiting_.end();) {
    const bool done =
        *kind == FaultKind::silent ? silence_one(now) : send_bad_frames(*kind, now, actions);
    kind = done ? waiting_.erase(kind) : std::next(kind);
  }
}

bool Kraken::silence_one(base::Now now) {
  for (std::size_t pair = 0; pair < subscribers_.size(); ++pair) {
    if (subscribers_[pair].of(WireChannel::trade).empty()) continue;
    silenced_ = pair;
    note(FaultKind::silent, now, "trade " + settings_.pairs[pair].symbol);
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
    note(kind, now, "");
    return true;
  }
  return false;
}

void Kraken::note(FaultKind kind, base::Now now, std::string detail) {
  truth_.faults.push_back({kind, now.mono, std::move(detail)});
}

bool Kraken::is_silenced(WireChannel channel, std::size_t pair) const {
  return channel == WireChannel::trade && silenced_ == pair;
}

}  // namespace tickwitness::sim
