// What checkers found: equalities and bounds as they stood at rest, and violations seen on the way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace tickwitness::sim {

// An exact equality between the world's record and what the product says of itself.
struct Equality {
  std::string checker;
  std::string name;
  double truth = 0;
  double measured = 0;
  bool ok() const { return truth == measured; }
};

struct Bound {
  std::string checker;
  std::string name;
  double measured = 0;
  double limit = 0;  // measured must not be above; NaN is never within
  bool ok() const { return measured <= limit; }
};

// Something that must never be, and was.
struct Violation {
  std::string checker;
  base::Duration at{};  // since the start of the run
  std::string what;     // for people: which series, what was expected, what was there
};

// Not thread-safe.
class Report {
 public:
  static constexpr std::size_t kViolationsKept = 8;  // of each checker; all are counted

  // What is added from now on bears "@stage" behind its name: one run has several moments of rest.
  void set_stage(std::string stage) { stage_ = std::move(stage); }
  void equal(std::string_view checker, std::string name, double truth, double measured);
  void at_most(std::string_view checker, std::string name, double measured, double limit);
  void violation(std::string_view checker, base::Duration at, std::string what);

  const std::vector<Equality>& equalities() const { return equalities_; }
  const std::vector<Bound>& bounds() const { return bounds_; }
  const std::vector<Violation>& violations() const { return violations_; }
  // Checkers with anything that is not as it must be, sorted, each once.
  std::vector<std::string> failed_checkers() const;
  // "conservation.frames" for what is not equal or above its bound, "staleness.violations" for a
  // checker with violations.
  std::vector<std::string> failed() const;

 private:
  struct Count {
    std::string checker;
    std::uint64_t violations = 0;
  };
  std::string staged(std::string name) const;

  std::string stage_;
  std::vector<Equality> equalities_;
  std::vector<Bound> bounds_;
  std::vector<Violation> violations_;
  std::vector<Count> counts_;
};

}  // namespace tickwitness::sim
