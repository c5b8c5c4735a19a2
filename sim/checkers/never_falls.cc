#include "sim/checkers/never_falls.h"

#include <fmt/format.h>

namespace tickwitness::sim {

void NeverFalls::on_scrape(const Observation& seen, Report& report) {
  looked_.on_scrape();
  ++scrape_;
  std::size_t shown = 0;
  for (const auto& family : seen.scrape.families()) {
    if (family.name.ends_with("_total") && family.type != "counter") {
      report.violation(name(), seen.at, fmt::format("{} is a {}", family.name, family.type));
    }
    if (family.type != "counter" && family.type != "histogram") continue;
    shown += family.samples.size();
    for (const auto& sample : family.samples) judge(family, sample, seen.at, report);
  }
  looked_.add(shown);
  if (shown == last_.size()) return;
  for (auto entry = last_.begin(); entry != last_.end();) {
    if (entry->second.scrape == scrape_) {
      ++entry;
      continue;
    }
    report.violation(name(), seen.at, entry->first + " is not there any more");
    entry = last_.erase(entry);
  }
}

void NeverFalls::judge(const ScrapeFamily& family, const ScrapeSample& sample, base::Duration at,
                       Report& report) {
  const auto place = last_.lower_bound(sample.series);
  const bool known = place != last_.end() && place->first == sample.series;
  // A histogram of what may be negative has any sum to begin with.
  const bool begins_anywhere = family.type == "histogram" && sample.name.ends_with("_sum");
  const double before = known ? place->second.value : 0;
  // Written so that NaN does not pass.
  if ((known || !begins_anywhere) && !(sample.value >= before)) {
    report.violation(name(), at,
                     known
                         ? fmt::format("{} fell from {} to {}", sample.series, before, sample.value)
                         : fmt::format("{} began with {}", sample.series, sample.value));
  }
  const Last last{.value = sample.value, .scrape = scrape_};
  if (known) {
    place->second = last;
  } else {
    last_.emplace_hint(place, sample.series, last);
  }
}

void NeverFalls::at_rest(const Observation& seen, Report& report) {
  looked_.at_rest(seen.at, report);
}

}  // namespace tickwitness::sim
