#include "sim/checkers/once.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/checkers/figure.h"
#include "sim/record/as_made.h"

namespace tickwitness::sim {
namespace {

// What comes all the time is on its way for so long, at most.
constexpr double kLagMaxSeconds = 2;
constexpr std::string_view kLag = "tickwitness_store_lag_seconds";
constexpr std::string_view kSpoolBytes = "tickwitness_spool_disk_bytes";
constexpr std::string_view kAccepted = "tickwitness_spool_ticks_total";

market::Trade trade_of(const TradeRow& row) {
  return {.symbol = {},
          .id = row.id,
          .taker_side = row.taker_side,
          .order_type = row.order_type,
          .price = row.price,
          .quantity = row.quantity,
          .exchange_time = row.exchange_time};
}

// How many ids from `first` to `last` have a row.
std::uint64_t stored(const std::vector<TradeRow>& rows, std::uint64_t first, std::uint64_t last) {
  const auto begin = std::ranges::lower_bound(rows, first, {}, &TradeRow::id);
  const auto end = std::ranges::upper_bound(rows, last, {}, &TradeRow::id);
  return static_cast<std::uint64_t>(end - begin);
}

// How many of the ids have one.
std::uint64_t stored(const std::vector<TradeRow>& rows, const TradeIds& ids) {
  std::uint64_t count = 0;
  for (const auto& [first, last] : ids.runs()) count += stored(rows, first, last);
  return count;
}

}  // namespace

void Once::read(const Observation& seen, Report& report) {
  // A life that could not read its spool yet knows of nothing.
  if (!is_shown(seen, kSpoolBytes)) return;
  const double shown = seen.scrape.sum(kAccepted);
  if (shown < accepted_)
    report.violation(name(), seen.at,
                     fmt::format("{} ticks were accepted, and now only {}", accepted_, shown));
  accepted_ = shown;
}

void Once::on_scrape(const Observation& seen, Report& report) {
  looked_.on_scrape();
  read(seen, report);
}

bool Once::caught_up(const Observation& seen) const {
  return is_shown(seen, kLag) && seen.scrape.sum(kLag) <= kLagMaxSeconds &&
         seen.scrape.sum("tickwitness_store_connected") == 1;
}

void Once::settle(const Observation& seen, Report& report) {
  read(seen, report);
  delivered_ = seen.ledger.trade_ids();
}

void Once::at_rest(const Observation& seen, Report& report) {
  for (std::size_t i = 0; i < delivered_.size(); ++i) judge(seen, i, report);
  for (const std::string_view due : {kAccepted, kLag, kSpoolBytes}) {
    if (!is_shown(seen, due))
      report.violation(name(), seen.at, fmt::format("{} is not shown", due));
  }
  report.at_most(name(), "lag_s", seen.scrape.sum(kLag), kLagMaxSeconds);
  const double stored = number(database_.rows_brought());
  report.at_most(name(), "accepted and not stored", accepted_ - stored, 0);
  if (exact_ && accepted_ == seen.scrape.sum(kAccepted)) {
    report.equal(name(), "accepted, of all lives", stored, accepted_);
  }
  for (const std::string_view result : {"conflict", "refused"}) {
    const auto shown =
        figure(seen, "tickwitness_store_ticks_total", {{"result", std::string(result)}}, 0);
    report.equal(name(), shown.series, shown.truth, shown.measured);
  }
  const auto lost = figure(seen, "tickwitness_spool_ticks_lost_total", {}, 0);
  report.equal(name(), lost.series, lost.truth, lost.measured);
  looked_.at_rest(seen.at, report);
}

void Once::judge(const Observation& seen, std::size_t pair, Report& report) {
  const std::string& symbol = seen.ledger.symbols()[pair];
  const auto& rows = database_.trades({venue_, *market::Symbol::parse(symbol)});
  looked_.add(rows.size());
  const Rows bad = look_at(seen, pair, rows, report);
  report.equal(name(), fmt::format("{} altered", symbol), 0, number(bad.altered));
  report.equal(name(), fmt::format("{} twice", symbol), 0, number(bad.twice));
  const TradeIds& ids = delivered_[pair];
  report.equal(name(), fmt::format("{} known and stored", symbol), number(ids.known()),
               number(stored(rows, ids)));
  if (blind_ || !ids.begun() || rows.empty() || rows.front().id >= ids.first()) return;
  // Before what this life began with nothing is missing.
  report.equal(name(), fmt::format("{} stored before", symbol),
               number(ids.first() - rows.front().id),
               number(stored(rows, rows.front().id, ids.first() - 1)));
}

Once::Rows Once::look_at(const Observation& seen, std::size_t pair,
                         const std::vector<TradeRow>& rows, Report& report) const {
  Rows bad;
  std::uint64_t before = 0;
  for (const TradeRow& row : rows) {
    if (row.id <= before) ++bad.twice;
    before = row.id;
    const Fill* const made = exchange_.fill(pair, row.id);
    const auto& market = exchange_.settings().pairs[pair];
    if (made != nullptr && as_made(trade_of(row), *made, market)) continue;
    ++bad.altered;
    report.violation(name(), seen.at,
                     fmt::format("{} trade {} is stored as {} at {}, and the exchange {}",
                                 market.symbol, row.id, row.quantity.str(), row.price.str(),
                                 made == nullptr ? "has none with this id" : "made another"));
  }
  return bad;
}

}  // namespace tickwitness::sim
