#include "feed/trade_keeper.h"

#include <algorithm>

#include "base/planted.h"
#include "feed/labels.h"
#include "pipeline/trade_ids.h"

namespace tickwitness::feed {
namespace {

constexpr std::string_view kNotAsked = "aggregated trades are not back-filled";
constexpr std::string_view kTooManyHoles = "too many holes at once";
constexpr std::string_view kAnew = "the exchange's ids began anew";
constexpr std::string_view kAbsent = "the exchange's REST interface does not have them";

void consider(std::optional<base::Instant>& first, base::Instant at) {
  if (!first || at < *first) first = at;
}

// An answer that will be the same next time.
bool is_final(exchange::RestProblem problem) {
  return problem == exchange::RestProblem::unknown_symbol ||
         problem == exchange::RestProblem::refused;
}

}  // namespace

TradeKeeper::TradeKeeper(market::Venue venue, const TradeKeeperSettings& settings,
                         GapLedger& ledger, telemetry::Catalog& metrics)
    : venue_(venue),
      label_(label_of(venue)),
      settings_(settings),
      ledger_(ledger),
      metrics_(metrics) {}

void TradeKeeper::expect(const exchange::Subscription& trades) {
  market(trades.symbol, trades.channel).followed = true;
}

void TradeKeeper::restore(base::Now now, exchange::Channel channel, const TradesPast& past) {
  Market& m = market(past.symbol, channel);
  if (m.sequence.begun()) return;
  std::vector<TradeHole> holes;
  for (const PastHole& hole : past.holes) {
    const std::uint64_t entry =
        ledger_.entry_of({.channel = channel, .symbol = m.symbol}, venue_, hole);
    holes.push_back({.from = hole.from,
                     .to = hole.to,
                     .since = now,
                     .before = hole.before,
                     .entry = entry,
                     .after_disconnect = true,
                     .given_up = hole.given_up});
    if (entry == 0 || hole.given_up) continue;
    ledger_.claim(entry, holes.back().count());
    note_missing(m, holes.back());
  }
  m.sequence.restore(past.top, past.top_time, holes);
  m.after_disconnect = true;
  m.restored = true;
}

// The ids are not those that an earlier process knew: nothing that it missed will come.
void TradeKeeper::begin_anew(Market& m, base::Now now) {
  for (const TradeHole& hole : m.sequence.holes()) {
    if (hole.entry == 0) continue;
    ledger_.give_up(hole.entry, hole.count(), kAnew, now);
    m.lost.add(hole.count());
  }
  m.sequence = TradeSequence(settings_.sequence);
}

void TradeKeeper::forget(const exchange::Subscription& trades) {
  Market* const m = find(trades.symbol, trades.channel);
  if (m == nullptr) return;
  m->followed = false;
  m->feeders.clear();
  m->after_disconnect = true;
}

TradeKeeper::Market* TradeKeeper::find(const market::Symbol& symbol, exchange::Channel channel) {
  const auto known = market_of_.find({.channel = channel, .symbol = symbol});
  return known ? markets_[*known].get() : nullptr;
}

TradeKeeper::Market& TradeKeeper::market(const market::Symbol& symbol, exchange::Channel channel) {
  const exchange::Subscription key{.channel = channel, .symbol = symbol};
  if (const auto known = market_of_.find(key)) return *markets_[*known];
  market_of_.add(key, markets_.size());
  const telemetry::label::Symbol name{symbol.str()};
  using telemetry::label::TradeOrigin;
  markets_.push_back(std::make_unique<Market>(
      Market{.symbol = symbol,
             .channel = channel,
             .sequence = TradeSequence(settings_.sequence),
             .days = {},
             .live = metrics_.feed_trades.at(label_, name, TradeOrigin::live),
             .snapshot = metrics_.feed_trades.at(label_, name, TradeOrigin::snapshot),
             .rest = metrics_.feed_trades.at(label_, name, TradeOrigin::rest),
             .duplicates = metrics_.feed_trade_duplicates.at(label_, name),
             .late = metrics_.feed_out_of_order.at(label_),
             .missing = metrics_.feed_trades_missing.at(label_, name),
             .filled = metrics_.feed_trades_recovered.at(label_, name),
             .gaps = metrics_.feed_sequence_gaps.at(label_, name),
             .lost = metrics_.feed_trades_lost.at(label_, name),
             .returned = metrics_.feed_trades_returned.at(label_, name),
             .completeness = metrics_.trade_completeness_ratio.at(label_, name),
             .held = metrics_.feed_trades_held.at(label_, name)}));
  return *markets_.back();
}

void TradeKeeper::on_trades(base::Now received, const exchange::Frame& frame, Out& out,
                            StreamNumber stream) {
  const TradeOrigin origin = frame.snapshot ? TradeOrigin::snapshot : TradeOrigin::live;
  Market* touched = nullptr;
  for (const market::Trade& trade : frame.trades) {
    Market& m = market(trade.symbol, frame.channel);
    touched = &m;
    add_feeder(m, stream);
    take(m, received, trade, origin, out);
  }
  if (touched != nullptr && !touched->sequence.holes().empty()) relax(*touched, received, out);
}

void TradeKeeper::take(Market& m, base::Now received, const market::Trade& trade,
                       TradeOrigin origin, Out& out) {
  const std::size_t before = out.size();
  if (trade.id == 0) {  // the venue numbers none: nothing can be known to be missing
    out.push_back({trade, received, origin, false});
    return note_given_out(m, out, before);
  }
  const bool ahead = trade.id > m.sequence.top();
  if (m.restored && origin != TradeOrigin::rest) {
    const bool other_ids =
        !m.sequence.is_missing(trade.id) &&
        pipeline::other_numbering(m.sequence.top(), m.sequence.top_time(), trade);
    if (other_ids) begin_anew(m, received);
    if (ahead || other_ids) m.restored = false;
  }
  const bool fresh = m.sequence.on_trade(
      received, trade, origin, out, [&](const TradeHole& hole) { note_filled(m, hole, received); });
  if (!fresh) m.duplicates.inc();
  if (fresh && !ahead && origin != TradeOrigin::rest) m.late.inc();
  if (ahead) {
    const auto holes = m.sequence.holes();
    const bool hole_before_it = !holes.empty() && holes.back().to + 1 == trade.id;
    if (hole_before_it) holes.back().after_disconnect = m.after_disconnect;
    m.after_disconnect = false;
  }
  note_given_out(m, out, before);
}

void TradeKeeper::note_filled(Market& m, const TradeHole& hole, base::Now now) {
  if (hole.entry == 0) return;
  if (hole.given_up) {
    ledger_.take_back(hole.entry, 1, now);
    m.returned.inc();
  } else {
    ledger_.fill(hole.entry, 1, now);
  }
  m.filled.inc();
  m.days.on_found(hole.before, 1);
}

void TradeKeeper::note_given_out(Market& m, Out& out, std::size_t from) {
  m.held.set(static_cast<double>(m.sequence.held()));
  // Ids of aggregates mean something else than those of the trades that come beside them.
  const bool nameless = m.channel == exchange::Channel::agg_trade && find(m.symbol) != nullptr;
  for (std::size_t i = from; i < out.size(); ++i) {
    if (nameless) out[i].trade.id = 0;
    switch (out[i].origin) {
      case TradeOrigin::live:
        m.live.inc();
        break;
      case TradeOrigin::snapshot:
        m.snapshot.inc();
        break;
      case TradeOrigin::rest:
        m.rest.inc();
        break;
    }
    m.days.on_received(out[i].trade.exchange_time);
  }
}

void TradeKeeper::add_feeder(Market& m, StreamNumber stream) {
  if (!m.followed) return;
  if (std::ranges::find(m.feeders, stream) == m.feeders.end()) m.feeders.push_back(stream);
}

void TradeKeeper::on_stream_joined(const exchange::Subscription& trades, StreamNumber stream) {
  add_feeder(market(trades.symbol, trades.channel), stream);
}

void TradeKeeper::on_stream_lost(const exchange::Subscription& trades, StreamNumber stream) {
  Market* const m = find(trades.symbol, trades.channel);
  if (m == nullptr) return;
  std::erase(m->feeders, stream);
  if (m->feeders.empty()) m->after_disconnect = true;
}

// Holes that nobody filled in time become entries; those that held others back for long enough do
// so no more.
void TradeKeeper::relax(Market& m, base::Now now, Out& out) {
  const std::size_t before = out.size();
  const bool too_many = m.sequence.too_many_held();
  if (base::planted(base::PlantedBug::hole_forgotten)) {
    const TradeHole first = m.sequence.holes().front();
    if (now.mono - first.since.mono >= settings_.grace) {
      m.sequence.give_up(first.from, first.to, out);
    }
  }
  for (TradeHole& hole : m.sequence.holes()) {
    const base::Duration age = now.mono - hole.since.mono;
    if (hole.entry == 0 && age >= settings_.grace) open_entry(m, hole);
    if (too_many || age >= settings_.held_for) hole.blocking = false;
  }
  m.sequence.release(out);
  note_given_out(m, out, before);
  while (m.sequence.too_many_holes()) {
    give_up(m, m.sequence.holes().front(), kTooManyHoles, now, out);
  }
  if (m.channel != exchange::Channel::agg_trade) return;
  give_up_if(m, kNotAsked, now, out, [](const TradeHole&) { return true; });
}

void TradeKeeper::open_entry(Market& m, TradeHole& hole) {
  hole.entry =
      ledger_.open({.venue = venue_,
                    .symbol = m.symbol,
                    .channel = m.channel,
                    .from = hole.from,
                    .to = hole.to,
                    .cause = hole.after_disconnect ? GapCause::disconnect : GapCause::missing,
                    .opened = hole.since});
  note_missing(m, hole);
}

void TradeKeeper::note_missing(Market& m, const TradeHole& hole) {
  m.missing.add(hole.count());
  m.days.on_missing(hole.before, hole.count());
  m.gaps.inc();
}

// By value: the hole that it is about goes.
void TradeKeeper::give_up(Market& m, TradeHole hole, std::string_view reason, base::Now now,
                          Out& out) {
  if (hole.entry == 0) open_entry(m, hole);
  ledger_.give_up(hole.entry, hole.count(), reason, now);
  m.lost.add(hole.count());
  const std::size_t before = out.size();
  m.sequence.give_up(hole.from, hole.to, out);
  note_given_out(m, out, before);
}

template <class Hopeless>
void TradeKeeper::give_up_if(Market& m, std::string_view reason, base::Now now, Out& out,
                             Hopeless hopeless) {
  for (std::size_t i = 0; i < m.sequence.holes().size();) {
    const TradeHole& hole = m.sequence.holes()[i];
    if (hole.entry != 0 && hopeless(hole)) {
      give_up(m, hole, reason, now, out);
    } else {
      ++i;
    }
  }
}

void TradeKeeper::on_time(base::Now now, Out& out) {
  for (auto& m : markets_) {
    if (m->sequence.holes().empty()) continue;
    relax(*m, now, out);
  }
}

std::optional<base::Instant> TradeKeeper::deadline(const Market& m) const {
  std::optional<base::Instant> first;
  for (const TradeHole& hole : m.sequence.holes()) {
    if (hole.entry == 0) consider(first, hole.since.mono + settings_.grace);
    if (hole.blocking) consider(first, hole.since.mono + settings_.held_for);
    const bool ask = hole.entry != 0 && settings_.backfill && !m.asking;
    if (ask) consider(first, m.next_ask);
  }
  return first;
}

std::optional<base::Instant> TradeKeeper::deadline() const {
  std::optional<base::Instant> first;
  for (const auto& m : markets_) {
    if (m->sequence.holes().empty()) continue;
    if (const auto at = deadline(*m)) consider(first, *at);
  }
  return first;
}

std::optional<BackfillAsk> TradeKeeper::next_ask(base::Now now) {
  if (!settings_.backfill) return std::nullopt;
  for (auto& m : markets_) {
    if (m->asking || now.mono < m->next_ask || m->channel != exchange::Channel::trade) continue;
    const auto holes = m->sequence.holes();
    const auto hole = std::ranges::find_if(holes, [](const TradeHole& h) { return h.entry != 0; });
    if (hole == holes.end()) continue;
    m->asking = true;
    ledger_.set_filling(hole->entry);
    BackfillAsk ask{.symbol = m->symbol,
                    .cursor = {.after_id = hole->from - 1, .after_time = hole->before},
                    .to = hole->to};
    if (!m->page.empty()) ask.cursor.page = m->page;
    return ask;
  }
  return std::nullopt;
}

void TradeKeeper::on_page(base::Now now, const BackfillAsk& ask, const exchange::TradePage& page,
                          Out& out) {
  Market* const m = find(ask.symbol);
  if (m == nullptr) return;
  m->asking = false;
  m->failures = 0;
  std::uint64_t seen_to = 0;
  for (const market::Trade& trade : page.trades) {
    seen_to = std::max(seen_to, trade.id);
    if (m->sequence.is_missing(trade.id)) take(*m, now, trade, TradeOrigin::rest, out);
  }
  const bool covered = seen_to >= ask.to || page.next.empty();
  m->page = covered ? std::string() : page.next;
  m->next_ask = now.mono;
  if (!covered) return;
  // What REST passed over and is not there by now never will be.
  give_up_if(*m, kAbsent, now, out, [&](const TradeHole& hole) {
    if (hole.from > ask.to) return false;
    const base::Instant shown_by = hole.since.mono + settings_.rest_lag;
    if (now.mono >= shown_by) return true;
    m->next_ask = std::max(m->next_ask, shown_by);
    return false;
  });
}

void TradeKeeper::on_shown(base::Now now, const market::Symbol& symbol,
                           const exchange::TradePage& page, Out& out) {
  Market* const m = find(symbol);
  if (m == nullptr) return;
  for (const market::Trade& trade : page.trades) {
    if (m->sequence.is_missing(trade.id)) take(*m, now, trade, TradeOrigin::rest, out);
  }
}

void TradeKeeper::on_failure(base::Now now, const BackfillAsk& ask,
                             const exchange::RestFailure& failure, Out& out) {
  Market* const m = find(ask.symbol);
  if (m == nullptr) return;
  m->asking = false;
  m->page.clear();
  const base::Duration wait = settings_.retry_first * (1 << std::min(m->failures, 10));
  ++m->failures;
  m->next_ask = now.mono + std::min(wait, settings_.retry_max);
  give_up_if(*m, failure.detail, now, out, [&](const TradeHole& hole) {
    return is_final(failure.problem) || now.mono - hole.since.mono >= settings_.give_up_after;
  });
}

void TradeKeeper::observe() const {
  for (const auto& m : markets_) {
    const auto ratio = m->days.days().empty() ? std::nullopt : m->days.days().back().ratio();
    if (ratio) m->completeness.set(*ratio);
  }
}

std::vector<TradeKeeper::MarketStatus> TradeKeeper::status() const {
  std::vector<MarketStatus> all;
  for (const auto& m : markets_) {
    if (m->channel != exchange::Channel::trade) continue;
    MarketStatus one{.symbol = m->symbol, .days = m->days.days(), .held = m->sequence.held()};
    for (const TradeHole& hole : m->sequence.holes()) one.missing += hole.count();
    all.push_back(std::move(one));
  }
  return all;
}

std::optional<TradeKeeper::Newest> TradeKeeper::newest(const market::Symbol& symbol) const {
  for (const auto& m : markets_) {
    const bool it = m->symbol == symbol && m->channel == exchange::Channel::trade;
    if (it && m->sequence.begun()) return Newest{m->sequence.top(), m->sequence.top_time()};
  }
  return std::nullopt;
}

}  // namespace tickwitness::feed
