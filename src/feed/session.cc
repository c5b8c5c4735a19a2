#include "feed/session.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/planted.h"

namespace tickwitness::feed {
namespace {

constexpr int kRequestsMax = 3;  // asked that often without any answer: the connection is of no use
constexpr std::string_view kAlreadySubscribed = "Already subscribed";
constexpr std::string_view kTooManyRequests = "Exceeded msg rate";
// Pings come faster at the start of a connection: the best of some round trips tells the offset.
constexpr int kFirstPings = 5;
constexpr base::Duration kFirstPingEvery = std::chrono::seconds(2);
constexpr base::Duration kLookEvery = std::chrono::milliseconds(500);

// No order is matched then, so nothing happens.
bool rests(exchange::VenueStatus status) {
  using enum exchange::VenueStatus;
  return status == maintenance || status == cancel_only || status == post_only;
}

void consider(std::optional<base::Instant>& first, std::optional<base::Instant> at) {
  if (at && (!first || *at < *first)) first = at;
}

}  // namespace

Session::Session(const SessionSettings& settings, exchange::Protocol& protocol,
                 AttemptBudget& budget, base::Prng random,
                 std::vector<exchange::Subscription> wanted)
    : settings_(settings),
      protocol_(protocol),
      budget_(budget),
      backoff_(settings.backoff, random),
      breaker_(settings.breaker),
      table_(settings.stale_after),
      requests_(protocol.max_messages_per_second()) {
  table_.set(std::move(wanted));
}

void Session::start(base::Now now, Actions& out) {
  if (state_ != LinkState::idle) return;
  state_ = LinkState::waiting;
  retry_at_ = budget_.earliest(now.mono);
  if (retry_at_ <= now.mono) attempt(now, out);
}

void Session::finish() {
  finishing_ = true;
  if (state_ == LinkState::waiting || state_ == LinkState::idle) state_ = LinkState::stopped;
}

void Session::stop(base::Now, Actions& out) {
  if (state_ == LinkState::connected) ++counts_.disconnections;
  if (state_ == LinkState::connecting || state_ == LinkState::connected) {
    disconnect("stopping", out);
  }
  state_ = LinkState::stopped;
}

void Session::attempt(base::Now now, Actions& out) {
  breaker_.on_attempt(now);
  budget_.record(now.mono);
  ++counts_.attempts;
  if (was_up_) ++counts_.reconnect_attempts;
  state_ = LinkState::connecting;
  closing_ = false;
  out.emplace_back(action::Connect{});
}

void Session::schedule_attempt(base::Now now) {
  state_ = LinkState::waiting;
  base::Instant at = now.mono + backoff_.next();
  if (venue_word_ && venue_word_->status == exchange::VenueStatus::maintenance) {
    at = std::max(at, now.mono + settings_.maintenance_floor);
  }
  retry_at_ = budget_.earliest(breaker_.allowed_at(at));
}

void Session::on_open(base::Now now, Actions& out) {
  if (state_ != LinkState::connecting) return;
  state_ = LinkState::connected;
  if (was_up_) ++counts_.reconnects;
  was_up_ = true;
  healthy_ = false;
  opened_at_ = now.mono;
  heard_ = now.mono;
  next_look_ = now.mono;
  pings_ = 0;
  next_ping_ = now.mono;  // the first ping at once: the clock offset is wanted from the start
  std::vector<exchange::Subscription> wanted;
  for (const auto& entry : table_.entries()) wanted.push_back(entry.subscription);
  request(now, std::move(wanted), out);
  on_time(now, out);
}

void Session::request(base::Now now, std::vector<exchange::Subscription> wanted, Actions& out) {
  if (wanted.empty()) return;
  for (auto& message : protocol_.subscribe(wanted, next_request_)) {
    next_request_ = std::max(next_request_, message.id + 1);
    for (const auto& subscription : message.subscriptions) table_.on_queued(subscription);
    requests_.add({.request = std::move(message)});
  }
  send(now, out);
}

void Session::send(base::Now now, Actions& out) {
  while (auto item = requests_.next(now.mono)) {
    for (const auto& subscription : item->request.subscriptions) {
      if (item->subscribes) {
        table_.on_requested(subscription, item->request.id, now.mono);
      } else {
        table_.on_unsubscribe_sent(subscription, item->request.id, now.mono);
      }
    }
    out.emplace_back(action::Send{std::move(item->request.text)});
  }
}

void Session::on_frame(base::Now received, const exchange::Frame& frame, Actions& out) {
  if (state_ != LinkState::connected) return;
  last_frame_ = received.mono;
  heard_ = received.mono;
  using Kind = exchange::FrameKind;
  switch (frame.kind) {
    case Kind::status:
      venue_word_ = VenueWord{.status = frame.venue_status, .at = received.mono};
      break;
    case Kind::pong:
      if (frame.request_id) {
        offset_.on_pong(*frame.request_id, frame.time_in, frame.time_out, received);
      }
      break;
    case Kind::subscribed:
      on_ack(received, frame);
      break;
    case Kind::unsubscribed:
      if (frame.request_id) {
        ask_again(received, table_.unsubscribed(frame.request_id, base::Instant::min()), out);
      }
      break;
    case Kind::refused:
      on_refusal(received, frame, out);
      break;
    case Kind::trades:
    case Kind::quotes:
    case Kind::candles:
    case Kind::instruments:
    case Kind::books:
      if (is_late(frame)) {
        ++counts_.frames_late;
      } else {
        on_items(received, frame);
      }
      break;
    case Kind::heartbeat:
      if (base::planted(base::PlantedBug::heartbeat_clears_stale)) {
        for (const auto& entry : table_.entries()) {
          if (entry.state != SubscriptionState::suspect) continue;
          table_.on_data(entry.subscription, 0, true, received.mono);
        }
      }
      break;
    case Kind::shutdown:
    case Kind::unsupported:
    case Kind::malformed:
      break;
  }
  if (breaker_.state() == BreakerState::half_open && table_.any_accepted()) breaker_.on_success();
}

void Session::on_ack(base::Now received, const exchange::Frame& frame) {
  ++counts_.acks;
  requests_.on_answer();
  if (base::planted(base::PlantedBug::double_after_retry) && counts_.acks_overdue != 0) {
    ++counts_.acks;
  }
  if (frame.whole_request && frame.request_id) table_.on_accepted(*frame.request_id, received.mono);
  if (frame.subscription) table_.on_accepted(*frame.subscription, received.mono);
}

void Session::on_refusal(base::Now received, const exchange::Frame& frame, Actions& out) {
  ++counts_.refusals;
  if (frame.detail.starts_with(kTooManyRequests)) requests_.on_too_many(received.mono);
  if (!frame.request_id) return;  // cannot be matched; the missing answer will be noticed
  // There was nothing to take back: that is as good.
  const auto taken_back = table_.unsubscribed(frame.request_id, base::Instant::min());
  if (!taken_back.empty()) return ask_again(received, taken_back, out);
  if (frame.detail.starts_with(kAlreadySubscribed) && frame.symbol) {
    for (const auto& entry : table_.entries()) {
      if (entry.request_id == *frame.request_id && entry.subscription.symbol == *frame.symbol) {
        table_.on_accepted(entry.subscription, received.mono);  // an answer got lost
        return;
      }
    }
  }
  table_.on_refused(*frame.request_id, frame.symbol, frame.detail);
}

bool Session::is_late(const exchange::Frame& frame) const {
  using exchange::Channel;
  const auto off = [&](Channel channel, const auto& items) {
    return std::ranges::any_of(items, [&](const auto& item) {
      return table_.is_off({.channel = channel, .symbol = item.symbol});
    });
  };
  switch (frame.kind) {
    case exchange::FrameKind::trades:
      return off(frame.channel, frame.trades);
    case exchange::FrameKind::quotes:
      return off(Channel::spread, frame.quotes);
    case exchange::FrameKind::books:
      return off(Channel::book, frame.books);
    case exchange::FrameKind::candles:
      return std::ranges::any_of(frame.candles, [&](const auto& candle) {
        return table_.is_off({.channel = Channel::ohlc,
                              .symbol = candle.symbol,
                              .interval_minutes = candle.interval_minutes});
      });
    default:
      return false;
  }
}

void Session::on_items(base::Now received, const exchange::Frame& frame) {
  using exchange::Channel;
  for (const auto& trade : frame.trades) {
    table_.on_data({.channel = frame.channel, .symbol = trade.symbol}, 1, frame.snapshot,
                   received.mono);
  }
  for (const auto& quote : frame.quotes) {
    table_.on_data({.channel = Channel::spread, .symbol = quote.symbol}, 1, frame.snapshot,
                   received.mono);
  }
  for (const auto& candle : frame.candles) {
    table_.on_data({.channel = Channel::ohlc,
                    .symbol = candle.symbol,
                    .interval_minutes = candle.interval_minutes},
                   1, frame.snapshot, received.mono);
  }
  for (const auto& book : frame.books) {
    table_.on_data({.channel = Channel::book, .symbol = book.symbol}, 1, frame.snapshot,
                   received.mono);
  }
  if (frame.kind == exchange::FrameKind::instruments) {
    table_.on_data({.channel = Channel::instrument}, frame.instruments.size(), frame.snapshot,
                   received.mono);
  }
}

void Session::on_closed(base::Now now, const runtime::Closed& closed) {
  const bool was_connected = state_ == LinkState::connected;
  if (was_connected) ++counts_.disconnections;
  if (was_connected && !closing_) note_health(now.mono);  // its timer may be as late as this
  table_.on_connection_lost();
  requests_.clear();
  if (finishing_) state_ = LinkState::stopped;
  if (state_ == LinkState::stopped) venue_word_.reset();
  if (state_ == LinkState::stopped) return;
  const std::string why = closing_ ? close_why_
                                   : std::string(to_string(closed.reason)) +
                                         (closed.detail.empty() ? "" : ": ") + closed.detail;
  closing_ = false;
  // A connection that had proven itself is allowed to end; anything shorter is a failure of the
  // venue.
  if (!(was_connected && healthy_)) breaker_.on_failure(now, why);
  schedule_attempt(now);
  venue_word_.reset();  // it may have changed its mind since
  constexpr std::array kShutOut{403, 429, 451};
  if (std::ranges::find(kShutOut, closed.http_status) != kShutOut.end()) {
    retry_at_ = std::max(retry_at_, now.mono + settings_.banned_pause);
  }
}

void Session::on_time(base::Now now, Actions& out) {
  if (state_ == LinkState::waiting && now.mono >= retry_at_) return attempt(now, out);
  const auto probe = breaker_.probe_deadline();
  const bool up = state_ == LinkState::connected || state_ == LinkState::connecting;
  if (up && !closing_ && probe && now.mono >= *probe) {
    return disconnect("half-open probe got no subscription accepted in time", out);
  }
  if (state_ != LinkState::connected) return;
  if (closing_) return;
  note_health(now.mono);
  if (now.mono - heard_ >= settings_.link_timeout) {
    return disconnect("no frame within the link timeout", out);
  }
  check_silences(now, out);
  check_answers(now, out);
  if (!closing_) heal(now, out);
  if (closing_) return;
  send(now, out);
  ping(now, out);
  next_look_ = now.mono + kLookEvery;
}

void Session::ping(base::Now now, Actions& out) {
  if (now.mono < next_ping_ || !requests_.pass(now.mono)) return;
  const std::uint64_t id = next_request_++;
  offset_.on_ping(id, now);
  out.emplace_back(action::Send{protocol_.ping(id)});
  const bool soon = ++pings_ < kFirstPings;
  next_ping_ = now.mono + (soon ? std::min(kFirstPingEvery, settings_.ping_interval)
                                : settings_.ping_interval);
}

void Session::check_silences(base::Now now, Actions& out) {
  for (const auto& subscription : table_.check(now.mono)) {
    out.emplace_back(action::Witness{subscription});
  }
}

void Session::on_witness(base::Now now, const exchange::Subscription& subscription, Verdict verdict,
                         Actions& out) {
  if (state_ != LinkState::connected || closing_) return;
  if (base::planted(base::PlantedBug::witness_not_believed) && verdict == Verdict::active) {
    verdict = Verdict::quiet;
  }
  if (const auto after = table_.on_witness(subscription, verdict, now.mono)) {
    ++counts_.zombies;
    out.emplace_back(action::Found{.subscription = subscription, .after = *after});
    heal(now, out);
  }
}

void Session::on_venue(base::Now now, exchange::VenueStatus status) {
  table_.mute(rests(status), now.mono);
}

void Session::heal(base::Now now, Actions& out) {
  const bool pause_over = !replaced_at_ || now.mono - *replaced_at_ >= settings_.replacement_pause;
  if (pause_over && table_.heals_in_vain() >= settings_.heals_in_vain_max) {
    replaced_at_ = now.mono;
    return disconnect("a subscription stays silent though it was renewed", out);
  }
  for (const auto& subscription : table_.to_heal(now.mono, settings_.heals_at_once)) {
    take_back(subscription, now.mono, out);
  }
  ask_again(now, table_.unsubscribed(std::nullopt, now.mono - settings_.unsubscribe_timeout), out);
  send(now, out);
}

void Session::take_back(const exchange::Subscription& subscription, base::Instant now,
                        Actions& out) {
  table_.begin_heal(subscription, now);
  out.emplace_back(action::Renew{subscription});
  for (auto& message : protocol_.unsubscribe(std::span(&subscription, 1), next_request_)) {
    next_request_ = std::max(next_request_, message.id + 1);
    requests_.add({.request = std::move(message), .subscribes = false});
  }
}

void Session::renew(base::Now now, const exchange::Subscription& subscription, Actions& out) {
  const auto& entries = table_.entries();
  const auto entry = std::ranges::find(entries, subscription, &SubscriptionEntry::subscription);
  const bool possible =
      entry != entries.end() && entry->answered && state_ == LinkState::connected && !closing_ &&
      entry->state != SubscriptionState::healing && entry->state != SubscriptionState::refused;
  if (!possible) return;  // it is being asked for, or nothing can be
  take_back(subscription, now.mono, out);
  send(now, out);
}

void Session::ask_again(base::Now now, const std::vector<exchange::Subscription>& taken_back,
                        Actions& out) {
  for (const auto& subscription : taken_back) request(now, {subscription}, out);
}

void Session::note_health(base::Instant now) {
  if (healthy_ || now - opened_at_ < settings_.healthy_after || !table_.any_accepted()) return;
  healthy_ = true;
  backoff_.reset();
  breaker_.on_success();
}

void Session::check_answers(base::Now now, Actions& out) {
  auto late = table_.overdue(now.mono, settings_.ack_timeout);
  if (late.empty()) return;
  if (table_.requests_max() >= kRequestsMax) {
    return disconnect("subscriptions stay unanswered", out);
  }
  counts_.acks_overdue += late.size();
  request(now, std::move(late), out);
}

void Session::disconnect(std::string why, Actions& out) {
  closing_ = true;
  close_why_ = std::move(why);
  out.emplace_back(action::Disconnect{});
}

void Session::set_wanted(base::Now now, std::vector<exchange::Subscription> wanted, Actions& out) {
  auto change = table_.set(std::move(wanted));
  if (state_ != LinkState::connected || closing_) return;
  for (auto& message : protocol_.unsubscribe(change.removed, next_request_)) {
    next_request_ = std::max(next_request_, message.id + 1);
    requests_.add({.request = std::move(message), .subscribes = false});
  }
  send(now, out);
  request(now, std::move(change.added), out);
}

void Session::set_settings(const SessionSettings& settings) {
  settings_ = settings;
  table_.set_stale_after(settings.stale_after);
  breaker_.set_settings(settings.breaker);
  backoff_.set_settings(settings.backoff);
}

std::optional<base::Instant> Session::next_attempt() const {
  if (state_ != LinkState::waiting) return std::nullopt;
  return retry_at_;
}

std::optional<base::Instant> Session::deadline() const {
  std::optional<base::Instant> first;
  if (state_ == LinkState::waiting) consider(first, retry_at_);
  const bool up = state_ == LinkState::connected || state_ == LinkState::connecting;
  if (up && !closing_) consider(first, breaker_.probe_deadline());
  if (state_ != LinkState::connected || closing_) return first;
  consider(first, table_.deadline(settings_.ack_timeout));
  if (!healthy_ && table_.any_accepted()) consider(first, opened_at_ + settings_.healthy_after);
  consider(first, heard_ + settings_.link_timeout);
  consider(first, next_look_);
  const base::Instant turn = requests_.ready_at();
  consider(first, std::max(next_ping_, turn));
  if (requests_.any()) consider(first, turn);
  return first;
}

}  // namespace tickwitness::feed
