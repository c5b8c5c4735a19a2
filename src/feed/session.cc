#include "feed/session.h"

#include <algorithm>
#include <utility>

#include "base/planted.h"

namespace tickwitness::feed {
namespace {

constexpr int kRequestsMax = 3;  // asked that often without any answer: the connection is of no use
constexpr std::string_view kAlreadySubscribed = "Already subscribed";

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
      table_(settings.stale_after) {
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
    for (const auto& subscription : message.subscriptions) {
      table_.on_requested(subscription, message.id, now.mono);
    }
    out.emplace_back(action::Send{std::move(message.text)});
  }
}

void Session::on_frame(base::Now received, const exchange::Frame& frame) {
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
      ++counts_.acks;
      if (base::planted(base::PlantedBug::double_after_retry) && counts_.acks_overdue != 0) {
        ++counts_.acks;
      }
      if (frame.subscription) table_.on_accepted(*frame.subscription);
      break;
    case Kind::refused:
      on_refusal(frame);
      break;
    case Kind::trades:
    case Kind::quotes:
    case Kind::candles:
    case Kind::instruments:
    case Kind::books:
      on_items(received, frame);
      break;
    case Kind::heartbeat:
      if (base::planted(base::PlantedBug::heartbeat_clears_stale)) {
        for (const auto& entry : table_.entries()) {
          if (entry.state != SubscriptionState::stale) continue;
          table_.on_data(entry.subscription, 0, received.mono);
        }
      }
      break;
    case Kind::unsubscribed:
    case Kind::shutdown:
    case Kind::unsupported:
    case Kind::malformed:
      break;
  }
  if (breaker_.state() == BreakerState::half_open && table_.any_accepted()) breaker_.on_success();
}

void Session::on_refusal(const exchange::Frame& frame) {
  ++counts_.refusals;
  if (!frame.request_id) return;  // cannot be matched; the missing answer will be noticed
  if (frame.detail.starts_with(kAlreadySubscribed) && frame.symbol) {
    for (const auto& entry : table_.entries()) {
      if (entry.request_id == *frame.request_id && entry.subscription.symbol == *frame.symbol) {
        table_.on_accepted(entry.subscription);  // an answer got lost, the data flows
        return;
      }
    }
  }
  table_.on_refused(*frame.request_id, frame.symbol, frame.detail);
}

void Session::on_items(base::Now received, const exchange::Frame& frame) {
  using exchange::Channel;
  for (const auto& trade : frame.trades) {
    table_.on_data({.channel = frame.channel, .symbol = trade.symbol}, 1, received.mono);
  }
  for (const auto& quote : frame.quotes) {
    table_.on_data({.channel = Channel::spread, .symbol = quote.symbol}, 1, received.mono);
  }
  for (const auto& candle : frame.candles) {
    table_.on_data({.channel = Channel::ohlc,
                    .symbol = candle.symbol,
                    .interval_minutes = candle.interval_minutes},
                   1, received.mono);
  }
  for (const auto& book : frame.books) {
    table_.on_data({.channel = Channel::book, .symbol = book.symbol}, 1, received.mono);
  }
  if (frame.kind == exchange::FrameKind::instruments) {
    table_.on_data({.channel = Channel::instrument}, frame.instruments.size(), received.mono);
  }
}

void Session::on_closed(base::Now now, const runtime::Closed& closed) {
  const bool was_connected = state_ == LinkState::connected;
  if (was_connected) ++counts_.disconnections;
  if (was_connected && !closing_) note_health(now.mono);  // its timer may be as late as this
  table_.on_connection_lost();
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
  if (closed.http_status == 403 || closed.http_status == 429) {
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
  counts_.subscriptions_stale += table_.mark_stale(now.mono).size();
  note_health(now.mono);
  if (now.mono - heard_ >= settings_.link_timeout) {
    return disconnect("no frame within the link timeout", out);
  }
  if (now.mono >= next_ping_) {
    const std::uint64_t id = next_request_++;
    offset_.on_ping(id, now);
    out.emplace_back(action::Send{protocol_.ping(id)});
    next_ping_ = now.mono + settings_.ping_interval;
  }
  check_answers(now, out);
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
    out.emplace_back(action::Send{std::move(message.text)});
  }
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
  consider(first, next_ping_);
  return first;
}

}  // namespace tickwitness::feed
