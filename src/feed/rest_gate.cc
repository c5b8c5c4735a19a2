#include "feed/rest_gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tickwitness::feed {
namespace {

using exchange::RestFailure;
using exchange::RestProblem;

constexpr base::Duration kMinute = std::chrono::minutes(1);
constexpr base::Duration kUnavailableFirst = std::chrono::seconds(1);
constexpr base::Duration kPauseLongest = std::chrono::hours(72);  // Binance's longest ban

}  // namespace

RestGateSettings rest_settings(market::Venue venue) {
  RestGateSettings settings;
  switch (venue) {
    case market::Venue::kraken:
      break;
    case market::Venue::binance:
    case market::Venue::binance_us:
      // Weights are the limit there; each request still makes a connection.
      settings.interval = base::Duration::zero();
      settings.venue_interval = std::chrono::milliseconds(100);
      settings.weight_per_minute = venue == market::Venue::binance ? 6000 : 1200;
      break;
  }
  return settings;
}

base::Instant RestGate::Pace::earliest(base::Duration interval, std::uint32_t burst) const {
  if (repaid == base::Instant::min()) return repaid;
  return repaid - interval * (std::max(burst, 1U) - 1);
}

void RestGate::Pace::take(base::Instant now, base::Duration interval) {
  repaid = std::max(repaid, now) + interval;
}

double RestGate::Pace::left(base::Instant now, base::Duration interval, std::uint32_t burst) const {
  const double whole = base::seconds(interval) * std::max(burst, 1U);
  if (whole <= 0 || repaid <= now) return 1;
  return std::max(0.0, 1 - base::seconds(repaid - now) / whole);
}

RestGate::Pace& RestGate::own_pace(const exchange::RestRequest& request) {
  return request.endpoint == exchange::RestEndpoint::trades ? trades_pace_[request.symbol]
                                                            : general_pace_;
}

std::uint64_t RestGate::weight_budget() const {
  const std::uint64_t share = std::uint64_t{settings_.weight_per_minute} * settings_.weight_percent;
  return std::max<std::uint64_t>(1, share / 100);
}

std::uint64_t RestGate::weight_used(base::Instant now) const {
  std::uint64_t used = foreign_.until > now ? foreign_.weight : 0;
  for (const Spent& spent : spent_)
    if (spent.until > now) used += spent.weight;
  return used;
}

// When so much of what was used is a minute old that `weight` fits, or that nothing is left: what
// weighs more than our share goes alone.
base::Instant RestGate::weight_allows(std::uint32_t weight) const {
  base::Instant at = base::Instant::min();
  if (settings_.weight_per_minute == 0) return at;
  std::uint64_t used = foreign_.weight;
  for (const Spent& spent : spent_) used += spent.weight;
  std::size_t next = 0;
  bool foreign_counts = foreign_.weight > 0;
  while (used > 0 && used + weight > weight_budget()) {
    const bool foreign_first =
        foreign_counts && (next == spent_.size() || foreign_.until <= spent_[next].until);
    const Spent& released = foreign_first ? foreign_ : spent_[next];
    if (foreign_first) {
      foreign_counts = false;
    } else {
      ++next;
    }
    used -= released.weight;
    at = released.until;
  }
  return at;
}

base::Instant RestGate::earliest(const Waiting& waiting) const {
  base::Instant at = std::max(
      paused_until_, venue_pace_.earliest(settings_.venue_interval, settings_.venue_burst));
  const Pace* own = &general_pace_;
  if (waiting.request.endpoint == exchange::RestEndpoint::trades) {
    const auto found = trades_pace_.find(waiting.request.symbol);
    own = found == trades_pace_.end() ? nullptr : &found->second;
  }
  if (own != nullptr) at = std::max(at, own->earliest(settings_.interval, settings_.burst));
  return std::max(at, weight_allows(waiting.request.weight));
}

std::optional<std::uint64_t> RestGate::ask(base::Instant now, exchange::RestRequest request,
                                           RestPriority priority) {
  if (waiting_.size() >= settings_.waiting_max) return std::nullopt;
  const auto place = std::ranges::find_if(
      waiting_, [&](const Waiting& waiting) { return waiting.priority < priority; });
  const std::uint64_t id = next_id_++;
  waiting_.insert(place,
                  {.id = id, .priority = priority, .since = now, .request = std::move(request)});
  return id;
}

