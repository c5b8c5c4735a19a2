#include "app/demo_market.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/demo_checks.h"
#include "sim/exchange/binance.h"
#include "sim/exchange/kraken.h"
#include "sim/world/world_fault.h"

namespace tickwitness::app {
namespace {

using market::Venue;

// So that a silence of kStaleAfter is never an accident; of hundreds less will do.
constexpr double kTradesPerSecondMin = 5;
constexpr double kTradesPerSecondMinOfMany = 2;
constexpr std::size_t kMany = 20;
constexpr base::Duration kTradeIdEvery = std::chrono::milliseconds(1);  // no market is so fast
constexpr std::string_view kBinance = "binance:";

sim::Settings demo_exchange(sim::Settings settings, std::uint64_t seed, base::WallTime now) {
  settings.seed = seed;
  // Full within minutes, so that the demo's memory is flat soon: two REST pages of trades.
  settings.trades_kept_max = 2'000;
  settings.latency_samples_max = 512;
  const double least =
      settings.pairs.size() > kMany ? kTradesPerSecondMinOfMany : kTradesPerSecondMin;
  for (auto& pair : settings.pairs) {
    pair.trades_per_second = std::max(pair.trades_per_second, least);
    pair.quotes_per_second = std::max(pair.quotes_per_second, least);
    // In a data directory that is kept the next demo's trades are other ones.
    pair.trade_ids_from = static_cast<std::uint64_t>(now.time_since_epoch() / kTradeIdEvery);
  }
  return settings;
}

base::Result<sim::Fault> fault_of(std::string_view text, Venue venue) {
  if (sim::is_world_fault(text)) {
    return base::fail(
        fmt::format("fault '{0}' needs virtual time: tickwitness simulate "
                    "--fault {0}; here are possible: {1}",
                    text, sim::known_faults(venue)));
  }
  return sim::parse_fault(text, venue);
}

}  // namespace

base::Result<std::unique_ptr<DemoMarket>> DemoMarket::make(const DemoOptions& options,
                                                           base::WallTime now) {
  sim::Settings kraken =
      demo_exchange({.pairs = sim::many_pairs(options.pairs)}, options.seed, now);
  sim::Settings binance = demo_exchange(sim::binance_settings(), options.seed, now);
  // One market that both have, so that there is something to compare.
  if (options.market == DemoMarketKind::both) kraken.pairs.push_back(binance.pairs.front());
  for (std::string_view text : options.faults) {
    const bool named = text.starts_with(kBinance);
    if (named) text.remove_prefix(kBinance.size());
    const bool of_binance = named || options.market == DemoMarketKind::binance;
    const auto fault = fault_of(text, of_binance ? Venue::binance : Venue::kraken);
    if (!fault) return base::fail(fault.error().message);
    if (named && options.market == DemoMarketKind::kraken)
      return base::fail(
          fmt::format("fault '{}{}': Binance takes no part; add --exchange both", kBinance, text));
    (of_binance ? binance : kraken).faults.push_back(*fault);
  }
  std::unique_ptr<DemoMarket> market(new DemoMarket);
  if (options.market != DemoMarketKind::binance) market->add(Venue::kraken, std::move(kraken));
  if (options.market != DemoMarketKind::kraken) market->add(Venue::binance, std::move(binance));
  return market;
}

void DemoMarket::add(Venue venue, sim::Settings settings) {
  One& one = exchanges_.emplace_back(One{
      .venue = venue, .notes = std::make_unique<DemoNotes>(), .exchange = nullptr, .pairs = {}});
  for (const auto& pair : settings.pairs) one.pairs.push_back(dashed(pair.symbol));
  const DemoExchange::Make make = [&](base::Now start) -> std::unique_ptr<sim::Exchange> {
    if (venue == Venue::binance) return std::make_unique<sim::Binance>(std::move(settings), start);
    return std::make_unique<sim::Kraken>(std::move(settings), start);
  };
  one.exchange = std::make_unique<DemoExchange>(make, *one.notes);
}

base::Result<void> DemoMarket::start() {
  for (One& one : exchanges_) {
    const auto port = one.exchange->start();
    if (!port) return base::fail(port.error().message);
    one.port = *port;
  }
  return {};
}

void DemoMarket::begin_shutdown() {
  for (One& one : exchanges_) one.exchange->begin_shutdown();
}

void DemoMarket::join() {
  for (One& one : exchanges_) one.exchange->join();
}

void DemoMarket::follow(config::Settings& settings) const {
  for (const One& one : exchanges_) {
    const bool of_binance = one.venue == Venue::binance;
    const std::string there = fmt::format("://127.0.0.1:{}", one.port);
    config::Exchange& exchange = of_binance ? static_cast<config::Exchange&>(settings.binance)
                                            : static_cast<config::Exchange&>(settings.kraken);
    exchange.enabled = true;
    exchange.url = "ws" + there + (of_binance ? "/stream" : "/v2");
    exchange.rest_url = "http" + there;
    exchange.streams = {{config::Stream::trade, one.pairs, {}},
                        {config::Stream::spread, one.pairs, {}},
                        {config::Stream::ohlc, one.pairs, {1, 5, 15, 60}},
                        {config::Stream::book, one.pairs, {}}};
    exchange.stale_after = {.trade = kStaleAfter, .spread = kStaleAfter, .ohlc = kStaleAfter};
  }
  settings.kraken.enabled = find(Venue::kraken) != nullptr;
}

std::string DemoMarket::addresses() const {
  std::string text;
  for (const One& one : exchanges_) {
    text += fmt::format("exchange  ws://127.0.0.1:{}/{}\n", one.port,
                        one.venue == Venue::binance ? "stream" : "v2");
  }
  return text;
}

std::vector<DemoVenue> DemoMarket::venues() const {
  std::vector<DemoVenue> all;
  all.reserve(exchanges_.size());
  for (const One& one : exchanges_) {
    all.push_back(
        {.venue = one.venue, .exchange = one.exchange->exchange(), .sent = one.exchange->ledger()});
  }
  return all;
}

DemoNotes& DemoMarket::notes(Venue venue) const {
  return *std::ranges::find(exchanges_, venue, &One::venue)->notes;
}

std::map<std::uint16_t, DemoNotes*> DemoMarket::notes_by_port() const {
  std::map<std::uint16_t, DemoNotes*> all;
  for (const One& one : exchanges_) all.emplace(one.port, one.notes.get());
  return all;
}

const DemoExchange* DemoMarket::find(Venue venue) const {
  const auto found = std::ranges::find(exchanges_, venue, &One::venue);
  return found == exchanges_.end() ? nullptr : found->exchange.get();
}

std::string demo_faults() {
  return sim::known_faults() +
         "; with --exchange both also binance:NAME, with --exchange binance " +
         sim::known_faults(Venue::binance);
}

}  // namespace tickwitness::app
