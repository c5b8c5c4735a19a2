#include "sim/exchange/truth.h"

#include <algorithm>

namespace tickwitness::sim {

std::string_view to_string(SentKind kind) {
  static constexpr std::array<std::string_view, kSentKinds> kNames{
      "status",  "heartbeat",     "pong",      "subscribed", "unsubscribed",
      "refused", "rate_exceeded", "trade",     "ticker",     "ohlc",
      "book",    "instrument",    "malformed", "aggregate",  "shutdown"};
  return kNames[static_cast<std::size_t>(kind)];
}

void Latencies::add(LatencySample sample) {
  ++count_;
  if (sample.latency < base::Duration::zero()) ++negative_;
  if (samples_max_ == 0) return;
  if (samples_.size() < samples_max_) {
    samples_.push_back(sample);
  } else {
    samples_[oldest_] = sample;
    oldest_ = (oldest_ + 1) % samples_max_;
  }
}

std::optional<base::Duration> Latencies::quantile(double q, base::Instant since) const {
  std::vector<base::Duration> recent;
  for (const LatencySample& sample : samples_)
    if (sample.sent >= since) recent.push_back(sample.latency);
  if (recent.empty()) return std::nullopt;
  const auto rank = static_cast<std::size_t>(q * static_cast<double>(recent.size()));
  const auto nth = recent.begin() + static_cast<std::ptrdiff_t>(std::min(rank, recent.size() - 1));
  std::ranges::nth_element(recent, nth);
  return *nth;
}

std::uint64_t Truth::frames_total() const {
  std::uint64_t total = 0;
  for (const std::uint64_t count : frames) total += count;
  return total;
}

const PairTruth* Truth::find(std::string_view symbol) const {
  const auto found = std::ranges::find(pairs, symbol, &PairTruth::symbol);
  return found == pairs.end() ? nullptr : &*found;
}

bool Truth::fired(FaultKind kind) const {
  return std::ranges::find(faults, kind, &FiredFault::kind) != faults.end();
}

}  // namespace tickwitness::sim
