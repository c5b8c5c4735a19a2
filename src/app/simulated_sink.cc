#include "app/simulated_sink.h"

#include "store/batch/stored_trade.h"
#include "store/batch/words.h"

namespace tickwitness::app {
namespace {

std::unexpected<store::SinkError> passing(const base::Error& error) {
  return std::unexpected(store::SinkError{error, true});
}

void compare(const sim::TradeRow& row, const market::Trade& trade, const pipeline::Tick& tick,
             store::Stored& stored) {
  const std::string price = row.price.str(), quantity = row.quantity.str();
  const bool typed = row.order_type != market::OrderType::unknown;
  const store::StoredTrade there{.taker_side = store::word(row.taker_side),
                                 .order_type = typed ? store::word(row.order_type) : "",
                                 .price = price,
                                 .quantity = quantity,
                                 .exchange_time = row.exchange_time.time_since_epoch().count()};
  if (store::same(there, trade)) {
    ++stored.duplicates;
  } else {
    stored.conflicts.push_back({tick, store::describe(there)});
  }
}

}  // namespace

store::SinkResult<store::Cursor> SimulatedSink::open() {
  const auto position = database_.connect();
  if (!position) return passing(position.error());
  return store::Cursor{.spool = position->log, .lsn = position->number};
}

store::SinkResult<store::Stored> SimulatedSink::store(std::span<const pipeline::Tick> ticks,
                                                      std::span<const pipeline::GapEntry> gaps,
                                                      store::Cursor upto) {
  store::Stored stored;
  if (const auto begun = database_.begin(); !begun) return passing(begun.error());
  for (const pipeline::Tick& tick : ticks) {
    const auto done =
        std::visit([&](const auto& event) { return put(event, tick, stored); }, tick.event);
    if (!done) return passing(done.error());
  }
  for (const pipeline::GapEntry& gap : gaps) {
    const auto done = database_.put_gap(
        {.log = upto.spool, .number = gap.id},
        {.market = {gap.venue, gap.symbol}, .from = gap.from, .to = gap.to, .lost = gap.lost});
    if (!done) return passing(done.error());
  }
  const auto done = database_.commit({.log = upto.spool, .number = upto.lsn});
  if (!done) return passing(done.error());
  return stored;
}

base::Result<void> SimulatedSink::put(const market::Trade& trade, const pipeline::Tick& tick,
                                      store::Stored& stored) {
  if (trade.id == 0) return {};
  const auto there =
      database_.add_trade({tick.venue, trade.symbol}, {.id = trade.id,
                                                       .taker_side = trade.taker_side,
                                                       .order_type = trade.order_type,
                                                       .price = trade.price,
                                                       .quantity = trade.quantity,
                                                       .exchange_time = trade.exchange_time});
  if (!there) return std::unexpected(there.error());
  if (*there == nullptr) {
    ++stored.inserted;
  } else {
    compare(**there, trade, tick, stored);
  }
  return {};
}

base::Result<void> SimulatedSink::put(const market::Candle& candle, const pipeline::Tick& tick,
                                      store::Stored& stored) {
  if (!candle.closed.value_or(false)) return {};
  const auto changed = database_.put_candle({tick.venue, candle.symbol}, candle);
  if (!changed) return std::unexpected(changed.error());
  ++(*changed ? stored.inserted : stored.duplicates);
  return {};
}

base::Result<void> SimulatedSink::put(const market::Quote& quote, const pipeline::Tick& tick,
                                      store::Stored& stored) {
  const auto added = database_.add_quote({tick.venue, quote.symbol}, tick.received.wall);
  if (!added) return std::unexpected(added.error());
  ++(*added ? stored.inserted : stored.duplicates);
  return {};
}

}  // namespace tickwitness::app
