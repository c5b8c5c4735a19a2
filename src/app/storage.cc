#include "app/storage.h"

#include <algorithm>
#include <utility>

#include "feed/gap_entry.h"

namespace tickwitness::app {
namespace {

constexpr std::size_t kRingTicks = std::size_t{1} << 15;
// No ledger has had so many entries.
constexpr base::Duration kLedgerIdEvery = std::chrono::milliseconds(1);

}  // namespace

std::vector<store::Spooler::Market> followed_markets(const EngineSettings& settings) {
  std::vector<store::Spooler::Market> markets;
  for (const auto& venue : settings.feeds) {
    for (const auto& one : venue.feed.subscriptions) {
      const bool trades =
          one.channel == exchange::Channel::trade || one.channel == exchange::Channel::agg_trade;
      if (trades) markets.emplace_back(venue.feed.venue, one.symbol);
    }
  }
  return markets;
}

StorageSettings storage_settings(const config::Settings& settings, std::uint64_t drawn) {
  const config::Store& store = settings.store;
  return {.spool = {.segment_bytes = store.spool_segment_bytes,
                    .total_bytes = store.spool_total_bytes,
                    .free_bytes = store.spool_free_bytes},
          .quote_every = store.quote_every,
          .keep_quotes = store.keep_quotes,
          .drawn = drawn};
}

Storage::Storage(StorageSeams seams, const StorageSettings& settings)
    : seams_(std::move(seams)),
      settings_(settings),
      ring_(kRingTicks, settings.quote_every),
      timer_(seams_.spool.make_timer()) {}

Engine::Past Storage::open(telemetry::Catalog& metrics, runtime::Log& log,
                           const std::vector<store::Spooler::Market>& followed) {
  spooler_ = std::make_unique<store::Spooler>(settings_.spool, ring_, seams_.spool.clock(), metrics,
                                              log, seams_.open_disk, settings_.drawn);
  writer_ = std::make_unique<store::Writer>(
      seams_.store, seams_.sink,
      store::Writer::Source{
          .ask =
              [this](store::Cursor after, std::function<void(store::Load)> on_load) {
                seams_.spool.post([this, after, on_load = std::move(on_load)] {
                  spooler_->ask(after, [this, on_load](store::Load load) {
                    seams_.store.post([on_load, load = std::move(load)] { on_load(load); });
                  });
                });
              },
          .stored =
              [this](store::Cursor upto) {
                seams_.spool.post([this, upto] { spooler_->stored(upto); });
              }},
      metrics, log);
  writer_->keep_quotes(settings_.keep_quotes);
  spooler_->expect(followed);
  const base::Now now = seams_.spool.clock().now();
  Engine::Past known;
  if (spooler_->recover(now)) known = past();
  if (!spooler_->past_is_whole()) {
    // Nobody knows how many entries the ledger has had: ids that none of them has, for it is later.
    known.last_gap = std::max(
        known.last_gap, static_cast<std::uint64_t>(now.wall.time_since_epoch() / kLedgerIdEvery));
  }
  return known;
}

void Storage::start() {
  seams_.spool.post([this] { turn(); });
  seams_.store.post([this] { writer_->start(); });
}

void Storage::follow(std::vector<store::Spooler::Market> followed) {
  seams_.spool.post([this, followed = std::move(followed)] { spooler_->expect(followed); });
}

Engine::Past Storage::past() const {
  Engine::Past past;
  const base::Instant now = seams_.spool.clock().now().mono;
  for (const auto& market : spooler_->accepted().markets()) {
    if (market.top == 0) continue;
    feed::TradesPast one{.venue = market.venue,
                         .symbol = market.symbol,
                         .top = market.top,
                         .top_time = market.top_time};
    for (const auto& hole : market.holes)
      one.holes.push_back({hole.from, hole.to, hole.before, hole.given_up});
    past.trades.push_back(std::move(one));
  }
  for (const auto& [id, entry] : spooler_->accepted().gaps()) {
    if (auto gap = feed::to_gap(entry, now)) past.gaps.push_back(std::move(*gap));
    past.last_gap = id;
  }
  return past;
}

void Storage::turn() {
  const base::Now now = seams_.spool.clock().now();
  spooler_->step(now);
  // From its end: a disk that takes long is not asked without a pause.
  timer_->arm(seams_.spool.clock().now().mono + settings_.turn_every, [this] { turn(); });
}

void Storage::finish(std::function<void()> on_finished) {
  seams_.spool.post([this, on_finished = std::move(on_finished)]() mutable {
    timer_->cancel();
    spooler_->finish(seams_.spool.clock().now());
    seams_.store.post([this, on_finished = std::move(on_finished)]() mutable {
      writer_->finish(std::move(on_finished));
    });
  });
}

}  // namespace tickwitness::app
