#include "sim/checkers/shown.h"

#include <algorithm>

namespace tickwitness::sim {

std::vector<ShownStream> shown_streams(const Exposition& scrape) {
  std::vector<ShownStream> all;
  const ScrapeFamily* const family = scrape.family("tickwitness_feed_subscription_state");
  if (family == nullptr) return all;
  for (const auto& sample : family->samples) {
    const std::string_view symbol = sample.label("symbol");
    const std::string_view stream = sample.label("stream");
    // Nearly always the one that the last sample was of.
    auto found = std::find_if(all.rbegin(), all.rend(), [&](const ShownStream& one) {
      return one.symbol == symbol && one.stream == stream;
    });
    if (found == all.rend()) {
      all.push_back({.symbol = symbol, .stream = stream});
      found = all.rbegin();
    }
    if (sample.value == 0) continue;
    found->state = sample.label("state");
    ++found->states;
  }
  return all;
}

}  // namespace tickwitness::sim
