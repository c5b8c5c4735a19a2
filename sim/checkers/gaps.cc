#include "sim/checkers/gaps.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace tickwitness::sim {
namespace {

// The product tells completeness as a ratio in floating point.
constexpr double kRatioSlack = 1e-9;
// An answer says what was reported so long ago at most.
constexpr base::Duration kReportedWithin = std::chrono::milliseconds(500);
// As many of the newest entries are told.
constexpr std::size_t kEntriesTold = 200;
constexpr JsonLimits kAnswer{
    .bytes_max = std::size_t{1} << 20, .depth_max = 8, .values_max = 16'384};

// What the product shows of a market from its first trade on.
constexpr std::string_view kDue[] = {
    "tickwitness_feed_trades_total",         "tickwitness_feed_trades_held",
    "tickwitness_feed_trades_missing_total", "tickwitness_feed_trades_recovered_total",
    "tickwitness_feed_trades_lost_total",    "tickwitness_feed_trades_returned_total",
    "tickwitness_trade_completeness_ratio",
};
// What the API tells of an entry, as null where there is none, and of a market's day.
constexpr std::string_view kOfEntry[] = {"id",      "symbol", "channel", "from",
                                         "missing", "lost",   "state",   "reason"};
constexpr std::string_view kOfDay[] = {"symbol", "received", "missing"};

// 0 for what is null; that a field is absent is told by others.
std::uint64_t count_of(const Json& json, std::string_view name) {
  const Json* const value = json.find(name);
  return value == nullptr ? 0 : value->as_unsigned().value_or(0);
}

bool is_number(const Json& json, std::string_view name) {
  const Json* const value = json.find(name);
  return value != nullptr && value->as_unsigned().has_value();
}

std::string_view text_of(const Json& json, std::string_view name) {
  const Json* const value = json.find(name);
  return value == nullptr ? "" : std::string_view(value->text);
}

}  // namespace

void Gaps::at_rest(const Observation& seen, Report& report) {
  const auto& symbols = seen.ledger.symbols();
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    const TradeIds& ids = seen.ledger.trade_ids()[i];
    if (ids.count() == 0) continue;
    const Exposition::Where where{{"symbol", symbols[i]}};
    not_shown(seen, where, report);
    const auto shown = [&](std::string_view family) { return seen.scrape.sum(family, where); };
    const double held = shown("tickwitness_feed_trades_held");
    const auto handed =
        figure(seen, "tickwitness_feed_trades_total", where, number(ids.count()) - held);
    report.equal(name(), handed.series, handed.truth, handed.measured);
    const double known = shown("tickwitness_feed_trades_missing_total") -
                         shown("tickwitness_feed_trades_recovered_total");
    const auto missing = static_cast<double>(ids.missing());
    report.equal(name(), fmt::format("{} missing", symbols[i]), missing, known);
    const double all = number(ids.count()) + missing;
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
      report.equal(name(), fmt::format("{} missing at the end", symbols[i]), 0, missing);
    }
    if (excused_) given_up(seen, i, report);
  }
  if (excused_) answer(seen, report);
}

void Gaps::not_shown(const Observation& seen, const Exposition::Where& where,
                     Report& report) const {
  for (const std::string_view family : kDue) {
    if (is_shown(seen, family, where)) continue;
    report.violation(name(), seen.at,
                     fmt::format("{} of {} is not shown", family, where.front().second));
  }
}

void Gaps::given_up(const Observation& seen, std::size_t pair, Report& report) const {
  const std::string& symbol = seen.ledger.symbols()[pair];
  const TradeIds& ids = seen.ledger.trade_ids()[pair];
  const Exposition::Where where{{"symbol", symbol}};
  const double lost = seen.scrape.sum("tickwitness_feed_trades_lost_total", where) -
                      seen.scrape.sum("tickwitness_feed_trades_returned_total", where);
  report.equal(name(), fmt::format("{} given up", symbol), static_cast<double>(ids.missing()),
               lost);
  report.equal(name(), fmt::format("{} held back", symbol), 0,
               seen.scrape.sum("tickwitness_feed_trades_held", where));
  for (const auto& [first, last] : ids.holes()) {
    if (excused_(pair, last)) continue;
    report.violation(
        name(), seen.at,
        fmt::format("{}: trades {} to {} are missing, and REST has them", symbol, first, last));
  }
}

void Gaps::entry(const Observation& seen, const Json& gap, Report& report) const {
  const std::string_view state = text_of(gap, "state");
  const auto complain = [&](std::string_view why) {
    report.violation(name(), seen.at,
                     fmt::format("entry {} of {} {}: {}, {}", count_of(gap, "id"),
                                 text_of(gap, "symbol"), text_of(gap, "channel"), state, why));
  };
  for (const std::string_view due : kOfEntry) {
    if (gap.find(due) == nullptr) return complain(fmt::format("and no field '{}'", due));
  }
  // Other channels than trades number nothing that could be counted.
  const bool counted = text_of(gap, "channel") == "trade" && is_number(gap, "from");
  if (counted && !(is_number(gap, "missing") && is_number(gap, "lost"))) {
    return complain("and nobody counts what is missing or lost");
  }
  if (state != "filled" && state != "unrecoverable") return complain("though all is at rest");
  if (count_of(gap, "missing") != 0) complain("and something is still missing");
  if (state == "filled" && count_of(gap, "lost") != 0) complain("and something was lost");
  if (state == "unrecoverable" && text_of(gap, "reason").empty()) complain("and nobody says why");
}

void Gaps::answer(const Observation& seen, Report& report) const {
  const auto json = parse_json(seen.gaps, kAnswer);
  const Json* const gaps = json ? json->find("gaps") : nullptr;
  const Json* const days = json ? json->find("completeness") : nullptr;
  if (gaps == nullptr || days == nullptr) {
    return report.violation(name(), seen.at, "the API told nothing of gaps");
  }
  std::map<std::string_view, std::uint64_t> lost, received, missing;
  for (const Json& gap : gaps->items) {
    entry(seen, gap, report);
    lost[text_of(gap, "symbol")] += count_of(gap, "lost");
  }
  for (const Json& day : days->items) {
    for (const std::string_view due : kOfDay) {
      if (due == "symbol" ? !text_of(day, due).empty() : is_number(day, due)) continue;
      report.violation(name(), seen.at, fmt::format("a day without '{}'", due));
    }
    received[text_of(day, "symbol")] += count_of(day, "received");
    missing[text_of(day, "symbol")] += count_of(day, "missing");
  }
  double just_now = 0;
  for (const auto& moment : seen.ledger.trades().moments()) {
    if (seen.now.mono - moment.at <= kReportedWithin) just_now += moment.items;
  }
  for (std::size_t i = 0; i < seen.ledger.symbols().size(); ++i) {
    const std::string& symbol = seen.ledger.symbols()[i];
    const TradeIds& ids = seen.ledger.trade_ids()[i];
    const auto told = [&](std::string_view what, double truth, std::uint64_t measured) {
      report.equal(name(), fmt::format("{} told {}", symbol, what), truth, number(measured));
    };
    if (gaps->items.size() < kEntriesTold) told("lost", number(ids.all_missing()), lost[symbol]);
    // What came since the last report is not told yet.
    report.at_most(name(), fmt::format("{} received and not told", symbol),
                   number(ids.count()) - number(received[symbol]), just_now);
    report.at_most(name(), fmt::format("{} told and not received", symbol),
                   number(received[symbol]) - number(ids.count()), 0);
    told("missing", static_cast<double>(ids.missing()), missing[symbol]);
  }
}

}  // namespace tickwitness::sim
