// For tests of the pipeline: market values from text, and a meter with a registry of its own.
#pragma once

#include <optional>
#include <string_view>

#include "pipeline/market_meter.h"
#include "telemetry/test_read.h"

namespace tickwitness::pipeline::test {

inline base::Decimal decimal(std::string_view text) {
  return *base::Decimal::parse(text);
}

inline market::Symbol symbol(std::string_view text) {
  return *market::Symbol::parse(text);
}

inline market::Quote quote_of(std::string_view pair, std::optional<std::string_view> bid,
                              std::optional<std::string_view> ask) {
  market::Quote quote{.symbol = symbol(pair)};
  if (bid) quote.bid = decimal(*bid);
  if (ask) quote.ask = decimal(*ask);
  return quote;
}

struct Metered {
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  MarketMeter meter{metrics};
};

}  // namespace tickwitness::pipeline::test
