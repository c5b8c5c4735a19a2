#include "app/demo_venues.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/demo_checks.h"
#include "sim/checkers/conservation.h"
#include "sim/checkers/gaps.h"
#include "sim/checkers/latency.h"

namespace tickwitness::app {
namespace {

// The middle of the best bid and offer as the exchange's book stands; absent: one side is empty.
std::optional<double> middle(const sim::Exchange& exchange, std::string_view symbol) {
  const auto& pairs = exchange.settings().pairs;
  const auto pair = std::ranges::find(pairs, symbol, &sim::PairSettings::symbol);
  if (pair == pairs.end()) return std::nullopt;
  const sim::OrderBook* const book = exchange.book(static_cast<std::size_t>(pair - pairs.begin()));
  if (book == nullptr) return std::nullopt;
  const auto bid = book->top(sim::BookSide::bid, 1);
  const auto ask = book->top(sim::BookSide::ask, 1);
  if (bid.empty() || ask.empty()) return std::nullopt;
  const auto price = [&](std::int64_t units) {
    return base::Decimal(units, pair->price_precision).approx();
  };
  return (price(bid[0].price) + price(ask[0].price)) / 2;
}

std::size_t pairs_of(const std::vector<DemoFollowed>& followed) {
  std::size_t pairs = 0;
  for (const DemoFollowed& one : followed) pairs += one.exchange.pairs.size();
  return pairs;
}

// A connection that the engine hung up on, because its successor had taken over or because it was
// thought dead, had messages on their way.
bool loses(const sim::Truth& truth) {
  return is_lossy(truth) || truth.closed_by_client != 0;
}

}  // namespace

std::string only_of_exchange(std::string_view scrape, std::string_view exchange) {
  constexpr std::string_view kLabel = "exchange=\"";
  std::string kept;
  while (!scrape.empty()) {
    const std::size_t end = std::min(scrape.find('\n'), scrape.size() - 1) + 1;
    const std::string_view line = scrape.substr(0, end);
    scrape.remove_prefix(end);
    const std::size_t at = line.starts_with('#') ? std::string_view::npos : line.find(kLabel);
    if (at != std::string_view::npos) {
      const std::string_view value = line.substr(at + kLabel.size());
      if (value.substr(0, value.find('"')) != exchange) continue;
    }
    kept += line;
  }
  return kept;
}

DemoVenues::DemoVenues(base::Now began, const std::vector<DemoFollowed>& followed)
    : began_(began),
      last_(began),
      bounds_(limits(pairs_of(followed))),
      secrets_({std::string(kCanary)}),
      checkers_{&never_falls_, &histograms_, &bounds_, &secrets_} {
  for (const DemoFollowed& one : followed) {
    names_.emplace_back(to_string(one.venue));
    ends_.push_back(
        std::make_unique<DemoEnd>(one.exchange, one.promises, one.venue, one.notes, false));
  }
}

void DemoVenues::on_turn(base::Now now) {
  const base::Instant last = std::exchange(last_, now).mono;
  for (const auto& end : ends_) {
    end->on_turn(last, now.mono, now.mono - began_.mono, report_);
    if (now.mono - last > kHeldUp) end->on_stall(last, now.mono);
  }
}

void DemoVenues::on_scrape(base::Now now, std::string_view text, base::Instant asked) {
  on_turn(now);
  show(now, text);
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    // What cannot be read has been told of the whole.
    const auto scrape = sim::Exposition::parse(only_of_exchange(text, names_[i]));
    if (scrape) ends_[i]->on_scrape(now.mono - began_.mono, now, *scrape, asked, report_);
  }
}

void DemoVenues::show(base::Now now, std::string_view text) {
  const base::Duration at = now.mono - began_.mono;
  secrets_.on_output(at, text, report_);
  const auto scrape = sim::Exposition::parse(text);
  if (!scrape) return report_.violation("exposition", at, scrape.error().message);
  const sim::Ledger nothing({}, {});
  const sim::Observation seen{at, now, *scrape, nothing};
  for (sim::Checker* const checker : checkers_) checker->on_scrape(seen, report_);
}

