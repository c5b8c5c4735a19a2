#include "app/demo_end.h"

namespace tickwitness::app {

DemoEnd::DemoEnd(const sim::Settings& exchange, const sim::Promises& promises, market::Venue venue,
                 DemoNotes& notes, bool alone)
    : notes_(notes),
      record_(exchange, promises, venue),
      counters_(alone),
      states_(alone),
      breaker_(sim::Breaker::kSlack),
      checkers_{&counters_, &states_, &staleness_, &breaker_} {}

void DemoEnd::on_turn(base::Instant last, base::Instant now, base::Duration at,
                      sim::Report& report) {
  record_.add(notes_.take(), at, report);
  if (record_.hands_over()) record_.on_stall(last, now);
}

void DemoEnd::on_scrape(base::Duration at, base::Now now, const sim::Exposition& scrape,
                        base::Instant asked, sim::Report& report) {
  const sim::Observation seen{at, now, scrape, record_.ledger(), now.mono - asked + kThreadsWait};
  for (sim::Checker* const checker : checkers_) checker->on_scrape(seen, report);
}

void DemoEnd::at_rest(base::Duration at, base::Now now, const sim::Exposition& scrape, bool lossy,
                      sim::Report& report) {
  record_.at_rest(lossy, report);
  const sim::Observation seen{at, now, scrape, record_.ledger()};
  for (sim::Checker* const checker : checkers_) {
    // Where no connection ever came about nothing could be silent.
    if (checker == &staleness_ && record_.ledger().streams().empty()) continue;
    checker->at_rest(seen, report);
  }
}

}  // namespace tickwitness::app
