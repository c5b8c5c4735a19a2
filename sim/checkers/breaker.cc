#include "sim/checkers/breaker.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/checkers/figure.h"

namespace tickwitness::sim {

void Breaker::on_scrape(const Observation& seen, Report& report) {
  looked_.on_scrape();
  const base::Instant now = seen.now.mono;
  for (const auto& [id, link] : seen.ledger.links()) {
    looked_.add();
    Told& told = told_[id];
    if (link.attempts_while_open != told.early) {
      told.early = link.attempts_while_open;
      report.violation(name(), seen.at,
                       fmt::format("link {}: {} attempts while its breaker was open", id,
                                   link.attempts_while_open));
    }
    if (link.retired || link.finished || link.breaker == ModelBreaker::closed) continue;
    const bool open = link.breaker == ModelBreaker::open;
    const base::Instant due =
        open ? link.open_until
             : link.breaker_changed + seen.ledger.promises().breaker_half_open_timeout;
    const base::Instant could = std::max(due, seen.ledger.stalled_until());
    if (now <= could + slack_ || told.late_since == link.breaker_changed) continue;
    told.late_since = link.breaker_changed;
    report.violation(name(), seen.at,
                     fmt::format("link {}: {} for {:.3f} s, and {}", id, to_string(link.breaker),
                                 base::seconds(now - link.breaker_changed),
                                 open ? "nothing was attempted" : "neither accepted nor given up"));
  }
}

void Breaker::at_rest(const Observation& seen, Report& report) {
  looked_.at_rest(seen.at, report);
  std::uint64_t early = 0;
  for (const auto& [id, link] : seen.ledger.links()) early += link.attempts_while_open;
  report.equal(name(), "attempts_while_open", 0, number(early));
}

}  // namespace tickwitness::sim