void DemoVenues::on_scrape_failed(base::Now now, std::string_view why) {
  report_.violation("exposition", now.mono - began_.mono, "no scrape: " + std::string(why));
}

void DemoVenues::on_event(base::Now now, std::string_view chunk) {
  secrets_.on_output(now.mono - began_.mono, chunk, report_);
}

void DemoVenues::on_log(base::Now now, std::string_view line) {
  secrets_.on_output(now.mono - began_.mono, line, report_);
}

void DemoVenues::venue(const DemoVenue& venue, const sim::Observation& seen,
                       const sim::Venues& place, base::Instant ended) {
  const sim::Truth& truth = venue.exchange.truth();
  const bool cut = is_lossy(truth);
  const sim::Way way{.takes = kWayMax, .lossy = loses(truth)};
  sim::Conservation(way, place).at_rest(seen, report_);
  sim::LatencyChecker(way).at_rest(seen, report_);
  if (!cut) sim::Gaps(could_be_whole(truth, ended)).at_rest(seen, report_);
  if (way.lossy) return;
  for (const auto& pair : truth.pairs) {
    if (!pair.last_price_sent) continue;
    const std::string symbol = dashed(pair.symbol);
    report_.equal("demo", "last_price_" + symbol, pair.last_price_sent->approx(),
                  seen.scrape.sum("tickwitness_market_last_price", {{"symbol", symbol}}));
  }
}

// Of markets that two venues have, as both stand at the end.
void DemoVenues::deviations(const std::vector<DemoVenue>& venues, const sim::Exposition& scrape) {
  constexpr std::string_view kFamily = "tickwitness_market_price_deviation_ratio";
  constexpr double kRounding = 1e-12;
  std::size_t markets = 0;
  for (const auto& pair : venues[0].exchange.settings().pairs) {
    const auto one = middle(venues[0].exchange, pair.symbol);
    const auto other = middle(venues[1].exchange, pair.symbol);
    if (!one || !other) continue;
    ++markets;
    const sim::Exposition::Where where{{"symbol", dashed(pair.symbol)}};
    const double truth = std::abs(*one - *other) / ((*one + *other) / 2);
    report_.at_most("demo", "deviation_off_by_" + dashed(pair.symbol),
                    std::abs(scrape.sum(kFamily, where) - truth), kRounding);
  }
  report_.equal("demo", "markets_compared", static_cast<double>(markets),
                static_cast<double>(scrape.find(kFamily).size()));
}

void DemoVenues::at_rest(base::Now now, std::string_view text, const std::vector<DemoVenue>& venues,
                         base::Instant ended) {
  on_turn(now);
  show(now, text);
  const base::Duration at = now.mono - began_.mono;
  for (std::size_t i = 0; i < venues.size(); ++i) {
    report_.set_stage(names_[i]);
    const auto scrape = sim::Exposition::parse(only_of_exchange(text, names_[i]));
    if (!scrape) {
      report_.violation("exposition", at, scrape.error().message);
      continue;
    }
    const sim::Observation seen{at, now, *scrape, venues[i].sent};
    const sim::Venues place{.is_second = i != 0,
                            .is_kraken = venues[i].venue == market::Venue::kraken,
                            .second = i == 0 && venues.size() > 1 ? &venues[1].sent : nullptr,
                            .second_lossy = loses(venues.back().exchange.truth())};
    venue(venues[i], seen, place, ended);
    ends_[i]->at_rest(at, now, *scrape, is_lossy(venues[i].exchange.truth()), report_);
  }
  report_.set_stage("");
  const sim::Ledger nothing({}, {});
  const auto scrape = sim::Exposition::parse(text);
  if (!scrape) return;
  if (venues.size() > 1) deviations(venues, *scrape);
  const sim::Observation seen{at, now, *scrape, nothing};
  for (sim::Checker* const checker : checkers_) checker->at_rest(seen, report_);
}

}  // namespace tickwitness::app
