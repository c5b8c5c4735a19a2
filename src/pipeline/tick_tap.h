// Where the core role shows each tick that it has handled. Who listens must not hold it up.
#pragma once

#include "pipeline/tick.h"

namespace tickwitness::pipeline {

class TickTap {
 public:
  virtual ~TickTap() = default;
  // On the core role's thread.
  virtual void on_tick(const Tick& tick) = 0;
};

}  // namespace tickwitness::pipeline
