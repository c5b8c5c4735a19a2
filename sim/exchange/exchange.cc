#include "sim/exchange/exchange.h"

#include <algorithm>
#include <utility>

namespace tickwitness::sim {
namespace {

constexpr std::uint64_t kDiceSeed = 0xFA17'FA17'FA17'FA17ULL;

base::Duration total_skew(const Settings& settings) {
  base::Duration skew = settings.skew;
  for (const Fault& fault : settings.faults)
    if (fault.kind == FaultKind::skew) skew += fault.amount;
  return skew;
}

// Without those that are in force from the start.
std::vector<Fault> timed(std::vector<Fault> faults) {
  std::erase_if(faults, [](const Fault& fault) {
    return fault.kind == FaultKind::skew || fault.kind == FaultKind::refuse_subscription;
  });
  return faults;
}

}  // namespace

base::Instant end_of(const Fault& fault, base::Instant moment) {
  const base::Duration length = length_of(fault);
  return length == base::Duration::max() ? base::Instant::max() : moment + length;
}

Exchange::Exchange(Settings settings, base::Now start)
    : settings_(std::move(settings)),
      start_(start.mono),
      clock_(start, total_skew(settings_)),
      prng_(settings_.seed),
      feed_(settings_, prng_.split(), clock_, start.mono),
      attempts_(settings_.connections),
      faults_(timed(settings_.faults), start.mono),
      dice_(settings_.seed ^ kDiceSeed) {
  for (std::size_t i = 0; i < settings_.pairs.size(); ++i) {
    const PairSettings& pair = settings_.pairs[i];
    PairTruth& truth = truth_.pairs.emplace_back();
    truth.symbol = pair.symbol;
    truth.last_price = {feed_.tape(i).trades().back().fill.price, pair.price_precision};
    truth.trade_latencies = Latencies(settings_.latency_samples_max);
    truth.quote_latencies = Latencies(settings_.latency_samples_max);
  }
  for (const Fault& fault : settings_.faults) {
    if (fault.kind == FaultKind::skew)
      note(fault.kind, start, to_string(fault), base::Instant::max());
    if (fault.kind == FaultKind::refuse_subscription)
      faults_.last(fault.kind, base::Instant::max());
  }
}

std::vector<TradeRecord> Exchange::trades_between(std::size_t pair, base::WallTime from,
                                                  base::WallTime to) const {
  const auto time = [](const TradeRecord& record) { return record.fill.time; };
  const std::deque<TradeRecord>& all = trades(pair);
  return {std::ranges::lower_bound(all, from, {}, time),
          std::ranges::upper_bound(all, to, {}, time)};
}

Exchange::Admission Exchange::on_attempt(std::string_view target, base::Now now) {
  Admission admission = Admission::accept;
  if (unreachable(now.mono)) {
    admission = Admission::refuse;
  } else if (!attempts_.allow(now.mono)) {
    admission = Admission::too_many;
  } else if (!knows(target)) {
    admission = Admission::bad_target;
  }
  if (admission != Admission::accept) ++truth_.connections_refused;
  return admission;
}

bool Exchange::unreachable(base::Instant now) const {
  return shut_down_ || faults_.is_on(FaultKind::down, now) || faults_.is_on(FaultKind::hang, now);
}

HttpReply Exchange::on_http(std::string_view method, std::string_view target, base::Now now) {
  clock_.observe(now);
  if (unreachable(now.mono))
    return {503, "text/html", "<html><body>Service Unavailable</body></html>"};
  if (auto reply = spoiled_reply(now)) return *std::move(reply);
  return serve_rest(method, target, now);
}

void Exchange::heal(base::Now now, Actions& actions) {
  step(now, actions);
  forget_zombies();
  for (FiredFault& fault : truth_.faults) fault.until = std::min(fault.until, now.mono);
  // All of them are over before the first has an after-effect.
  for (const auto& [kind, until] : faults_.cancel()) after(kind, now.mono, now, actions);
  clock_.end_skew();
}

void Exchange::note(FaultKind kind, base::Now now, std::string detail, base::Instant until) {
  truth_.faults.push_back({kind, now.mono, std::move(detail), until});
}

HttpReply Exchange::spoil(std::string_view name, HttpReply reply) {
  ++truth_.rest_requests;
  ++truth_.rest_errors[std::string(name)];
  return reply;
}

}  // namespace tickwitness::sim
