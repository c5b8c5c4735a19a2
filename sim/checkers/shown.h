// What a scrape says of states, read once for the checkers that judge them.
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "sim/clients/exposition.h"

namespace tickwitness::sim {

// Texts are parts of the exposition.
struct ShownStream {
  std::string_view symbol, stream;
  std::string_view state;  // that holds; the last one of several
  int states = 0;          // that hold: exactly one is right
};

// Of tickwitness_feed_subscription_state, in the order of the text.
std::vector<ShownStream> shown_streams(const Exposition& scrape);

// A state that a stream may have before its limit where there is a witness: asked about, and what
// was answered.
inline bool is_witnessed(std::string_view state) {
  return state == "suspect" || state == "quiet" || state == "zombie" || state == "healing";
}

// What became visible may be that late: a report of the engine and a turn of the server.
inline constexpr base::Duration kShownWithin = std::chrono::seconds(1);
// The same, for what may have been looked at that long ago.
inline base::Duration shown_within(base::Duration age) {
  return kShownWithin + age;
}

}  // namespace tickwitness::sim
