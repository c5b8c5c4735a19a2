#include "feed/book_keeper.h"

#include <algorithm>
#include <utility>

#include "base/planted.h"
#include "feed/labels.h"

namespace tickwitness::feed {

std::string_view to_string(BookState state) {
  switch (state) {
    case BookState::waiting:
      return "waiting";
    case BookState::valid:
      return "valid";
    case BookState::quarantined:
      return "quarantined";
  }
  return "?";
}

std::string_view to_string(PrecisionSource source) {
  switch (source) {
    case PrecisionSource::unknown:
      return "unknown";
    case PrecisionSource::inferred:
      return "inferred";
    case PrecisionSource::file:
      return "file";
    case PrecisionSource::instrument:
      return "instrument";
  }
  return "?";
}

BookKeeper::BookKeeper(market::Venue venue, const BookKeeperSettings& settings,
                       const exchange::Protocol& protocol, GapLedger& ledger,
                       telemetry::Catalog& metrics)
    : venue_(venue),
      label_(label_of(venue)),
      settings_(settings),
      protocol_(protocol),
      ledger_(ledger),
      metrics_(metrics) {}

BookKeeper::Book& BookKeeper::book(const market::Symbol& symbol) {
  if (const auto known = book_of_.find(symbol)) return *books_[*known];
  book_of_.add(symbol, books_.size());
  using telemetry::label::Result;
  const telemetry::label::Symbol name{symbol.str()};
  books_.push_back(std::make_unique<Book>(
      Book{.symbol = symbol,
           .levels = market::OrderBook(std::max<std::size_t>(protocol_.book_depth(), 1)),
           .checksum_ok = metrics_.book_checksums.at(label_, name, Result::success),
           .checksum_failed = metrics_.book_checksums.at(label_, name, Result::failure),
           .crossed = metrics_.book_crossed.at(label_, name),
           .resyncs_counter = metrics_.book_resyncs.at(label_, name),
           .gaps = metrics_.feed_sequence_gaps.at(label_, name),
           .state_gauge = metrics_.book_state.at(label_, name)}));
  if (const auto known = known_.find(symbol); known != known_.end()) {
    books_.back()->known = known->second;
  }
  return *books_.back();
}

void BookKeeper::expect(const market::Symbol& symbol) {
  book(symbol).followed = true;
}

void BookKeeper::forget(base::Now now, const market::Symbol& symbol) {
  const auto known = book_of_.find(symbol);
  if (!known) return;
  Book& b = *books_[*known];
  b.feeders.clear();
  b.bereft = false;
  lose(b, now);
  b.followed = false;
  b.state_gauge.clear();
}

void BookKeeper::set_precision(const market::Symbol& symbol, market::Precision precision,
                               PrecisionSource source) {
  constexpr std::size_t kKnownMax = 10'000;
  if (known_.size() >= kKnownMax && !known_.contains(symbol)) return;
  Known& known = known_[symbol];
  if (source < known.source) return;
  known = {precision, source};
  if (const auto followed = book_of_.find(symbol)) books_[*followed]->known = known;
}

void BookKeeper::infer(Book& b, std::span<const market::Level> bids,
                       std::span<const market::Level> asks) {
  if (b.known.source > PrecisionSource::inferred) return;
  b.known.source = PrecisionSource::inferred;
  for (const auto side : {bids, asks}) {
    for (const market::Level& level : side) {
      b.known.precision.price = std::max(b.known.precision.price, level.price.scale());
      b.known.precision.quantity = std::max(b.known.precision.quantity, level.quantity.scale());
    }
  }
}

BookKeeper::Feeder& BookKeeper::feeder(Book& b, StreamNumber stream) {
  const auto found = std::ranges::find(b.feeders, stream, &Feeder::stream);
  return found != b.feeders.end() ? *found : b.feeders.emplace_back(Feeder{.stream = stream});
}

void BookKeeper::on_books(base::Now received, const exchange::Frame& frame,
                          std::vector<market::Quote>& quotes, StreamNumber stream) {
  for (const exchange::BookChange& change : frame.books) {
    Book& b = book(change.symbol);
    if (!b.followed) continue;  // a venue sends on until it has read that it is not wanted
    if (protocol_.book_sync() == exchange::BookSync::checksum || frame.snapshot) {
      apply_checked(b, received, change, frame, stream);
    } else {
      apply_numbered(b, received, change, frame, stream);
    }
    tell(b, change.exchange_time, quotes);
  }
}

void BookKeeper::apply_checked(Book& b, base::Now now, const exchange::BookChange& change,
                               const exchange::Frame& frame, StreamNumber stream) {
  feeder(b, stream);
  // A younger connection takes over with its snapshot; changes say nothing of another's book.
  if (frame.snapshot) b.source = stream;
  if (!frame.snapshot && (b.state != BookState::valid || stream != b.source)) return;
  const auto bids = frame.bids(change);
  const auto asks = frame.asks(change);
  if (frame.snapshot) {
    b.levels.clear();
    b.levels.set_depth(protocol_.book_depth_by(std::max(bids.size(), asks.size())));
  }
  b.levels.apply(bids, asks);
  infer(b, bids, asks);
  if (change.checksum) {
    const bool right = protocol_.checksum_of(b.levels, b.known.precision) == change.checksum ||
                       base::planted(base::PlantedBug::checksum_believed);
    ++(right ? totals_.checksums_ok : totals_.checksums_failed);
    (right ? b.checksum_ok : b.checksum_failed).inc();
    if (!right) return quarantine(b, now, GapCause::checksum, 0, 0);
  }
  if (frame.snapshot) become_valid(b, now);
  check_crossed(b, now);
}

BookKeeper::Order BookKeeper::order_of(const Book& b, std::uint64_t first_id,
                                       std::uint64_t last_id) {
  if (last_id <= b.last_id) return Order::old;
  // The first update after a snapshot may reach back behind it.
  // So may those of connections that share out the changes differently.
  const bool exactly = b.joined && b.feeders.size() < 2;
  const bool follows = exactly ? first_id == b.last_id + 1 : first_id <= b.last_id + 1;
  return follows ? Order::next : Order::hole;
}

void BookKeeper::apply_numbered(Book& b, base::Now now, const exchange::BookChange& change,
                                const exchange::Frame& frame, StreamNumber stream) {
  const std::uint64_t last_id = change.last_id.value_or(0);
  const std::uint64_t first_id = change.first_id.value_or(last_id);
  Feeder& from = feeder(b, stream);
  if (b.state != BookState::valid) return wait(b, change, frame, stream);
  switch (order_of(b, first_id, last_id)) {
    case Order::old:
      from.joined = true;
      return;
    case Order::next:
      b.levels.apply(frame.bids(change), frame.asks(change));
      b.last_id = last_id;
      b.joined = from.joined = true;
      if (!b.waiting.empty()) catch_up(b);
      return check_crossed(b, now);
    case Order::hole:
      // A connection that has just begun may be ahead: the other brings what lies between. Where
      // all are ahead nobody does.
      from.joined = false;
      if (std::ranges::none_of(b.feeders, &Feeder::joined)) {
        quarantine(b, now, GapCause::sequence, b.last_id + 1, first_id - 1);
      }
      return wait(b, change, frame, stream);
  }
}

void BookKeeper::wait(Book& b, const exchange::BookChange& change, const exchange::Frame& frame,
                      StreamNumber stream) {
  const std::size_t levels = change.bids + change.asks;
  if (b.waiting_levels + levels > settings_.waiting_levels_max) {
    b.waiting.clear();  // a snapshot that is younger than these will come or nothing will
    b.waiting_levels = 0;
  }
  const auto bids = frame.bids(change);
  const auto asks = frame.asks(change);
  Waiting one{.stream = stream,
              .first_id = change.first_id.value_or(change.last_id.value_or(0)),
              .last_id = change.last_id.value_or(0),
              .levels = {bids.begin(), bids.end()},
              .bids = bids.size()};
  one.levels.insert(one.levels.end(), asks.begin(), asks.end());
  b.waiting.insert(std::ranges::upper_bound(b.waiting, one.first_id, {}, &Waiting::first_id),
                   std::move(one));
  b.waiting_levels += levels;
}

bool BookKeeper::catch_up(Book& b) {
  auto one = b.waiting.begin();
  for (; one != b.waiting.end(); ++one) {
    const Order order = order_of(b, one->first_id, one->last_id);
    if (order == Order::hole) break;
    b.waiting_levels -= one->levels.size();
    if (order == Order::old) continue;
    const std::span levels(one->levels);
    b.levels.apply(levels.first(one->bids), levels.subspan(one->bids));
    b.last_id = one->last_id;
    b.joined = true;
  }
  b.waiting.erase(b.waiting.begin(), one);
  return b.waiting.empty();
}

void BookKeeper::on_snapshot(base::Now received, const exchange::BookSnapshot& snapshot,
                             std::vector<market::Quote>& quotes) {
  Book& b = book(snapshot.symbol);
  b.asked = false;
  if (!b.followed) return;
  if (!b.waiting.empty() && snapshot.last_id + 1 < b.waiting.front().first_id) {
    return on_snapshot_failed(received, snapshot.symbol);  // older than the stream: ask again
  }
  b.levels.clear();
  b.levels.set_depth(protocol_.book_depth_by(std::max(snapshot.bids.size(), snapshot.asks.size())));
  b.levels.apply(snapshot.bids, snapshot.asks);
  infer(b, snapshot.bids, snapshot.asks);
  b.last_id = snapshot.last_id;
  b.joined = false;
  become_valid(b, received);
  for (Feeder& one : b.feeders) one.joined = true;
  if (!catch_up(b) && b.feeders.size() < 2) {
    quarantine(b, received, GapCause::sequence, b.last_id + 1, b.waiting.front().first_id - 1);
  }
  if (b.state == BookState::valid) check_crossed(b, received);
  tell(b, std::nullopt, quotes);
}

void BookKeeper::on_snapshot_failed(base::Now now, const market::Symbol& symbol) {
  Book& b = book(symbol);
  b.asked = false;
  const base::Duration wait = settings_.resync_first * (1 << std::min(b.failures, 10));
  ++b.failures;
  b.next_resync = now.mono + std::min(wait, settings_.resync_max);
}

void BookKeeper::on_stream_lost(base::Now now, const market::Symbol& symbol, StreamNumber stream) {
  Book& b = book(symbol);
  const bool brought_it =
      std::erase_if(b.feeders, [&](const Feeder& one) { return one.stream == stream; }) != 0;
  if (!b.feeders.empty()) {
    if (!brought_it) return;
    b.joined = false;  // the others may share the changes out differently
    forget_waiting(b, stream);
    if (goes_on_without(b, stream)) return;
    b.bereft = protocol_.book_sync() == exchange::BookSync::checksum;
  }
  lose(b, now);
}

// What it was ahead with the others bring themselves.
void BookKeeper::forget_waiting(Book& b, StreamNumber stream) {
  std::erase_if(b.waiting, [&](const Waiting& one) {
    if (one.stream == stream) b.waiting_levels -= one.levels.size();
    return one.stream == stream;
  });
}

bool BookKeeper::goes_on_without(const Book& b, StreamNumber stream) const {
  if (protocol_.book_sync() == exchange::BookSync::checksum) return b.source != stream;
  // One that needs a snapshot needs it still, and what the others brought waits for it.
  return b.state != BookState::valid || b.waiting.empty() ||
         std::ranges::any_of(b.feeders, &Feeder::joined);
}

void BookKeeper::lose(Book& b, base::Now now) {
  if (b.entry != 0) ledger_.close(std::exchange(b.entry, 0), now);
  b.levels.clear();
  b.state = BookState::waiting;
  if (b.feeders.empty()) {
    b.waiting.clear();
    b.waiting_levels = 0;
  }
  b.asked = false;
  b.bid.reset();
  b.ask.reset();
}

void BookKeeper::become_valid(Book& b, base::Now now) {
  if (b.entry != 0) ledger_.close(std::exchange(b.entry, 0), now);
  b.state = BookState::valid;
  b.valid_since = now.mono;
  b.asked = b.bereft = false;
}

void BookKeeper::check_crossed(Book& b, base::Now now) {
  if (!b.levels.crossed()) return;
  ++totals_.crossed;
  b.crossed.inc();
  quarantine(b, now, GapCause::crossed, 0, 0);
}

void BookKeeper::quarantine(Book& b, base::Now now, GapCause cause, std::uint64_t from,
                            std::uint64_t to) {
  const bool steady =
      b.state == BookState::valid && now.mono - b.valid_since >= settings_.steady_after;
  if (steady) b.failures = 0;
  if (b.entry == 0) {
    b.entry = ledger_.open({.venue = venue_,
                            .symbol = b.symbol,
                            .channel = exchange::Channel::book,
                            .from = from,
                            .to = to,
                            .cause = cause,
                            .opened = now});
    ++totals_.gaps;
    b.gaps.inc();
  }
  b.state = BookState::quarantined;
  b.levels.clear();
  b.asked = false;
  // The first time at once; a book that goes bad again and again is asked for less and less often.
  const base::Duration wait =
      b.failures == 0 ? base::Duration::zero()
                      : std::min(settings_.resync_first * (1 << std::min(b.failures - 1, 10)),
                                 settings_.resync_max);
  ++b.failures;
  b.next_resync = now.mono + wait;
}

// A subscription brings its snapshot by itself; numbered updates wait for one to be asked for.
bool BookKeeper::wants_snapshot(const Book& b) const {
  if (!b.followed) return false;
  if (b.state != BookState::waiting) return b.state == BookState::quarantined;
  const bool numbered = protocol_.book_sync() == exchange::BookSync::update_ids;
  return numbered ? !b.waiting.empty() : b.bereft;
}

std::optional<market::Symbol> BookKeeper::next_resync(base::Now now) {
  for (auto& b : books_) {
    if (!wants_snapshot(*b) || now.mono < b->next_resync) continue;
    if (b->asked) ++b->failures;  // the last one was never answered
    b->asked = true;
    b->next_resync = now.mono + settings_.resync_timeout +
                     settings_.resync_first * (1 << std::min(b->failures, 5));
    if (b->entry != 0) ledger_.set_filling(b->entry);
    ++b->resyncs;
    ++totals_.resyncs;
    b->resyncs_counter.inc();
    return b->symbol;
  }
  return std::nullopt;
}

std::optional<base::Instant> BookKeeper::deadline() const {
  std::optional<base::Instant> first;
  for (const auto& b : books_) {
    if (!wants_snapshot(*b)) continue;
    if (!first || b->next_resync < *first) first = b->next_resync;
  }
  return first;
}

void BookKeeper::tell(Book& b, std::optional<base::WallTime> time,
                      std::vector<market::Quote>& quotes) {
  std::optional<market::Level> bid, ask;
  if (b.state == BookState::valid && b.levels.bid_count() > 0) bid = b.levels.bid(0);
  if (b.state == BookState::valid && b.levels.ask_count() > 0) ask = b.levels.ask(0);
  if (bid == b.bid && ask == b.ask) return;
  b.bid = bid;
  b.ask = ask;
  b.said_of = time;
  quotes.push_back(quote_of(b));
}

market::Quote BookKeeper::quote_of(const Book& b) {
  market::Quote quote{.symbol = b.symbol, .exchange_time = b.said_of};
  if (b.bid) quote.bid = b.bid->price, quote.bid_quantity = b.bid->quantity;
  if (b.ask) quote.ask = b.ask->price, quote.ask_quantity = b.ask->quantity;
  return quote;
}

std::optional<market::Quote> BookKeeper::top(const market::Symbol& symbol) const {
  const auto known = book_of_.find(symbol);
  if (!known || !books_[*known]->followed) return std::nullopt;
  return quote_of(*books_[*known]);
}

void BookKeeper::observe() const {
  for (const auto& b : books_) {
    if (b->followed) b->state_gauge.set(label_of(b->state));
  }
}

std::vector<BookKeeper::Status> BookKeeper::status() const {
  std::vector<Status> all;
  for (const auto& b : books_) {
    if (!b->followed) continue;
    Status one{.symbol = b->symbol,
               .state = b->state,
               .precision = b->known.precision,
               .source = b->known.source,
               .resyncs = b->resyncs};
    if (b->state == BookState::valid) {
      if (b->levels.bid_count() > 0) one.bid = b->levels.bid(0);
      if (b->levels.ask_count() > 0) one.ask = b->levels.ask(0);
    }
    all.push_back(one);
  }
  return all;
}

}  // namespace tickwitness::feed
