#include "sim/checkers/draining.h"

#include <fmt/format.h>

#include "sim/checkers/figure.h"
#include "sim/checkers/shown.h"

namespace tickwitness::sim {
namespace {

bool is_well(StreamState state) {
  return state == StreamState::live || state == StreamState::refused;
}

// What is not well by the record or not shown well, for people; empty when all is.
class Missing {
 public:
  Missing(const Observation& seen, base::Instant healed) : seen_(seen), healed_(healed) {
    links();
    streams();
    shown();
  }
  std::string take() && { return std::move(text_); }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    if (!text_.empty()) text_ += "; ";
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
  }

  void links() {
    std::uint64_t used = 0;
    for (const auto& [id, link] : seen_.ledger.links()) {
      if (link.retired) continue;
      ++used;
      if (!link.open || link.closing) add("link {} is not open", id);
      if (link.breaker != ModelBreaker::closed) {
        add("the breaker of link {} is {}", id, to_string(link.breaker));
      }
    }
    if (used == 0) add("there is no link");
  }

  void streams() {
    std::uint64_t wanted = 0;
    for (const auto& [key, stream] : seen_.ledger.streams()) {
      if (!stream.wanted) continue;
      ++wanted;
      const StreamState state = seen_.ledger.expected(stream, seen_.now.mono).state;
      if (!is_well(state) && !is_quiet(stream))
        add("{} {} is {}", key.symbol, key.stream, to_string(state));
    }
    if (wanted == 0) add("no stream is asked for");
  }

  void shown() {
    const Exposition& scrape = seen_.scrape;
    const double not_open = number(scrape.find("tickwitness_feed_connected").size()) -
                            scrape.sum("tickwitness_feed_connected");
    if (not_open != 0) add("{} connections are shown closed", not_open);
    const double not_closed = scrape.sum("tickwitness_breaker_state") -
                              scrape.sum("tickwitness_breaker_state", {{"state", "closed"}});
    if (not_closed != 0) add("{} breakers are not shown closed", not_closed);
    const double waiting = scrape.sum("tickwitness_pipeline_ring_depth");
    if (waiting != 0) add("{} items wait in rings", waiting);
    for (const auto& stream : shown_streams(scrape)) {
      const bool refused = stream.state == to_string(StreamState::refused);
      if (refused || stream.state == to_string(StreamState::live)) continue;
      const auto record =
          seen_.ledger.streams().find({std::string(stream.symbol), std::string(stream.stream)});
      const bool quiet = record != seen_.ledger.streams().end() && is_quiet(record->second);
      if (quiet && stream.state == to_string(StreamState::suspect)) continue;
      add("{} {} is shown {}", stream.symbol, stream.stream, stream.state);
    }
  }

  // It came back after healing, and its market says little enough to be silent again.
  bool is_quiet(const StreamRecord& stream) const {
    return stream.last_data && *stream.last_data >= healed_ &&
           seen_.ledger.expected(stream, seen_.now.mono).state == StreamState::suspect;
  }

  const Observation& seen_;
  base::Instant healed_;
  std::string text_;
};

}  // namespace

bool Draining::drained(const Observation& seen, Report& report) {
  const std::string missing = Missing(seen, healed_mono_).take();
  const base::Duration took = seen.at - healed_.value_or(seen.at);
  if (missing.empty()) {
    if (!drained_) drained_ = took;
    return true;
  }
  if (took >= within_ && !told_) {
    told_ = true;
    report.violation(name(), seen.at,
                     fmt::format("not well {:.0f} s after all faults: {}", seconds(took), missing));
  }
  return false;
}

void Draining::at_rest(const Observation& seen, Report& report) {
  if (!healed_) return report.violation(name(), seen.at, "nobody said that all was healed");
  if (drained_) {
    report.at_most(name(), "drained_after_s", seconds(*drained_), seconds(within_));
  } else if (!told_) {
    report.violation(name(), seen.at, "nobody saw all well after all faults");
  }
}

}  // namespace tickwitness::sim
