#include "sim/checkers/bounds.h"

#include <fmt/format.h>

#include <algorithm>

namespace tickwitness::sim {

void Bounds::on_scrape(const Observation& seen, Report& report) {
  looked_.on_scrape();
  rings(seen, report);
  series_most_ = std::max(series_most_, seen.scrape.series());
  bytes_most_ = std::max(bytes_most_, seen.scrape.bytes());
  const auto as_double = [](std::size_t count) { return static_cast<double>(count); };
  at_most(seen, report, "series of a scrape", as_double(seen.scrape.series()),
          as_double(limits_.series_max));
  at_most(seen, report, "bytes of a scrape", as_double(seen.scrape.bytes()),
          as_double(limits_.bytes_max));
  for (const auto* label : seen.scrape.find("tickwitness_label_overflow_total")) {
    at_most(seen, report, label->series, label->value, 0);
  }
}

void Bounds::rings(const Observation& seen, Report& report) {
  for (const std::string_view measure :
       {"tickwitness_pipeline_ring_depth", "tickwitness_pipeline_ring_high_water"}) {
    for (const auto* ring : seen.scrape.find(measure)) {
      looked_.add();
      const auto capacity =
          seen.scrape.find("tickwitness_pipeline_ring_capacity", {{"ring", ring->label("ring")}});
      if (capacity.size() != 1) {
        report.violation(name(), seen.at, fmt::format("{} has no capacity", ring->series));
      } else {
        at_most(seen, report, ring->series, ring->value, capacity[0]->value);
      }
    }
  }
}

void Bounds::at_most(const Observation& seen, Report& report, std::string_view what,
                     double measured, double limit) {
  if (measured <= limit) return;  // NaN is not
  report.violation(name(), seen.at, fmt::format("{}: {}, at most {}", what, measured, limit));
}

void Bounds::queue(base::Duration at, std::string_view queue, std::size_t length, std::size_t limit,
                   Report& report) {
  auto found = queues_.find(queue);
  if (found == queues_.end()) {
    found = queues_.emplace(std::string(queue), Queue{.most = 0, .limit = limit}).first;
  }
  if (length > found->second.most) found->second = {.most = length, .limit = limit};
  if (length > limit) {
    report.violation(name(), at, fmt::format("{}: {}, at most {}", queue, length, limit));
  }
}

void Bounds::at_rest(const Observation& seen, Report& report) {
  looked_.at_rest(seen.at, report);
  const auto bound = [&](std::string what, std::size_t measured, std::size_t limit) {
    report.at_most(name(), std::move(what), static_cast<double>(measured),
                   static_cast<double>(limit));
  };
  bound("series", series_most_, limits_.series_max);
  bound("scrape_bytes", bytes_most_, limits_.bytes_max);
  for (const auto& [queue, record] : queues_) bound("queue " + queue, record.most, record.limit);
}

}  // namespace tickwitness::sim
