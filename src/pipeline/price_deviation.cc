#include "pipeline/price_deviation.h"

#include <algorithm>

namespace tickwitness::pipeline {

std::optional<std::size_t> PriceDeviation::row(const market::Symbol& symbol) {
  const auto found = std::ranges::find(rows_, symbol, &Row::symbol);
  if (found != rows_.end()) return static_cast<std::size_t>(found - rows_.begin());
  const auto& family = metrics_.market_price_deviation_ratio;
  // The registry counts it in label_overflow when it gives `other`.
  const telemetry::Gauge deviation = family.at(telemetry::label::Symbol{symbol.str()});
  if (deviation == family.at(telemetry::label::Symbol{telemetry::kOther})) return std::nullopt;
  rows_.push_back({.symbol = symbol, .deviation = deviation, .quotes = {}});
  return rows_.size() - 1;
}

void PriceDeviation::note(std::size_t row, market::Venue venue, std::optional<double> middle,
                          base::Instant at) {
  auto& quote = rows_[row].quotes[static_cast<std::size_t>(venue)];
  if (middle && *middle > 0) {
    quote = {.middle = *middle, .at = at};
  } else {
    quote.reset();
  }
}

void PriceDeviation::forget(market::Venue venue, const market::Symbol& symbol) {
  const auto found = std::ranges::find(rows_, symbol, &Row::symbol);
  if (found != rows_.end()) found->quotes[static_cast<std::size_t>(venue)].reset();
}

void PriceDeviation::observe(base::Instant now) const {
  for (const Row& row : rows_) {
    std::size_t fresh = 0;
    double least = 0, most = 0;
    for (const auto& quote : row.quotes) {
      if (!quote || now - quote->at > kFresh) continue;
      least = fresh == 0 ? quote->middle : std::min(least, quote->middle);
      most = fresh == 0 ? quote->middle : std::max(most, quote->middle);
      ++fresh;
    }
    if (fresh < 2) {
      row.deviation.clear();
    } else {
      row.deviation.set((most - least) / ((most + least) / 2));
    }
  }
}

}  // namespace tickwitness::pipeline
