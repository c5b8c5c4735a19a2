#include "feed/link.h"

#include <fmt/format.h>

#include <utility>

#include "base/planted.h"

namespace tickwitness::feed {

Link::Link(LinkContext& context, std::string name, runtime::Endpoint endpoint,
           const runtime::ChannelLimits& limits, const SessionSettings& settings,
           std::unique_ptr<exchange::Protocol> protocol, base::Prng random,
           std::vector<exchange::Subscription> wanted, LinkRole role)
    : context_(context),
      name_(std::move(name)),
      role_(std::move(role)),
      stream_(++context.last_stream),
      endpoint_(std::move(endpoint)),
      protocol_(std::move(protocol)),
      session_(settings, *protocol_, context.budget, random, std::move(wanted)),
      probe_(context.venue, name_, context.metrics, role_.in_service),
      limits_(limits),
      channel_limits_(limits),
      channel_(context.channels.make(limits)),
      timer_(context.executor.make_timer()),
      split_(context.venue, context.metrics) {
  if (context.tap != nullptr) {
    tap_stream_ = context.tap->stream(
        context.venue, role_.tap_name.empty() ? name_ : role_.tap_name, to_string(endpoint_));
  }
  probe_.observe(session_, context_.executor.clock().now().mono);
}

void Link::start() {
  session_.start(context_.executor.clock().now(), actions_);
  perform();
}

void Link::finish(std::function<void()> on_ended) {
  const bool open =
      session_.state() == LinkState::connected || session_.state() == LinkState::connecting;
  session_.finish();
  perform();
  if (open) {
    on_stopped_ = std::move(on_ended);
  } else {
    on_ended();
  }
}

void Link::stop(std::function<void()> on_stopped) {
  const bool open =
      session_.state() == LinkState::connected || session_.state() == LinkState::connecting;
  const bool up = session_.state() == LinkState::connected;
  session_.stop(context_.executor.clock().now(), actions_);
  if (up) probe_.on_closed(runtime::CloseReason::local, true);
  if (open) {
    on_stopped_ = std::move(on_stopped);
    perform();
  } else {
    timer_->cancel();
    on_stopped();
  }
}

void Link::retire(std::function<void()> on_stopped) {
  observe(context_.executor.clock().now().mono);  // what was counted since the last turn
  probe_.retire();
  retired_ = true;
  stop(std::move(on_stopped));
}

void Link::succeed(Link& predecessor) {
  probe_.sync(session_);
  session_.succeed(predecessor.session_);
  for (const auto& entry : session_.subscriptions().entries()) {
    const bool granted = entry.answered && entry.state != SubscriptionState::refused;
    if (granted) context_.intake.on_stream_joined(entry.subscription, stream_);
  }
  predecessor.role_.in_service = false;
  role_.in_service = true;
  silent_reported_ = session_.subscriptions().times_stale();
  refusals_reported_ = session_.counts().refusals;
  breaker_reported_ = session_.breaker().state();
  probe_.serve(session_, context_.executor.clock().now().mono);
  perform();  // its deadlines may be others now
}

void Link::open() {
  if (channel_limits_ != limits_) {
    channel_ = context_.channels.make(limits_);
    channel_limits_ = limits_;
  }
  tell(LinkEvent::What::connecting, endpoint_.host);
  channel_->open(endpoint_,
                 {.on_open =
                      [this](base::Now now) {
                        up_ = true;
                        opened_at_ = now.mono;
                        tap_open_ = context_.tap != nullptr;
                        if (tap_open_) context_.tap->on_open(tap_stream_, now);
                        session_.on_open(now, actions_);
                        tell(LinkEvent::What::connected, endpoint_.host);
                        perform();
                        changed(LinkChange::opened);
                      },
                  .on_message = [this](base::Now received,
                                       std::string_view text) { on_message(received, text); },
                  .on_closed = [this](base::Now now,
                                      const runtime::Closed& closed) { on_closed(now, closed); }});
}

void Link::on_message(base::Now received, std::string_view text) {
  if (context_.tap != nullptr) context_.tap->on_frame(tap_stream_, received, text);
  protocol_->decode(text, frame_);
  if (base::planted(base::PlantedBug::lost_at_reconnect) && frame_.snapshot &&
      frame_.kind == exchange::FrameKind::trades && session_.counts().reconnects != 0) {
    return;
  }
  context_.intake.on_frame(received, frame_, text.size(), stream_);
  context_.witness.on_frame(received, frame_);
  session_.on_frame(received, frame_, actions_);
  split_.on_frame(received.wall, frame_, clock(received));
  split_.on_handled(context_.executor.clock().now().mono - received.mono);
  context_.turn_done();
  using Kind = exchange::FrameKind;
  if (frame_.kind == Kind::status) context_.on_venue(frame_.venue_status);
  const bool data = frame_.kind == Kind::trades || frame_.kind == Kind::quotes ||
                    frame_.kind == Kind::candles || frame_.kind == Kind::books ||
                    frame_.kind == Kind::heartbeat;
  if (!data) perform();  // market data only moves deadlines later
  if (frame_.kind == Kind::shutdown) changed(LinkChange::announced);
}

void Link::on_closed(base::Now now, const runtime::Closed& closed) {
  std::string why = fmt::format("{}{}{}", to_string(closed.reason),
                                closed.detail.empty() ? "" : ": ", closed.detail);
  if (closed.http_status == 403 || closed.http_status == 451) {
    why += fmt::format("; {}: tickwitness check --online tells more",
                       closed.http_status == 451
                           ? "the exchange does not serve the place this machine is in"
                           : "the exchange forbids it, its edge may distrust this address");
  }
  if (std::exchange(tap_open_, false)) context_.tap->on_closed(tap_stream_, now, why);
  const bool stopping = session_.state() == LinkState::stopped;  // then stop() has counted it
  const bool was_connected = session_.state() == LinkState::connected;
  if (std::exchange(up_, false) && (was_connected || retired_)) {
    for (const auto& entry : session_.subscriptions().entries()) {
      context_.intake.on_stream_lost(now, entry.subscription, stream_);
    }
  }
  session_.on_closed(now, closed);
  if (!stopping) probe_.on_closed(closed.reason, was_connected);
  if (role_.in_service || !stopping) tell(LinkEvent::What::closed, why);
  perform();
  changed(LinkChange::closed);
  if (on_stopped_) std::exchange(on_stopped_, nullptr)();
}

void Link::tell(LinkEvent::What what, std::string detail) const {
  context_.on_event({what, role_.in_service ? name_ : name_ + " (successor)", std::move(detail)});
}

void Link::perform() {
  // An action may call back into the session and so add actions; the list is taken before it is
  // run.
  while (!actions_.empty()) {
    for (auto& act : std::exchange(actions_, {})) perform(act);
  }
  probe_.sync(session_);
  report();
  if (const auto deadline = session_.deadline()) {
    timer_->arm(*deadline, [this] {
      session_.on_time(context_.executor.clock().now(), actions_);
      perform();
    });
  } else {
    timer_->cancel();
  }
}

void Link::perform(Action& act) {
  if (std::holds_alternative<action::Connect>(act)) {
    open();
  } else if (auto* send = std::get_if<action::Send>(&act)) {
    channel_->send(std::move(send->text));
  } else if (std::holds_alternative<action::Disconnect>(act)) {
    channel_->close();
  } else if (const auto* question = std::get_if<action::Witness>(&act)) {
    ask_witness(question->subscription);
  } else if (const auto* renewed = std::get_if<action::Renew>(&act)) {
    context_.intake.on_stream_lost(context_.executor.clock().now(), renewed->subscription, stream_);
  } else if (const auto* found = std::get_if<action::Found>(&act)) {
    probe_.on_found(found->after);
    tell(LinkEvent::What::zombie,
         fmt::format("{} {}", stream_name(found->subscription), found->subscription.symbol.str()));
  }
}

void Link::ask_witness(const exchange::Subscription& subscription) {
  context_.witness.ask(subscription, [self = std::weak_ptr(self_), subscription](Verdict verdict) {
    const auto alive = self.lock();
    if (!alive) return;
    Link& link = **alive;
    link.probe_.on_verdict(verdict);
    link.session_.on_witness(link.context_.executor.clock().now(), subscription, verdict,
                             link.actions_);
    link.perform();
  });
}

void Link::on_venue(exchange::VenueStatus status) {
  session_.on_venue(context_.executor.clock().now(), status);
}

void Link::report() {
  if (session_.subscriptions().times_stale() != silent_reported_) {
    silent_reported_ = session_.subscriptions().times_stale();
    std::string names;
    for (const auto& entry : session_.subscriptions().entries()) {
      if (!entry.overlong) continue;
      names += fmt::format("{}{} {}", names.empty() ? "" : ", ", stream_name(entry.subscription),
                           entry.subscription.symbol.str());
    }
    tell(LinkEvent::What::silent, names);
  }
  if (session_.counts().refusals != refusals_reported_) {
    refusals_reported_ = session_.counts().refusals;
    tell(LinkEvent::What::refused, frame_.detail);
  }
  const CircuitBreaker& breaker = session_.breaker();
  if (breaker.state() != breaker_reported_) {
    breaker_reported_ = breaker.state();
    tell(LinkEvent::What::breaker,
         fmt::format("{}: {}", to_string(breaker.state()), breaker.reason()));
  }
}

void Link::renew(const exchange::Subscription& subscription) {
  session_.renew(context_.executor.clock().now(), subscription, actions_);
  perform();
}

void Link::set_wanted(std::vector<exchange::Subscription> wanted) {
  const base::Now now = context_.executor.clock().now();
  observe(now.mono);  // the counts of what is removed go with it
  session_.set_wanted(now, std::move(wanted), actions_);
  observe(now.mono);
  perform();
}

void Link::set_settings(const SessionSettings& settings, const runtime::ChannelLimits& limits) {
  limits_ = limits;
  session_.set_settings(settings);
  perform();
}

void Link::observe(base::Instant now) {
  probe_.observe(session_, now);
}

ConnectionStatus Link::status() const {
  const CircuitBreaker& breaker = session_.breaker();
  return {.name = name_,
          .state = session_.state(),
          .last_frame = session_.last_frame(),
          .next_attempt = session_.next_attempt(),
          .counts = session_.counts(),
          .breaker = {.state = breaker.state(),
                      .trips = breaker.trips(),
                      .last_trip = breaker.last_trip(),
                      .open_until = breaker.open_until(),
                      .reason = breaker.reason()}};
}

void Link::append_subscriptions(std::vector<SubscriptionStatus>& out) const {
  const SubscriptionTable& table = session_.subscriptions();
  for (const auto& entry : table.entries()) {
    const base::Duration limit = table.stale_after(entry);
    out.push_back(
        {.symbol = std::string(entry.subscription.symbol.str()),
         .stream = stream_name(entry.subscription),
         .connection = name_,
         .state = entry.state,
         // While it is renewed it is wanted and known.
         .answered = entry.answered || entry.state == SubscriptionState::healing,
         .last_data = entry.last_data,
         .stale_after = limit == base::Duration::max() ? std::nullopt : std::optional(limit),
         .threshold = limit == base::Duration::max() ? std::nullopt
                                                     : std::optional(table.suspicious_after(entry)),
         .events = entry.events,
         .refusal = entry.refusal});
  }
}

}  // namespace tickwitness::feed
