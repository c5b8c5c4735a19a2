// An entry of the gap ledger as it is kept: words instead of enumerations, so that what was written
// by one version can be read by another, and by people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "market/symbol.h"
#include "market/venue.h"

namespace tickwitness::pipeline {

// What feed/gap_ledger.h calls a Gap; it says what each field means.
struct GapEntry {
  std::uint64_t id = 0;
  market::Venue venue = market::Venue::kraken;
  market::Symbol symbol;
  std::string channel, connection;
  std::uint64_t from = 0, to = 0;
  std::uint64_t missing = 0, lost = 0;
  std::string cause, state;
  base::WallTime opened{};
  std::optional<base::WallTime> closed;
  std::string reason;

  friend bool operator==(const GapEntry&, const GapEntry&) = default;
};

}  // namespace tickwitness::pipeline
