#include "sim/checkers/secrets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace tickwitness::sim {

std::string base64_within(std::string_view text, std::size_t offset, bool url) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const std::string alphabet = std::string(kLetters) + (url ? "-_" : "+/");
  std::string out;
  std::uint32_t bits = 0;
  std::size_t held = 8 * offset % 6;  // bits of the first character that are a neighbour's
  bool whole = held == 0;
  for (const char c : text) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    held += 8;
    while (held >= 6) {
      held -= 6;
      if (std::exchange(whole, true)) out += alphabet[bits >> held & 0x3F];
    }
  }
  return out;
}

Secrets::Secrets(const std::vector<std::string>& canaries) {
  for (std::size_t i = 0; i < canaries.size(); ++i) {
    add(canaries[i], i, "as it is");
    for (const bool url : {false, true}) {
      for (std::size_t offset = 0; offset < 3; ++offset) {
        std::string needle = base64_within(canaries[i], offset, url);
        // Mostly the two alphabets write the same.
        if (url && needle == base64_within(canaries[i], offset, false)) continue;
        add(std::move(needle), i, "as base64");
      }
    }
  }
}

void Secrets::add(std::string needle, std::size_t canary, std::string_view form) {
  const std::string& text = texts_.emplace_back(std::move(needle));
  needles_.push_back({.what = fmt::format("secret {} {}", canary + 1, form),
                      .search = Searcher(text.begin(), text.end())});
}

void Secrets::on_output(base::Duration at, std::string_view output, Report& report) {
  looked_.add();
  for (const Needle& needle : needles_) {
    const auto found = std::search(output.begin(), output.end(), needle.search);
    if (found == output.end()) continue;
    constexpr std::size_t kContext = 40;  // bytes before it, to find the place by
    const auto place = static_cast<std::size_t>(found - output.begin());
    const std::size_t begin = place - std::min(place, kContext);
    report.violation(name(), at,
                     fmt::format("{} after: {}", needle.what, output.substr(begin, place - begin)));
  }
}

void Secrets::at_rest(const Observation& seen, Report& report) {
  looked_.at_rest(seen.at, report);
}

}  // namespace tickwitness::sim
