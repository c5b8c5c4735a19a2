// Which faults are to come, which are on and until when, and which wait for something to hit.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "base/time.h"
#include "sim/exchange/fault.h"

namespace tickwitness::sim {

class FaultTimeline {
 public:
  // Those that come at a moment after `start`, in any order.
  FaultTimeline(const std::vector<Fault>& faults, base::Instant start);

  // Instant::max() when none begins or ends any more. A host that stands still commits nothing:
  // what falls due while `hang` is on comes afterwards.
  base::Instant next_begin() const;
  base::Instant next_end() const;

  // What begins or ends at that moment, which there is.
  Fault take_begin() { return faults_[done_++]; }
  FaultKind take_end();

  // It is on until then, or longer if it was already.
  void last(FaultKind kind, base::Instant until);
  bool is_on(FaultKind kind) const { return lasting_.contains(kind); }
  // The moment of its end counts, not when that was carried out.
  bool is_on(FaultKind kind, base::Instant now) const;
  // Of one that is on.
  base::Instant end_of(FaultKind kind) const { return lasting_.at(kind); }
  base::Instant hung_until() const { return hung_until_; }

  void wait(const Fault& fault) { waiting_.insert_or_assign(fault.kind, fault); }
  bool waits(FaultKind kind) const { return waiting_.contains(kind); }
  const std::map<FaultKind, Fault>& waiting() const { return waiting_; }
  void has_hit(FaultKind kind) { waiting_.erase(kind); }

  // None comes any more.
  void skip_rest() { done_ = faults_.size(); }
  // None comes or waits any more; gives those that were on, which are over.
  std::map<FaultKind, base::Instant> cancel();
  bool over() const { return done_ == faults_.size() && waiting_.empty() && lasting_.empty(); }

 private:
  std::vector<Fault> faults_;  // in the order of time
  base::Instant start_;
  std::size_t done_ = 0;
  std::map<FaultKind, Fault> waiting_;
  std::map<FaultKind, base::Instant> lasting_;
  base::Instant hung_until_ = base::Instant::min();
};

}  // namespace tickwitness::sim
