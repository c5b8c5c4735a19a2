// An engine's /metrics as a gateway tells it: the eight values of seed 000. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "serve/seed_values.h"

namespace tickwitness::app {

struct Scraped {
  serve::SeedValues values;
  std::optional<base::WallTime> last_trip;
  // Since the engine's thread last reported to the process that was scraped. Zero: not told.
  base::Duration report_age{0};
  // /metrics has quantiles by pair only; of several pairs they are those of the one whose 95th
  // percentile is the worst, which no pair's exceeds. Empty: of all there is.
  std::string latency_of;
};

// `text` in the Prometheus text format, scraped at `at`. A family that is not there says that its
// value is unknown. Errors: no such format, and where.
base::Result<Scraped> read_scrape(std::string_view text, base::WallTime at);

}  // namespace tickwitness::app
