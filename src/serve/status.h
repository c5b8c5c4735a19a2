// The engine's state as serve/ shows it: a snapshot that the engine hands over four times a second.
// What is counted is read from the registry instead.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "feed/gap_ledger.h"
#include "feed/status.h"

namespace tickwitness::serve {

// Fixed from the start of the process.
struct ProcessInfo {
  std::string mode;  // "run", "demo"
  bool simulated = false;
  std::string version, commit, compiler, instance;
  std::optional<std::uint64_t> seed;  // of a demo
  base::Now started;
  unsigned cores = 1;  // that the process may use
};

struct EngineStatus {
  base::Now at;
  std::vector<feed::FeedStatus> feeds;
  std::vector<feed::Gap> gaps;  // the newest, oldest first
  std::size_t gaps_open = 0;    // of all: open or being filled
  std::size_t queue_depth = 0;  // of the ingest ring
  std::size_t queue_capacity = 0;
};

}  // namespace tickwitness::serve
