// Canaries: strings that the product was given as secrets and that must be in nothing it puts out,
// neither as they are nor as base64, alone or within something longer.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "sim/checkers/looked.h"

namespace tickwitness::sim {

class Secrets final : public Checker {
 public:
  // Of 12 bytes or more, so that none is there by chance.
  explicit Secrets(const std::vector<std::string>& canaries);

  std::string_view name() const override { return "secrets"; }
  void on_scrape(const Observation&, Report&) override { looked_.on_scrape(); }
  void on_output(base::Duration at, std::string_view output, Report& report) override;
  void at_rest(const Observation& seen, Report& report) override;

 private:
  using Searcher = std::boyer_moore_horspool_searcher<std::string::const_iterator>;
  void add(std::string needle, std::size_t canary, std::string_view form);

  struct Needle {
    std::string what;  // for people, without the secret
    Searcher search;
  };
  Looked looked_{"secrets", "output"};
  std::deque<std::string> texts_;  // that the searchers point to
  std::vector<Needle> needles_;
};

// Those characters of the base64 of a longer text that are the same whatever stands around `text`,
// when `text` begins there at a multiple of 3 bytes plus `offset` (0, 1 or 2). `url`: with the
// alphabet of RFC 4648 §5.
std::string base64_within(std::string_view text, std::size_t offset, bool url);

}  // namespace tickwitness::sim
