#include "app/engine.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "exchange/venues/venues.h"
#include "feed/gap_entry.h"
#include "runtime/when_all.h"

namespace tickwitness::app {
namespace {

// Ages that serve shows are at most this much too old; four times a second costs next to nothing.
constexpr base::Duration kReportEvery = std::chrono::milliseconds(250);
constexpr std::size_t kGapsShown = 200;

}  // namespace

Engine::Engine(World world, const EngineSettings& settings,
               std::function<void(base::Now)> each_turn,
               std::function<void(std::shared_ptr<const serve::EngineStatus>)> on_status)
    : world_(world),
      each_turn_(std::move(each_turn)),
      on_status_(std::move(on_status)),
      handoff_(settings.ring_capacity, settings.overload, world.metrics,
               telemetry::label::Ring{"ingest"}),
      meter_(world.metrics),
      markets_(markets_of(settings)),
      quoted_(quoted_of(settings)),
      timer_(world.executor.make_timer()),
      uptime_(world.metrics.uptime_seconds.at()) {
  for (const auto& one : settings.feeds) add_feed(one);
}

std::set<Engine::Market> Engine::markets_of(const EngineSettings& settings) {
  std::set<Market> markets;
  for (const auto& one : settings.feeds) {
    for (const auto& subscription : one.feed.subscriptions) {
      markets.emplace(one.feed.venue, subscription.symbol);
    }
  }
  return markets;
}

std::set<Engine::Market> Engine::quoted_of(const EngineSettings& settings) {
  std::set<Market> markets;
  for (const auto& one : settings.feeds) {
    for (const auto& [channel, symbol, interval] : one.feed.subscriptions) {
      const bool quotes =
          channel == exchange::Channel::spread || channel == exchange::Channel::book;
      if (quotes) markets.emplace(one.feed.venue, symbol);
    }
  }
  return markets;
}

void Engine::add_feed(const VenueSettings& settings) {
  const market::Venue venue = settings.feed.venue;
  feed::Feed::Dialect dialect{.make_protocol =
                                  [venue, depth = settings.book_depth] {
                                    return exchange::venues::make_protocol(venue, depth);
                                  },
                              .rest = exchange::venues::make_rest(venue)};
  feed::Feed::Parts parts{
      .executor = world_.executor,
      .channels = world_.channels,
      .http = world_.http,
      .metrics = world_.metrics,
      .ledger = ledger_,
      .handoff = handoff_,
      .turn_done = [this] { drain(); },
      .on_event = [this, venue](const feed::LinkEvent& event) { on_event(venue, event); },
      .tap = world_.tap};
  feeds_.push_back(
      {.venue = venue,
       .feed = std::make_unique<feed::Feed>(settings.feed, std::move(dialect), std::move(parts))});
}

void Engine::restore(Past past) {
  last_gap_ = past.last_gap;
  ledger_.restore(std::move(past.gaps), past.last_gap, world_.executor.clock().now());
  for (const auto& one : past.trades) {
    const auto followed = std::ranges::find(feeds_, one.venue, &Followed::venue);
    if (followed != feeds_.end()) followed->feed->restore(one);
  }
  ledger_.end_restore(world_.executor.clock().now(), [&](const feed::Gap& gap) -> std::string {
    if (!markets_.contains({gap.venue, gap.symbol})) return "the market is not followed any more";
    const bool passed = std::ranges::any_of(past.trades, [&](const feed::TradesPast& one) {
      return one.venue == gap.venue && one.symbol == gap.symbol && one.top > gap.to;
    });
    return passed ? "" : "the process ended; a later entry has what is missing";
  });
  for (const feed::Gap& gap : ledger_.entries()) {
    if (!gap.closed) open_gaps_.insert(gap.id);
  }
}

void Engine::start() {
  started_ = world_.executor.clock().now().mono;
  next_report_ = started_;
  for (auto& one : feeds_) one.feed->start();
  turn();
}

void Engine::drain() {
  const base::Instant now = world_.executor.clock().now().mono;
  handoff_.drain(std::numeric_limits<std::size_t>::max(), [&](const pipeline::Tick& tick) {
    meter_.on_tick(tick, now);
    if (world_.records != nullptr) world_.records->on_tick(tick);
  });
}

void Engine::turn() {
  report();
  // Late turns do not pile up: the next is the first whole period after now.
  const base::Instant now = world_.executor.clock().now().mono;
  while (next_report_ <= now) next_report_ += kReportEvery;
  timer_->arm(next_report_, [this] { turn(); });
}

void Engine::report() {
  const base::Now now = world_.executor.clock().now();
  if (each_turn_) each_turn_(now);
  uptime_.set(base::seconds(now.mono - started_));
  for (auto& one : feeds_) one.feed->observe(now.mono);
  handoff_.observe(now.mono);
  meter_.observe(now.mono);
  world_.registry.tick(now.mono);
  keep_gaps();
  log_gaps();
  world_.log.tick();
  auto status = std::make_shared<serve::EngineStatus>();
  status->at = now;
  for (const auto& one : feeds_) status->feeds.push_back(one.feed->status(now));
  const auto& gaps = ledger_.entries();
  const auto shown = static_cast<std::ptrdiff_t>(std::min(gaps.size(), kGapsShown));
  status->gaps.assign(gaps.end() - shown, gaps.end());
  status->gaps_open = ledger_.open_count();
  status->queue_depth = handoff_.depth();
  status->queue_capacity = handoff_.capacity();
  on_status_(std::move(status));
}

void Engine::finish(std::function<void()> on_ended) {
  const auto each = runtime::when_all(feeds_.size(), std::move(on_ended));
  for (auto& one : feeds_) one.feed->finish(each);
}

void Engine::stop(std::function<void()> on_stopped) {
  const auto each = runtime::when_all(feeds_.size(), [this, on_stopped = std::move(on_stopped)] {
    timer_->cancel();
    drain();
    report();
    on_stopped();
  });
  for (auto& one : feeds_) one.feed->stop(each);
}

void Engine::apply(const EngineSettings& settings) {
  for (const auto& wanted : settings.feeds) {
    const auto one = std::ranges::find(feeds_, wanted.feed.venue, &Followed::venue);
    if (one != feeds_.end()) one->feed->apply(wanted.feed);
  }
  drain();  // of what is forgotten nothing comes afterwards
  std::set<Market> wanted = markets_of(settings), quoted = quoted_of(settings);
  for (const auto& [venue, symbol] : quoted_) {
    if (!quoted.contains({venue, symbol})) meter_.forget_quotes(venue, symbol);
  }
  for (const auto& [venue, symbol] : markets_) {
    if (!wanted.contains({venue, symbol})) meter_.forget(venue, symbol);
  }
  for (const auto& [venue, symbol] : wanted) meter_.expect(venue, symbol);
  for (const auto& [venue, symbol] : quoted) meter_.expect_quotes(venue, symbol);
  markets_ = std::move(wanted);
  quoted_ = std::move(quoted);
}

void Engine::keep_gaps() {
  for (const std::uint64_t id : ledger_.take_changed()) {
    const feed::Gap* const gap = ledger_.find(id);
    if (gap == nullptr || world_.records == nullptr) continue;
    if (!world_.records->on_gap(feed::to_entry(*gap))) ledger_.changed_again(id);
  }
}

void Engine::log_gaps() {
  for (auto one = open_gaps_.begin(); one != open_gaps_.end();) {
    const feed::Gap* const gap = ledger_.find(*one);
    if (gap != nullptr && !gap->closed) {
      ++one;
      continue;
    }
    one = open_gaps_.erase(one);
    if (gap == nullptr) continue;
    const bool filled = gap->state == feed::GapState::filled;
    const std::string_view what = filled ? "gap filled" : "gap given up";
    filled ? world_.log.info("feed", what, {{"gap", gap->id}, {"symbol", gap->symbol.str()}})
           : world_.log.error("feed", what,
                              {{"gap", gap->id},
                               {"exchange", to_string(gap->venue)},
                               {"symbol", gap->symbol.str()},
                               {"lost", gap->lost},
                               {"why", gap->reason}});
  }
  const auto& gaps = ledger_.entries();
  for (auto gap = gaps.rbegin(); gap != gaps.rend() && gap->id > last_gap_; ++gap) {
    world_.log.warning("feed", "gap found",
                       {{"gap", gap->id},
                        {"exchange", to_string(gap->venue)},
                        {"symbol", gap->symbol.str()},
                        {"channel", to_string(gap->channel)},
                        {"from", gap->from},
                        {"to", gap->to},
                        {"cause", to_string(gap->cause)}});
    open_gaps_.insert(gap->id);
  }
  if (!gaps.empty()) last_gap_ = gaps.back().id;
}

void Engine::on_event(market::Venue venue, const feed::LinkEvent& event) {
  using What = feed::LinkEvent::What;
  // What just happened is known to serve before the next turn; in a turn of its own, after the
  // link has finished its own.
  if (event.what != What::connecting) world_.executor.post([this] { report(); });
  runtime::Log& log = world_.log;
  const std::string_view exchange = to_string(venue);
  switch (event.what) {
    case What::connecting:
      return log.debug(
          "feed", "connecting",
          {{"exchange", exchange}, {"connection", event.connection}, {"host", event.detail}});
    case What::connected:
      return log.info(
          "feed", "connected",
          {{"exchange", exchange}, {"connection", event.connection}, {"host", event.detail}});
    case What::closed:
      return log.warning(
          "feed", "closed",
          {{"exchange", exchange}, {"connection", event.connection}, {"why", event.detail}});
    case What::refused:
      return log.error(
          "feed", "subscription refused",
          {{"exchange", exchange}, {"connection", event.connection}, {"venue_says", event.detail}});
    case What::zombie:
      return log.warning(
          "feed", "subscription is dead, though its market moves",
          {{"exchange", exchange}, {"connection", event.connection}, {"stream", event.detail}});
    case What::silent:
      return log.warning(
          "feed", "subscriptions silent",
          {{"exchange", exchange}, {"connection", event.connection}, {"streams", event.detail}});
    case What::rotating:
      return log.info(
          "feed", "connection is being replaced",
          {{"exchange", exchange}, {"connection", event.connection}, {"because", event.detail}});
    case What::rotated:
      return log.info(
          "feed", "connection was replaced",
          {{"exchange", exchange}, {"connection", event.connection}, {"host", event.detail}});
    case What::breaker:
      return log.warning(
          "feed", "circuit breaker",
          {{"exchange", exchange}, {"connection", event.connection}, {"state", event.detail}});
  }
}

}  // namespace tickwitness::app
