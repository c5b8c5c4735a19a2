#include "telemetry/core/series.h"

#include "telemetry/core/text.h"

namespace tickwitness::telemetry::core {

std::string Series::label(std::size_t i) const {
  LabelReader reader(labels());
  while (reader.next() && i-- > 0) {
  }
  return reader.value();
}

void Series::add(double x) {
  std::uint64_t seen = bits_.load(std::memory_order_relaxed);
  double sum = 0;
  do {
    sum = (seen == kAbsent ? 0 : std::bit_cast<double>(seen)) + x;
    if (sum != sum) sum = kNan;
  } while (!bits_.compare_exchange_weak(seen, std::bit_cast<std::uint64_t>(sum),
                                        std::memory_order_relaxed));
}

Exemplars& Series::make_exemplars() {
  Exemplars* there = exemplars();
  if (there != nullptr) return *there;
  auto* const made = new Exemplars;
  if (exemplars_.compare_exchange_strong(there, made, std::memory_order_acq_rel)) return *made;
  delete made;
  return *there;
}

}  // namespace tickwitness::telemetry::core
