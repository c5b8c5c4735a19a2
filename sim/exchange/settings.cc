#include "sim/exchange/settings.h"

namespace tickwitness::sim {
namespace {

std::string legacy_asset(std::string_view asset) {
  if (asset == "BTC") return "XBT";
  if (asset == "DOGE") return "XDG";
  return std::string(asset);
}

// The assets of Kraken's first years carry a class letter in REST names: X for coins, Z for money.
std::string_view class_letter(std::string_view legacy) {
  for (const std::string_view coin : {"XBT", "ETH", "XRP", "LTC", "XLM", "XMR", "ZEC", "ETC"})
    if (legacy == coin) return "X";
  for (const std::string_view money : {"USD", "EUR", "GBP", "CAD", "JPY"})
    if (legacy == money) return "Z";
  return "";
}

}  // namespace

std::vector<PairSettings> default_pairs() {
  return {
      {.symbol = "BTC/USD",
       .price_precision = 1,
       .quantity_precision = 8,
       .start_price = 633'485,
       .typical_quantity = 2'000'000,
       .quantity_min = 5'000,
       .trades_per_second = 3,
       .quotes_per_second = 10,
       .step_ppb = 30'000},
      {.symbol = "ETH/USD",
       .price_precision = 2,
       .quantity_precision = 8,
       .start_price = 187'340,
       .typical_quantity = 40'000'000,
       .quantity_min = 100'000,
       .trades_per_second = 2,
       .quotes_per_second = 8,
       .step_ppb = 40'000},
      {.symbol = "SOL/USD",
       .price_precision = 2,
       .quantity_precision = 8,
       .start_price = 14'562,
       .typical_quantity = 500'000'000,
       .quantity_min = 2'000'000,
       .trades_per_second = 1.5,
       .quotes_per_second = 6,
       .step_ppb = 55'000},
      {.symbol = "XRP/USD",
       .price_precision = 5,
       .quantity_precision = 8,
       .start_price = 52'317,
       .typical_quantity = 30'000'000'000,
       .quantity_min = 200'000'000,
       .trades_per_second = 1,
       .quotes_per_second = 5,
       .step_ppb = 60'000},
  };
}

std::vector<PairSettings> many_pairs(std::size_t count) {
  std::vector<PairSettings> pairs = default_pairs();
  pairs.reserve(count);
  for (std::size_t i = pairs.size(); i < count; ++i) {
    PairSettings pair{.symbol = "C" + std::to_string(i) + "/USD"};
    pair.price_precision = static_cast<int>(1 + i % 6);
    pair.quantity_precision = i % 3 == 0 ? 5 : 8;
    pair.start_price = static_cast<std::int64_t>(20'000 + 311 * i);
    pair.typical_quantity = 40'000'000;
    pair.quantity_min = 10'000;
    pair.trades_per_second = 0.05;
    pair.quotes_per_second = 0.2;
    pairs.push_back(std::move(pair));
  }
  pairs.resize(count);
  return pairs;
}

RestNames rest_names(std::string_view symbol) {
  const std::size_t slash = symbol.find('/');
  const std::string base = legacy_asset(symbol.substr(0, slash));
  const std::string quote =
      slash == std::string_view::npos ? std::string() : legacy_asset(symbol.substr(slash + 1));
  const std::string_view base_class = class_letter(base);
  const std::string_view quote_class = class_letter(quote);
  RestNames names{base + quote, base + quote};
  if (!base_class.empty() && !quote_class.empty())
    names.key = std::string(base_class) + base + std::string(quote_class) + quote;
  return names;
}

}  // namespace tickwitness::sim
