#include "sim/checkers/gaps.h"

#include <cmath>

namespace tickwitness::sim {
namespace {

// The product tells completeness as a ratio in floating point.
constexpr double kRatioSlack = 1e-9;

}  // namespace

void Gaps::at_rest(const Observation& seen, Report& report) {
  const auto& symbols = seen.ledger.symbols();
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    const TradeIds& ids = seen.ledger.trade_ids()[i];
    if (ids.count() == 0) continue;
    const Exposition::Where where{{"symbol", symbols[i]}};
    const auto shown = [&](std::string_view family) { return seen.scrape.sum(family, where); };
    const double held = shown("tickwitness_feed_trades_held");
    const auto handed =
        figure(seen, "tickwitness_feed_trades_total", where, number(ids.count()) - held);
    report.equal(name(), handed.series, handed.truth, handed.measured);
    const double known = shown("tickwitness_feed_trades_missing_total") -
                         shown("tickwitness_feed_trades_recovered_total");
    report.equal(name(), fmt::format("{} missing", symbols[i]), number(ids.missing()), known);
    const double all = number(ids.count() + ids.missing());
    // Over midnight it is of the new day only, and clocks are set by an hour and more.
    const auto day = [](base::WallTime time) {
      return std::chrono::floor<std::chrono::days>(time);
    };
    const bool one_day =
        day(seen.now.wall - std::chrono::hours(3)) == day(seen.now.wall + std::chrono::hours(3));
    if (one_day && ids.missing() == 0) {
      report.equal(name(), fmt::format("{} complete", symbols[i]), 1,
                   shown("tickwitness_trade_completeness_ratio"));
    } else if (one_day) {
      report.at_most(name(), fmt::format("{} completeness off by", symbols[i]),
                     std::abs(shown("tickwitness_trade_completeness_ratio") -
                              (number(ids.count()) - held) / (all - held)),
                     kRatioSlack);
    }
    if (whole_) {
      report.equal(name(), fmt::format("{} missing at the end", symbols[i]), 0,
                   number(ids.missing()));
    }
  }
}

}  // namespace tickwitness::sim
