// Every histogram of a scrape is one: bounds that rise to +Inf, counts that do not fall from bucket
// to bucket, a count that equals the last of them and a sum that its buckets allow.
#pragma once

#include <optional>
#include <vector>

#include "sim/checkers/looked.h"

namespace tickwitness::sim {

class Histograms final : public Checker {
 public:
  std::string_view name() const override { return "histograms"; }
  void on_scrape(const Observation& seen, Report& report) override;
  void at_rest(const Observation& seen, Report& report) override;

 private:
  struct Bucket {
    double bound;
    double below;  // observations at or below the bound
  };
  struct One {  // one histogram of a family: what has the same labels except le
    const ScrapeSample* first = nullptr;
    std::vector<Bucket> buckets;
    std::optional<double> sum, count;
  };
  One& one_of(const ScrapeSample& sample);
  // What is wrong with it; empty: nothing.
  static std::string fault(const One& one);
  static std::string sum_fault(const One& one);

  Looked looked_{"histograms", "histograms"};
  std::vector<One> family_;  // of the family that is being read
};

}  // namespace tickwitness::sim
