#include "feed/link_probe.h"

#include <algorithm>
#include <utility>

#include "feed/labels.h"

namespace tickwitness::feed {
namespace {

void carry(telemetry::Counter& counter, std::uint64_t& seen, std::uint64_t now) {
  if (now == seen) return;
  if (now < seen) seen = 0;  // it was removed and is wanted again: its count began anew
  counter.add(now - seen);
  seen = now;
}

}  // namespace

LinkProbe::LinkProbe(market::Venue venue, const std::string& connection,
                     telemetry::Catalog& metrics, bool in_service)
    : LinkProbe(label_of(venue), telemetry::label::Connection{connection}, metrics, in_service) {}

LinkProbe::LinkProbe(telemetry::label::Exchange exchange, telemetry::label::Connection name,
                     telemetry::Catalog& metrics, bool in_service)
    : exchange_(exchange),
      name_(name.text),
      metrics_(metrics),
      attempts_(metrics.feed_connection_attempts.at(exchange, name)),
      reconnect_attempts_(metrics.feed_reconnect_attempts.at(exchange, name)),
      reconnects_(metrics.feed_reconnects.at(exchange, name)),
      acks_(metrics.feed_acks.at(exchange)),
      refusals_(metrics.feed_refusals.at(exchange)),
      overdue_(metrics.feed_acks_overdue.at(exchange)),
      dropped_(metrics.feed_frames_late.at(exchange)),
      trips_(metrics.breaker_trips.at(exchange, name)),
      connected_(metrics.feed_connected.at(exchange, name)),
      last_frame_age_(metrics.feed_last_frame_age_seconds.at(exchange, name)),
      last_trip_(metrics.breaker_last_trip_timestamp_seconds.at(exchange, name)),
      breaker_state_(metrics.breaker_state.at(exchange, name)),
      rtt_(metrics.feed_rtt_seconds.at(exchange)),
      detection_(metrics.feed_detection_seconds.at(exchange)),
      heals_{metrics.feed_subscription_heals.at(exchange, label_of(HealResult::healed)),
             metrics.feed_subscription_heals.at(exchange, label_of(HealResult::silent)),
             metrics.feed_subscription_heals.at(exchange, label_of(HealResult::refused)),
             metrics.feed_subscription_heals.at(exchange, label_of(HealResult::lost))},
      in_service_(in_service) {
  if (in_service_) connected_.set(0);
  // There from the start, at 0: the first of them must show in an increase().
  for (const auto reason : {runtime::CloseReason::remote, runtime::CloseReason::reset}) {
    metrics.feed_disconnections.at(exchange, name, label_of(reason));
  }
  for (const auto reason : {runtime::CloseReason::refused, runtime::CloseReason::timeout}) {
    metrics.feed_connection_failures.at(exchange, name, label_of(reason));
  }
}

void LinkProbe::sync(const Session& session) {
  const SessionCounts& counts = session.counts();
  carry(attempts_, seen_.attempts, counts.attempts);
  carry(reconnect_attempts_, seen_.reconnect_attempts, counts.reconnect_attempts);
  carry(reconnects_, seen_.reconnects, counts.reconnects);
  carry(acks_, seen_.acks, counts.acks);
  carry(refusals_, seen_.refusals, counts.refusals);
  carry(overdue_, seen_.acks_overdue, counts.acks_overdue);
  carry(dropped_, seen_.frames_late, counts.frames_late);
  for (std::size_t i = 0; i < heals_.size(); ++i) {
    carry(heals_[i], heals_seen_[i], session.subscriptions().heals()[i]);
  }
  if (!in_service_) return;  // what ends or begins is counted, and has no state
  const CircuitBreaker& breaker = session.breaker();
  carry(trips_, trips_seen_, breaker.trips());
  connected_.set(session.state() == LinkState::connected ? 1 : 0);
  breaker_state_.set(label_of(breaker.state()));
  if (breaker.last_trip()) last_trip_.set(base::seconds(breaker.last_trip()->time_since_epoch()));
  if (const auto& sample = session.clock_offset().last();
      sample && session.clock_offset().samples() != pongs_seen_) {
    pongs_seen_ = session.clock_offset().samples();
    rtt_.observe(sample->round_trip);
  }
}

void LinkProbe::on_verdict(Verdict verdict) {
  metrics_.feed_witness_checks.at(exchange_, label_of(verdict)).inc();
}

void LinkProbe::on_closed(runtime::CloseReason reason, bool was_connected) {
  if (was_connected) {
    metrics_.feed_disconnections
        .at(exchange_, telemetry::label::Connection{name_}, label_of(reason))
        .inc();
  } else {
    metrics_.feed_connection_failures
        .at(exchange_, telemetry::label::Connection{name_}, label_of(reason))
        .inc();
  }
}

LinkProbe::Stream& LinkProbe::stream(const exchange::Subscription& subscription) {
  const auto found = std::ranges::find(streams_, subscription, &Stream::subscription);
  if (found != streams_.end()) return *found;
  const telemetry::label::Symbol symbol{subscription.symbol.str()};
  const std::string words =
      stream_name(subscription);  // outlives the label, which only looks at it
  const telemetry::label::Stream name{words};
  streams_.push_back(
      {.subscription = subscription,
       .state = metrics_.feed_subscription_state.at(exchange_, symbol, name),
       .age = metrics_.feed_subscription_age_seconds.at(exchange_, symbol, name),
       .threshold = metrics_.feed_subscription_threshold_seconds.at(exchange_, symbol, name),
       .stale = metrics_.feed_subscription_stale.at(exchange_, symbol, name)});
  return streams_.back();
}

void LinkProbe::observe(const Session& session, base::Instant now) {
  sync(session);
  if (!in_service_) return;
  if (const auto last = session.last_frame()) last_frame_age_.set(base::seconds(now - *last));
  for (auto& stream : streams_) stream.wanted = false;
  for (const auto& entry : session.subscriptions().entries()) {
    Stream& s = stream(entry.subscription);
    s.wanted = true;
    s.state.set(label_of(entry.state));
    if (entry.last_data) s.age.set(base::seconds(now - *entry.last_data));
    const base::Duration threshold = session.subscriptions().suspicious_after(entry);
    if (threshold != base::Duration::max()) s.threshold.set(base::seconds(threshold));
    carry(s.stale, s.stale_seen, entry.times_stale);
  }
  std::erase_if(streams_, [](const Stream& stream) {
    if (stream.wanted) return false;
    stream.state.clear();  // no longer subscribed: nothing to say
    stream.age.clear();
    stream.threshold.clear();
    return true;
  });
}

void LinkProbe::serve(const Session& session, base::Instant now) {
  in_service_ = true;
  seen_ = session.counts();
  heals_seen_ = session.subscriptions().heals();
  trips_seen_ = session.breaker().trips();
  for (const auto& entry : session.subscriptions().entries()) {
    stream(entry.subscription).stale_seen = entry.times_stale;
  }
  observe(session, now);
}

void LinkProbe::retire() {
  if (!std::exchange(in_service_, false)) return;
  connected_.clear();
  last_frame_age_.clear();
  breaker_state_.clear();
  for (const auto& stream : streams_) {
    stream.state.clear();
    stream.age.clear();
    stream.threshold.clear();
  }
  streams_.clear();
}

}  // namespace tickwitness::feed
