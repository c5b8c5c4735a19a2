// Where the core role shows what it has handled, and what changed in the gap ledger. Who listens
// must not hold it up.
#pragma once

#include "pipeline/gap_entry.h"
#include "pipeline/tick.h"

namespace tickwitness::pipeline {

// On the core role's thread.
class RecordTap {
 public:
  virtual ~RecordTap() = default;
  virtual void on_tick(const Tick& tick) = 0;
  // False: there is no room now; it is to be shown again.
  virtual bool on_gap(const GapEntry& gap) = 0;
};

}  // namespace tickwitness::pipeline
