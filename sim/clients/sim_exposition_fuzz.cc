// Any text as a scrape: the reader neither crashes nor looks outside it, and what it accepts it
// finds again under the names that it gave.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sim/clients/exposition.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tickwitness;
  const auto read =
      sim::Exposition::parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!read) return 0;
  std::size_t samples = 0;
  for (const auto& family : read->families()) {
    if (read->family(family.name) != &family) std::abort();
    samples += family.samples.size();
    for (const auto& sample : family.samples) {
      if (!sample.series.starts_with(sample.name)) std::abort();
      const sim::Exposition::Where where(sample.labels.begin(), sample.labels.end());
      bool found = false;
      for (const auto* same : read->find(sample.name, where)) found |= same == &sample;
      if (!found) std::abort();
    }
  }
  if (samples != read->series()) std::abort();
  return 0;
}
