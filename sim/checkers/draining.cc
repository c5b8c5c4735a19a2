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
    trades();
    books();
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

  // What REST can tell is no longer missing.
  void trades() {
    for (std::size_t i = 0; i < seen_.ledger.symbols().size(); ++i) {
      const std::string& symbol = seen_.ledger.symbols()[i];
      const Exposition::Where where{{"symbol", symbol}};
      const double lost = seen_.scrape.sum("tickwitness_feed_trades_lost_total", where) -
                          seen_.scrape.sum("tickwitness_feed_trades_returned_total", where);
      const double missing = static_cast<double>(seen_.ledger.trade_ids()[i].missing()) - lost;
      if (missing != 0) add("{} trades of {} are missing", missing, symbol);
      const double held = seen_.scrape.sum("tickwitness_feed_trades_held", where);
      if (held != 0) add("{} trades of {} are held back", held, symbol);
    }
  }

  void books() {
    for (std::size_t i = 0; i < seen_.ledger.symbols().size(); ++i) {
      const std::string& symbol = seen_.ledger.symbols()[i];
      const auto stream = seen_.ledger.streams().find({symbol, "book"});
      if (stream == seen_.ledger.streams().end() || !stream->second.wanted) continue;
      if (!seen_.ledger.books()[i].known()) add("the book of {} is not told rightly", symbol);
      const Exposition::Where valid{{"symbol", symbol}, {"state", "valid"}};
      if (seen_.scrape.sum("tickwitness_book_state", valid) != 1) {
        add("the book of {} is not shown valid", symbol);
      }
    }
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
      const bool back = record != seen_.ledger.streams().end() && came_back(record->second);
      if (back && stream.state == "quiet") continue;  // a witness said so; `liveness` judges it
      add("{} {} is shown {}", stream.symbol, stream.stream, stream.state);
    }
  }

  bool came_back(const StreamRecord& stream) const {
    return stream.last_data && *stream.last_data >= healed_;
  }

  // It came back after healing, and its market says little enough to be silent again.
  bool is_quiet(const StreamRecord& stream) const {
    return came_back(stream) &&
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
    report.violation(
        name(), seen.at,
        fmt::format("not well {:.0f} s after all faults: {}", base::seconds(took), missing));
  }
  return false;
}

void Draining::at_rest(const Observation& seen, Report& report) {
  if (!healed_) return report.violation(name(), seen.at, "nobody said that all was healed");
  if (drained_) {
    report.at_most(name(), "drained_after_s", base::seconds(*drained_), base::seconds(within_));
  } else if (!told_) {
    report.violation(name(), seen.at, "nobody saw all well after all faults");
  }
}

}  // namespace tickwitness::sim
