// What Redis is told, and what became of it.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "cache/resp.h"

namespace tickwitness::cache {

// Why a command was not carried out. All but the last three are answers of Redis.
enum class Failure : std::uint8_t {
  loading,   // it is still reading its data
  readonly,  // it is a replica
  oom,       // it is at its limit of memory
  noperm,    // its access lists do not let this user
  auth,      // it wants a password, or another one
  moved,     // it is a cluster, and the key is elsewhere
  busy,      // a script holds it up
  error,     // any other
  timeout,   // no answer in time
  lost,      // the connection ended before the answer; it may have been carried out or not
  dropped,   // never sent: too many waited, or there was no connection in time
};
std::string_view to_string(Failure failure);

// Of an error as Redis words it: "LOADING Redis is loading the dataset in memory".
Failure failure_of(std::string_view error);

struct Failed {
  Failure why = Failure::error;
  std::string detail;  // a line for a person
};

using Outcome = std::expected<Reply, Failed>;

struct Command {
  std::vector<std::string> words;  // "XADD", "metrics:kraken", …
  // Called once, later, on the client's thread; may be null. A client that is destroyed does not
  // call it.
  std::function<void(base::Now, const Outcome&)> on_outcome;
  base::Duration patience = std::chrono::seconds(2);  // from being given to the answer
  bool blocks = false;  // waits at Redis for something to happen: its time says nothing of Redis
};

}  // namespace tickwitness::cache
