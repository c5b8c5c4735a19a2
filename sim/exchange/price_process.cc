#include "sim/exchange/price_process.h"

#include <algorithm>
#include <chrono>

#include "sim/exchange/draw.h"

namespace tickwitness::sim {
namespace {

using std::chrono::microseconds;

constexpr int kFraction = 16;
constexpr int kPull = 20;  // the pull to the anchor: distance / 2^20 per step
constexpr auto kSpellMean = std::chrono::seconds(40);
// Mean number of fills in one trade event, by the table in draw_fill_count.
constexpr double kFillsMean = 1.595;

base::Duration mean_interval(double per_second, std::int64_t pace_percent) {
  return base::Duration(
      static_cast<std::int64_t>(1e11 / per_second / static_cast<double>(pace_percent)));
}

std::size_t draw_fill_count(base::Prng& prng) {
  const std::uint64_t percent = prng.below(100);
  if (percent < 70) return 1;
  if (percent < 85) return 2;
  if (percent < 93) return 3;
  if (percent < 97) return 4;
  return 5 + prng.below(4);
}

// The dice are thrown in any case: what they bring next stays the same.
std::uint64_t first_id(const PairSettings& settings, base::Prng& prng) {
  const std::uint64_t drawn = 10'000'000 + prng.below(60'000'000);
  return settings.trade_ids_from == 0 ? drawn : settings.trade_ids_from;
}

}  // namespace

PriceProcess::PriceProcess(const PairSettings& settings, base::Prng prng)
    : settings_(settings),
      prng_(prng),
      fair_(settings.start_price << kFraction),
      anchor_(fair_),
      next_id_(first_id(settings, prng_)) {
  renew_quote();
}

base::Duration PriceProcess::until_trades() {
  return exponential(prng_, mean_interval(settings_.trades_per_second / kFillsMean, pace_percent_));
}

base::Duration PriceProcess::until_quote() {
  return exponential(prng_, mean_interval(settings_.quotes_per_second, pace_percent_));
}

void PriceProcess::make_trades(base::WallTime stamp, Happening& out) {
  renew_spell(stamp);
  stamp = advance(stamp, microseconds(1));
  const base::WallTime minute_end =
      std::chrono::floor<std::chrono::minutes>(stamp) + std::chrono::minutes(1);
  out.fill_count = draw_fill_count(prng_);
  if (prng_.below(100) >= 60)  // else the same side goes on
    last_side_ = prng_.below(2) == 0 ? market::Side::buy : market::Side::sell;
  const bool limit_order = prng_.below(100) < 65;
  const bool one_order = prng_.below(4) != 0;  // else several that the exchange sends together
  const bool buy = last_side_ == market::Side::buy;
  std::int64_t price = buy ? quote_.ask : quote_.bid;
  for (std::size_t i = 0; i < out.fill_count; ++i) {
    if (i > 0 && prng_.below(3) == 0) {
      const std::int64_t levels = 1 + halving(prng_, 3);
      price = buy ? price + levels : std::max<std::int64_t>(1, price - levels);
    }
    if (i > 0 && !one_order) {
      const base::WallTime later = stamp + microseconds(static_cast<std::int64_t>(prng_.below(50)));
      if (later < minute_end) stamp = later;  // one event never spans two candles
    }
    out.fill_storage[i] = Fill{next_id_++, price,       draw_quantity(prng_, settings_),
                               last_side_, limit_order, stamp + base::Duration(i)};
  }
  last_stamp_ = stamp;
  fair_ += ((price << kFraction) - fair_) / 4;
  renew_quote();
  quote_.time = stamp;
  out.quote = quote_;
}

void PriceProcess::make_quote(base::WallTime stamp, Happening& out) {
  renew_spell(stamp);
  const Wide spread_of_step = static_cast<Wide>(fair_) * settings_.step_ppb * pace_percent_;
  // bell() has a standard deviation of 4.
  fair_ += static_cast<std::int64_t>(spread_of_step * bell(prng_) / Wide{400'000'000'000});
  fair_ += (anchor_ - fair_) >> kPull;
  fair_ = std::clamp(fair_, anchor_ / 8, anchor_ * 8);
  renew_quote();
  quote_.time = advance(stamp, base::Duration::zero());
  out.fill_count = 0;
  out.quote = quote_;
}

void PriceProcess::renew_quote() {
  const int wide = halving(prng_, 5);
  const std::int64_t spread = 1 + wide * (wide + 1) / 2;
  const std::int64_t low = (fair_ >> kFraction) - spread / 2;
  quote_.bid = std::max<std::int64_t>(1, low);
  quote_.ask = quote_.bid + spread;
  quote_.bid_quantity = draw_quantity(prng_, settings_);
  quote_.ask_quantity = draw_quantity(prng_, settings_);
}

void PriceProcess::renew_spell(base::WallTime stamp) {
  if (stamp < spell_end_) return;
  const std::uint64_t percent = prng_.below(100);
  pace_percent_ = percent < 50 ? 60 : percent < 80 ? 100 : 200;  // 100 on average
  spell_end_ = stamp + exponential(prng_, kSpellMean);
}

base::WallTime PriceProcess::advance(base::WallTime stamp, base::Duration least) {
  stamp = std::max<base::WallTime>(std::chrono::floor<microseconds>(stamp), last_stamp_ + least);
  last_stamp_ = stamp;
  return stamp;
}

std::int64_t draw_quantity(base::Prng& prng, const PairSettings& pair) {
  if (prng.below(8) == 0) return pair.quantity_min;
  const auto thousandth = static_cast<std::int64_t>(1 + prng.below(2000));
  std::int64_t quantity = pair.typical_quantity / 1000 * thousandth;
  quantity += static_cast<std::int64_t>(prng.below(1000));
  quantity <<= halving(prng, 5);
  if (prng.below(8) == 0) quantity = pair.typical_quantity * (1 + halving(prng, 6));
  return std::max(quantity, pair.quantity_min);
}

}  // namespace tickwitness::sim
