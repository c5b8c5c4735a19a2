// What lies between the place where the record is kept and the engine.
#pragma once

#include "base/time.h"

namespace tickwitness::sim {

// The default is none: the record is kept at the engine's end of the wire. With another, as where
// the exchange's end keeps it, checkers judge at rest only: what is on its way is in the record
// already.
struct Way {
  base::Duration takes{};  // on average, at most
  bool lossy = false;      // what was recorded may not have come through
};

}  // namespace tickwitness::sim
