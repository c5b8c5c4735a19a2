// For tests of checkers: a world's record, a clock, and scrapes and events given as text.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "sim/checkers/checker.h"
#include "sim/record/wire_for_tests.h"

namespace tickwitness::sim {

class Trial {
 public:
  void scrape(Checker& checker, std::string_view text) {
    const auto read = Exposition::parse(text);
    ASSERT_TRUE(read) << read.error().message;
    checker.on_scrape({wire.elapsed, now(), *read, wire.ledger}, report);
  }
  void rest(Checker& checker, std::string_view text = "") {
    const auto read = Exposition::parse(text);
    ASSERT_TRUE(read) << read.error().message;
    checker.at_rest({wire.elapsed, now(), *read, wire.ledger}, report);
  }
  void event(Checker& checker, std::string_view id, std::string_view event, std::string_view data) {
    const PageEvent arrived{.id = std::string(id),
                            .event = std::string(event),
                            .data = std::string(data),
                            .json = parse_json(data)};
    checker.on_event({wire.elapsed, now(), arrived, wire.ledger}, report);
  }

  // The wire's, with the steps of the wall clock.
  base::Now now() const { return {wire.now().mono, wire.now().wall + wall_step}; }

  // What violations said since the last call.
  std::vector<std::string> faults() {
    std::vector<std::string> told;
    for (const auto& violation : report.violations()) told.push_back(violation.what);
    report = Report();
    return told;
  }

  Wire wire;
  base::Duration wall_step{};
  Report report;
};

}  // namespace tickwitness::sim
