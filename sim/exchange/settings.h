// What a simulated exchange is made of. Plain values; the defaults are the exchange of
// `tickwitness demo`.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "sim/exchange/fault.h"

namespace tickwitness::sim {

struct PairSettings {
  std::string symbol;  // as Kraken v2 writes it: "BTC/USD"
  int price_precision = 0;
  int quantity_precision = 8;
  std::int64_t start_price = 0;       // units of the last price decimal
  std::int64_t typical_quantity = 0;  // units of the last quantity decimal
  std::int64_t quantity_min = 0;      // units
  std::uint64_t trade_ids_from = 0;   // the first; 0: drawn
  double trades_per_second = 1;       // mean; > 0
  double quotes_per_second = 5;       // mean of quote changes that are not caused by trades; > 0
  std::int64_t step_ppb = 30'000;     // standard deviation of one quote step, parts per 10^9
  // What the instrument channel says. A precision that was raised shows so many digits 0 more.
  std::string status = "online";
  int price_zeros = 0;

  int price_decimals() const { return price_precision + price_zeros; }
};

// Time from an event's stamp to its frame: least + exponential(mean_extra), at most `most`; once in
// `spike_one_in` events, `spike` instead.
struct DelayModel {
  base::Duration least = std::chrono::milliseconds(2);
  base::Duration mean_extra = std::chrono::milliseconds(8);
  base::Duration most = std::chrono::milliseconds(40);
  std::uint64_t spike_one_in = 200;
  base::Duration spike = std::chrono::milliseconds(150);
};

// `every` is the sustained pace, `burst` what may come at once.
struct Pace {
  base::Duration every;
  std::uint32_t burst;
};

// BTC/USD, ETH/USD, SOL/USD, XRP/USD.
std::vector<PairSettings> default_pairs();
// These and smaller, quiet ones: `count` (≥ 1) in all, each with a symbol of its own.
std::vector<PairSettings> many_pairs(std::size_t count);

struct Settings {
  std::uint64_t seed = 1;
  std::vector<PairSettings> pairs = default_pairs();
  std::vector<Fault> faults;
  DelayModel delay;
  bool keep_books = false;  // from the start, not only from the first who wants to see one
  base::Duration heartbeat = std::chrono::seconds(1);
  base::Duration skew{0};  // the exchange's clock minus the given wall clock
  base::Duration history = std::chrono::hours(1);  // of trading before the start
  std::size_t trades_kept_max = 10'000;            // per pair, for REST pages and the truth's list
  bool keep_fills = false;                         // of every trade ever made, for the truth alone
  std::size_t latency_samples_max = 4096;          // per pair and channel
  Pace requests{std::chrono::milliseconds(50), 40};  // per connection
  Pace connections{std::chrono::seconds(4), 150};    // 150 attempts in 10 minutes
  Pace rest_trades{std::chrono::seconds(1), 15};     // per pair
};

// Names of a pair in Kraken's REST interface. `key` is the legacy name that replies carry:
// "XXBTZUSD" for "BTC/USD".
struct RestNames {
  std::string altname;  // "XBTUSD"
  std::string key;
};
RestNames rest_names(std::string_view symbol);

}  // namespace tickwitness::sim
