#include "sim/exchange/fault_timeline.h"

#include <algorithm>

namespace tickwitness::sim {

FaultTimeline::FaultTimeline(const std::vector<Fault>& faults, base::Instant start)
    : start_(start) {
  for (const Fault& fault : faults)
    faults_.insert(std::ranges::upper_bound(faults_, fault.at, {}, &Fault::at), fault);
}

base::Instant FaultTimeline::next_begin() const {
  if (done_ == faults_.size()) return base::Instant::max();
  return std::max(start_ + faults_[done_].at, hung_until_);
}

base::Instant FaultTimeline::next_end() const {
  base::Instant next = base::Instant::max();
  for (const auto& [kind, until] : lasting_) next = std::min(next, until);
  return next;
}

FaultKind FaultTimeline::take_end() {
  const auto first =
      std::ranges::min_element(lasting_, {}, [](const auto& on) { return on.second; });
  const FaultKind kind = first->first;
  lasting_.erase(first);
  return kind;
}

void FaultTimeline::last(FaultKind kind, base::Instant until) {
  base::Instant& end = lasting_.emplace(kind, until).first->second;
  end = std::max(end, until);
  if (kind == FaultKind::hang) hung_until_ = end;
}

bool FaultTimeline::is_on(FaultKind kind, base::Instant now) const {
  const auto found = lasting_.find(kind);
  return found != lasting_.end() && now < found->second;
}

std::map<FaultKind, base::Instant> FaultTimeline::cancel() {
  skip_rest();
  waiting_.clear();
  hung_until_ = base::Instant::min();
  return std::exchange(lasting_, {});
}

}  // namespace tickwitness::sim
