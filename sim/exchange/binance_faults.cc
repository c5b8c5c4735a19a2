// The simulated Binance: faults that it commits on purpose.
#include <algorithm>

#include "sim/exchange/binance.h"

namespace tickwitness::sim {
namespace {

constexpr auto kRetryMost = std::chrono::seconds(60);

}  // namespace

void Binance::commit(const Fault& fault, base::Instant moment, base::Now now, Actions& actions) {
  const base::Instant until = end_of(fault, moment);
  switch (fault.kind) {
    case FaultKind::disconnect:
    case FaultKind::reset:
      note(fault.kind, now, to_string(fault), now.mono);
      return close_all(fault.kind, actions);
    case FaultKind::rotation:
      note(fault.kind, now, to_string(fault), moment + limits_.shutdown_notice);
      faults_.last(fault.kind, moment + limits_.shutdown_notice);
      return announce_rotation(moment, actions);
    case FaultKind::silent:
    case FaultKind::zombie:
    case FaultKind::drop_depth:
      faults_.wait(fault);
      return commit_waiting(moment, now);
    case FaultKind::down:
    case FaultKind::hang:
    case FaultKind::unanswered:
    case FaultKind::flood:
    case FaultKind::drop:
    case FaultKind::duplicate:
    case FaultKind::reorder:
    case FaultKind::rate_limited:
    case FaultKind::rest_errors:
    case FaultKind::rest_refuses:
      note(fault.kind, now, to_string(fault), until);
      faults_.last(fault.kind, until);
      if (fault.kind == FaultKind::down) close_all(fault.kind, actions);
      if (fault.kind == FaultKind::flood) feed_.set_trade_pace(kFloodPace, moment);
      if (fault.kind == FaultKind::rest_refuses) {
        const std::size_t pair = dice_.below(settings_.pairs.size());
        truth_.faults.back().detail = settings_.pairs[pair].symbol;
        rest_.refuse(pair);
      }
      return;
    case FaultKind::refuse_subscription:
    case FaultKind::malformed:
    case FaultKind::bad_utf8:
    case FaultKind::corrupt_book:
    case FaultKind::wrong_checksum:
    case FaultKind::instrument_change:
    case FaultKind::maintenance:
    case FaultKind::msg_rate:
    case FaultKind::skew:
      return;  // skew is in force from the start, the others are of Kraken
  }
}

// These need something to hit; when a fault's time finds nothing, it hits the next that comes. A
// book's message is left out when it is due to be sent.
void Binance::commit_waiting(base::Instant moment, base::Now now) {
  const std::map<FaultKind, Fault> waiting = faults_.waiting();
  for (const auto& [kind, fault] : waiting) {
    if (kind == FaultKind::silent && silence_one(fault, moment, now)) faults_.has_hit(kind);
    if (kind == FaultKind::zombie && make_zombie(now)) faults_.has_hit(kind);
  }
}

void Binance::after(FaultKind kind, base::Instant moment, base::Now now, Actions& actions) {
  if (kind == FaultKind::silent) silenced_.reset();
  if (kind == FaultKind::flood) feed_.set_trade_pace(1, moment);
  if (kind == FaultKind::hang) answer_held(now, actions);
  if (kind == FaultKind::reorder) publish_swapped(now, actions);
  if (kind == FaultKind::rest_refuses) rest_.refuse(std::nullopt);
  if (kind == FaultKind::rotation) close_leaving(actions);
}

bool Binance::silence_one(const Fault& fault, base::Instant moment, base::Now now) {
  for (std::size_t pair = 0; pair < pairs_.size(); ++pair) {
    const Stream stream{StreamKind::trade, pair, 0};
    if (streams_.listeners(stream).empty()) continue;
    if (!silenced_) silenced_ = pair;
    const base::Instant until = end_of(fault, moment);
    faults_.last(FaultKind::silent, until);
    note(FaultKind::silent, now, streams_.name({StreamKind::trade, *silenced_, 0}), until);
    return true;
  }
  return false;
}

void Binance::close_all(FaultKind kind, Actions& actions) {
  const auto forget_it = [this](auto connection) { forget(connection); };
  if (kind == FaultKind::reset) {
    end_all<Reset>(connections_, truth_.resets, actions, forget_it);
  } else {
    end_all<Close>(connections_, truth_.disconnects, actions, forget_it);
  }
}

void Binance::announce_rotation(base::Instant moment, Actions& actions) {
  for (auto& [id, connection] : connections_) {
    connection.leaving = true;
    send_shutdown(id, moment, actions);
  }
}

void Binance::close_leaving(Actions& actions) {
  close_some(
      connections_, actions, [](const Connection& connection) { return connection.leaving; },
      [this](auto connection) { forget(connection); });
}

void Binance::hold(ConnectionId connection, base::Instant at, std::string_view text) {
  if (!connections_.contains(connection)) return;
  const std::size_t bytes = sizeof(Held) + text.size();
  if (held_bytes_ + bytes > kHeldBytesMax) {
    ++truth_.requests;
    ++truth_.requests_swallowed;
    return;
  }
  held_bytes_ += bytes;
  held_.push_back({connection, at, std::string(text)});
}

// In their order; those whose connection is gone by now nobody asks any more.
void Binance::answer_held(base::Now now, Actions& actions) {
  held_bytes_ = 0;
  for (const Held& held : std::exchange(held_, {}))
    serve(held.connection, held.at, now, held.text, actions);
}

// On the first pair that has a subscription; the dice choose which.
bool Binance::make_zombie(base::Now now) {
  for (std::size_t pair = 0; pair < pairs_.size(); ++pair) {
    std::vector<Zombie> possible;
    for (const Stream& stream : Streams::all_of(pair)) {
      const std::vector<ConnectionId>& listeners = streams_.listeners(stream);
      const auto live = std::ranges::find_if(
          listeners, [&](ConnectionId listener) { return !is_zombie(stream, listener); });
      if (live != listeners.end()) possible.push_back({*live, stream, truth_.faults.size()});
    }
    if (possible.empty()) continue;
    const Zombie& zombie = zombies_.emplace_back(possible[dice_.below(possible.size())]);
    note(FaultKind::zombie, now, streams_.name(zombie.stream), base::Instant::max());
    return true;
  }
  return false;
}

bool Binance::is_zombie(const Stream& stream, ConnectionId connection) const {
  return std::ranges::any_of(zombies_, [&](const Zombie& zombie) {
    return zombie.stream == stream && zombie.connection == connection;
  });
}

// Those whose subscription was given up.
void Binance::bury_zombies(base::Now now) {
  std::erase_if(zombies_, [&](const Zombie& zombie) {
    const std::vector<ConnectionId>& listeners = streams_.listeners(zombie.stream);
    if (std::ranges::find(listeners, zombie.connection) != listeners.end()) return false;
    truth_.faults[zombie.fault].until = now.mono;
    return true;
  });
}

void Binance::swap_with_next(const Part& part, base::Now now, Actions& actions) {
  const std::pair key{part.publication.pair, part.kind};
  const auto held = swapped_.find(key);
  if (held == swapped_.end()) {
    swapped_.emplace(key, part);
    return;
  }
  const Part earlier = held->second;
  swapped_.erase(held);
  publish_part(part, now, actions);
  publish_part(earlier, now, actions);
}

void Binance::publish_swapped(base::Now now, Actions& actions) {
  for (const auto& [key, held] : std::exchange(swapped_, {})) publish_part(held, now, actions);
}

std::optional<HttpReply> Binance::spoiled_reply(base::Now now) {
  if (faults_.is_on(FaultKind::rate_limited)) {
    const base::Duration left = faults_.end_of(FaultKind::rate_limited) - now.mono;
    const auto wait =
        std::chrono::ceil<std::chrono::seconds>(std::min<base::Duration>(left, kRetryMost));
    const bool banned = dice_.below(4) == 0;
    HttpReply reply = BinanceRest::too_many(
        banned ? 418 : 429, std::max(wait, std::chrono::seconds(1)), limits_, clock_.at(now.mono));
    return spoil(banned ? "HTTP 418" : "HTTP 429", std::move(reply));
  }
  if (!faults_.is_on(FaultKind::rest_errors)) return std::nullopt;
  switch (dice_.below(4)) {
    case 0:
      return spoil("HTTP 502", {502, "text/html", "<html><body>Bad Gateway</body></html>"});
    case 1:
      return spoil("cut", {.body = R"([{"id":4015683259,"price":"61837.6)"});
    case 2:
      return spoil("-1008", {.status = 503,
                             .body = R"({"code":-1008,"msg":"Server is currently )"
                                     R"(overloaded with other requests. Please )"
                                     R"(try again in a few minutes."})"});
    default:
      return spoil("unanswered", {.body = {}, .unanswered = true});
  }
}

}  // namespace tickwitness::sim
