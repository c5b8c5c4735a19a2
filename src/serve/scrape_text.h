// Samples of a scrape in the Prometheus text format 0.0.4, of the families that somebody wants.
// https://prometheus.io/docs/instrumenting/exposition_formats/
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tickwitness::serve {

struct ScrapedSample {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;

  // "" when absent.
  std::string_view label(std::string_view name) const;
};

// In the order of the text; timestamps are dropped. Errors name the line that is none of the
// format's; of families that nobody wants only the names are looked at.
base::Result<std::vector<ScrapedSample>> read_scrape_text(std::string_view text,
                                                          std::span<const std::string_view> wanted);

}  // namespace tickwitness::serve