void RestGate::pause(base::Instant now, const RestFailure& failure) {
  base::Duration length{};
  switch (failure.problem) {
    case RestProblem::rate_limited:
    case RestProblem::network:
    case RestProblem::unavailable: {
      const base::Duration first =
          failure.problem == RestProblem::rate_limited ? settings_.pause_first : kUnavailableFirst;
      // Requests that were under way together tell the same once.
      if (now >= paused_until_ && pauses_ < 16) ++pauses_;
      length = std::min(first * (1U << (std::max(pauses_, 1U) - 1)), settings_.pause_max);
      break;
    }
    case RestProblem::banned:
    case RestProblem::location:
    case RestProblem::forbidden:
      length = settings_.ban_pause;
      break;
    default:  // the venue answered, the question was wrong
      pauses_ = 0;
      return;
  }
  // The longer one of ours and the venue's.
  if (failure.retry_after) length = std::max(length, std::min(*failure.retry_after, kPauseLongest));
  if (now + length <= paused_until_) return;
  paused_until_ = now + length;
  pause_why_ = failure.detail;
  pause_problem_ = failure.problem;
}

void RestGate::on_done(base::Instant now, std::uint64_t id,
                       const std::optional<RestFailure>& failure,
                       std::optional<std::uint64_t> used_weight) {
  if (std::erase_if(in_flight_, [&](const InFlight& entry) { return entry.id == id; }) == 0) return;
  forget(now);
  if (used_weight && settings_.weight_per_minute > 0) {
    foreign_ = {};
    const std::uint64_t ours = weight_used(now);
    if (*used_weight > ours) foreign_ = {.until = now + kMinute, .weight = *used_weight - ours};
  }
  if (failure) {
    pause(now, *failure);
  } else {
    pauses_ = 0;
  }
}

void RestGate::forget(base::Instant now) {
  while (!spent_.empty() && spent_.front().until <= now) spent_.pop_front();
  if (foreign_.until <= now) foreign_ = {};
  if (trades_pace_.size() > settings_.waiting_max)
    std::erase_if(trades_pace_, [&](const auto& entry) { return entry.second.repaid <= now; });
}

RestFailure RestGate::waited_in_vain(base::Instant now) const {
  const bool paused = paused_until_ > now;
  RestFailure failure{
      .problem = paused ? pause_problem_ : RestProblem::rate_limited,
      .detail = fmt::format("not asked within {:g} s: {}", base::seconds(settings_.wait_max),
                            paused ? pause_why_ : "too much else was to be asked"),
      .retry_after = {}};
  if (paused) failure.retry_after = paused_until_ - now;
  return failure;
}

void RestGate::start(base::Instant now, std::size_t index, std::vector<RestAction>& out) {
  const auto place = waiting_.begin() + static_cast<std::ptrdiff_t>(index);
  venue_pace_.take(now, settings_.venue_interval);
  own_pace(place->request).take(now, settings_.interval);
  if (settings_.weight_per_minute > 0)
    spent_.push_back({.until = now + kMinute, .weight = place->request.weight});
  in_flight_.push_back({.id = place->id, .answer_by = now + settings_.answer_within});
  out.emplace_back(rest_action::Start{.id = place->id, .request = std::move(place->request)});
  waiting_.erase(place);
}

void RestGate::on_time(base::Instant now, std::vector<RestAction>& out) {
  std::erase_if(in_flight_, [&](const InFlight& entry) {
    if (entry.answer_by > now) return false;
    const RestFailure failure{
        .problem = RestProblem::network,
        .detail = fmt::format("no answer within {:g} s", base::seconds(settings_.answer_within)),
        .retry_after = {}};
    pause(now, failure);
    out.emplace_back(rest_action::GiveUp{.id = entry.id, .failure = failure, .was_sent = true});
    return true;
  });
  std::erase_if(waiting_, [&](const Waiting& waiting) {
    if (waiting.since + settings_.wait_max > now) return false;
    out.emplace_back(
        rest_action::GiveUp{.id = waiting.id, .failure = waited_in_vain(now), .was_sent = false});
    return true;
  });
  forget(now);
  for (std::size_t i = 0; i < waiting_.size() && in_flight_.size() < settings_.in_flight_max;) {
    if (earliest(waiting_[i]) > now) {
      ++i;
    } else {
      start(now, i, out);
    }
  }
}

std::optional<base::Instant> RestGate::deadline() const {
  std::optional<base::Instant> next;
  const auto by = [&](base::Instant at) { next = next ? std::min(*next, at) : at; };
  for (const InFlight& entry : in_flight_) by(entry.answer_by);
  for (const Waiting& waiting : waiting_) {
    by(waiting.since + settings_.wait_max);
    if (in_flight_.size() < settings_.in_flight_max) by(earliest(waiting));
  }
  return next;
}

double RestGate::allowance(base::Instant now) const {
  if (paused_until_ > now) return 0;
  double left = std::min(venue_pace_.left(now, settings_.venue_interval, settings_.venue_burst),
                         general_pace_.left(now, settings_.interval, settings_.burst));
  if (settings_.weight_per_minute > 0) {
    const double used = static_cast<double>(weight_used(now));
    left = std::min(left, std::max(0.0, 1 - used / static_cast<double>(weight_budget())));
  }
  return left;
}

}  // namespace tickwitness::feed
