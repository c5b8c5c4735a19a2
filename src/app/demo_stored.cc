#include "app/demo_stored.h"

#include <fmt/format.h>

#include "sim/record/as_made.h"
#include "store/sqlite/trade_reader.h"

namespace tickwitness::app {
namespace {

constexpr std::string_view kChecker = "stored";

struct Rows {
  std::uint64_t all = 0;
  std::uint64_t altered = 0;  // that the exchange never made so
};

store::SinkResult<Rows> read_rows(const std::string& database, const DemoVenue& venue,
                                  std::size_t pair, const market::Symbol& symbol) {
  const sim::TradeIds& sent = venue.sent.trade_ids()[pair];
  auto reader =
      store::sqlite::TradeReader::open(database, {.venue = venue.venue, .symbol = symbol});
  if (!reader) return std::unexpected(reader.error());
  const auto& kept = venue.exchange.trades(pair);
  Rows rows;
  for (;;) {
    const auto tick = reader->next();
    if (!tick) return std::unexpected(tick.error());
    if (!*tick) return rows;
    const auto& stored = std::get<market::Trade>((*tick)->event);
    if (stored.id < sent.first()) continue;  // of an earlier demo
    ++rows.all;
    if (!kept.empty() && stored.id < kept.front().fill.id) continue;  // the exchange forgot it
    const sim::TradeRecord* made = venue.exchange.trade(pair, stored.id);
    const bool same =
        made != nullptr && sim::as_made(stored, made->fill, venue.exchange.settings().pairs[pair]);
    if (!same) ++rows.altered;
  }
}

}  // namespace

void judge_stored(const std::string& database, const std::vector<DemoVenue>& venues,
                  const sim::Exposition& scrape, sim::Report& report) {
  for (const DemoVenue& venue : venues) {
    const auto& symbols = venue.sent.symbols();
    for (std::size_t i = 0; i < symbols.size(); ++i) {
      const auto rows = read_rows(database, venue, i, *market::Symbol::parse(symbols[i]));
      if (!rows) return report.violation(kChecker, {}, rows.error().message);
      const double held =
          scrape.sum("tickwitness_feed_trades_held",
                     {{"exchange", to_string(venue.venue)}, {"symbol", symbols[i]}});
      const std::string of = fmt::format("{}@{}", symbols[i], to_string(venue.venue));
      report.equal(kChecker, fmt::format("trades {}", of),
                   static_cast<double>(venue.sent.trade_ids()[i].count()) - held,
                   static_cast<double>(rows->all));
      report.equal(kChecker, fmt::format("altered {}", of), 0, static_cast<double>(rows->altered));
    }
  }
}

}  // namespace tickwitness::app
