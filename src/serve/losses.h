// What is missing from what the venues sent, in three figures: for the event stream. Pure.
#pragma once

#include <optional>

#include "serve/status.h"

namespace tickwitness::serve {

struct Losses {
  std::size_t gaps_open = 0;           // open or being filled
  std::optional<double> completeness;  // the lowest of any market on the UTC day of `now`
  std::size_t books_quarantined = 0;
};
Losses losses(const EngineStatus& status, base::WallTime now);

}  // namespace tickwitness::serve
