// How much a checker has judged: the silence of one that saw nothing proves nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/checkers/checker.h"

namespace tickwitness::sim {

// Counts over the whole run. Not thread-safe.
class Looked {
 public:
  static constexpr std::uint64_t kScrapesMin = 3;  // fewer excuse anything

  // Literals: the checker's name and what it judges, in the plural.
  Looked(std::string_view checker, std::string_view things) : checker_(checker), things_(things) {}

  void on_scrape() { ++scrapes_; }
  void add(std::uint64_t count = 1) { count_ += count; }
  // A violation when there was nothing to judge although there were scrapes enough.
  void at_rest(base::Duration at, Report& report) const {
    if (scrapes_ < kScrapesMin || count_ != 0) return;
    report.violation(checker_, at,
                     "looked at nothing: no " + std::string(things_) + " in " +
                         std::to_string(scrapes_) + " scrapes");
  }

 private:
  std::string_view checker_;
  std::string_view things_;
  std::uint64_t scrapes_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace tickwitness::sim
