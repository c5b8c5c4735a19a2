// Counters, and the buckets, counts and sums of histograms, never fall within a process life, and
// none that was shown disappears. What is called _total is a counter.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "sim/checkers/looked.h"

namespace tickwitness::sim {

class NeverFalls final : public Checker {
 public:
  std::string_view name() const override { return "never_falls"; }
  void on_restart() override { last_.clear(); }
  void on_scrape(const Observation& seen, Report& report) override;
  void at_rest(const Observation& seen, Report& report) override;

 private:
  struct Last {
    double value = 0;
    std::uint64_t scrape = 0;  // that showed it
  };
  void judge(const ScrapeFamily& family, const ScrapeSample& sample, base::Duration at,
             Report& report);

  Looked looked_{"never_falls", "counters or histograms"};
  std::uint64_t scrape_ = 0;
  std::map<std::string, Last, std::less<>> last_;  // by series
};

}  // namespace tickwitness::sim
