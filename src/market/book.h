// Levels of an order book and how precisely a market writes them.
#pragma once

#include "base/decimal.h"

namespace tickwitness::market {

// What is bid or offered at one price, in all; a quantity of 0 means nothing any more.
struct Level {
  base::Decimal price, quantity;
  friend bool operator==(const Level&, const Level&) = default;
};

// Decimals that a venue writes prices and quantities of a market with.
struct Precision {
  int price = 0;
  int quantity = 0;
  friend bool operator==(const Precision&, const Precision&) = default;
};

}  // namespace tickwitness::market
