#include "config/nearest.h"

#include <algorithm>

namespace tickwitness::config {
namespace {

char fold(char c) {
  if (c == '-') return '_';
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Optimal string alignment: Levenshtein's distance where swapped neighbours count once.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = fold(a[i - 1]) == fold(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

// One is the beginning of the other: "timeout" for "timeout_seconds".
bool begins(std::string_view a, std::string_view b) {
  static constexpr std::size_t kLengthMin = 4;
  const std::size_t length = std::min(a.size(), b.size());
  return length >= kLengthMin && distance(a.substr(0, length), b.substr(0, length)) == 0;
}

}  // namespace

std::string_view nearest(std::string_view written,
                         const std::vector<std::string_view>& candidates) {
  static constexpr std::size_t kLengthMax = 100;
  if (written.size() > kLengthMax) return {};
  std::string_view best;
  std::size_t fewest = std::max<std::size_t>(2, written.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t mistakes = distance(written, candidate);
    // A word of which nothing is left is no correction.
    if (mistakes < fewest && mistakes < std::max(written.size(), candidate.size())) {
      fewest = mistakes;
      best = candidate;
    }
  }
  if (best.empty()) {
    const auto longer = std::ranges::find_if(
        candidates, [&](std::string_view candidate) { return begins(written, candidate); });
    if (longer != candidates.end()) best = *longer;
  }
  return best;
}

}  // namespace tickwitness::config
