#include "app/engine.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "exchange/kraken/rest.h"
#include "exchange/kraken/session.h"

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
      feed_(settings.feed,
            {.make_protocol =
                 [depth = settings.book_depth] {
                   return std::make_unique<exchange::kraken::KrakenV2>(depth);
                 },
             .rest = std::make_unique<exchange::kraken::KrakenRest>()},
            {.executor = world.executor,
             .channels = world.channels,
             .http = world.http,
             .metrics = world.metrics,
             .ledger = ledger_,
             .handoff = handoff_,
             .turn_done = [this] { drain(); },
             .on_event = [this](const feed::LinkEvent& event) { on_event(event); },
             .tap = world.tap}),
      timer_(world.executor.make_timer()),
      uptime_(world.metrics.uptime_seconds.at()) {
  for (const auto& subscription : settings.feed.subscriptions) {
    symbols_.insert(subscription.symbol);
  }
}

void Engine::start() {
  started_ = world_.executor.clock().now().mono;
  next_report_ = started_;
  feed_.start();
  turn();
}

void Engine::drain() {
  const base::Instant now = world_.executor.clock().now().mono;
  handoff_.drain(std::numeric_limits<std::size_t>::max(),
                 [&](const pipeline::Tick& tick) { meter_.on_tick(tick, now); });
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
  uptime_.set(std::chrono::duration<double>(now.mono - started_).count());
  feed_.observe(now.mono);
  handoff_.observe(now.mono);
  world_.registry.tick(now.mono);
  log_gaps();
  world_.log.tick();
  auto status = std::make_shared<serve::EngineStatus>();
  status->at = now;
  status->feeds.push_back(feed_.status(now));
  const auto& gaps = ledger_.entries();
  const auto shown = static_cast<std::ptrdiff_t>(std::min(gaps.size(), kGapsShown));
  status->gaps.assign(gaps.end() - shown, gaps.end());
  status->queue_depth = handoff_.depth();
  status->queue_capacity = handoff_.capacity();
  on_status_(std::move(status));
}

void Engine::stop(std::function<void()> on_stopped) {
  feed_.stop([this, on_stopped = std::move(on_stopped)] {
    timer_->cancel();
    drain();
    report();
    on_stopped();
  });
}

void Engine::apply(const EngineSettings& settings) {
  feed_.apply(settings.feed);
  std::set<market::Symbol> wanted;
  for (const auto& subscription : settings.feed.subscriptions) wanted.insert(subscription.symbol);
  for (const auto& symbol : symbols_) {
    if (!wanted.contains(symbol)) meter_.forget(settings.feed.venue, symbol);
  }
  symbols_ = std::move(wanted);
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
                               {"symbol", gap->symbol.str()},
                               {"lost", gap->lost},
                               {"why", gap->reason}});
  }
  const auto& gaps = ledger_.entries();
  for (auto gap = gaps.rbegin(); gap != gaps.rend() && gap->id > last_gap_; ++gap) {
    world_.log.warning("feed", "gap found",
                       {{"gap", gap->id},
                        {"symbol", gap->symbol.str()},
                        {"channel", to_string(gap->channel)},
                        {"from", gap->from},
                        {"to", gap->to},
                        {"cause", to_string(gap->cause)}});
    open_gaps_.insert(gap->id);
  }
  if (!gaps.empty()) last_gap_ = gaps.back().id;
}

void Engine::on_event(const feed::LinkEvent& event) {
  using What = feed::LinkEvent::What;
  // What just happened is known to serve before the next turn; in a turn of its own, after the
  // link has finished its own.
  if (event.what != What::connecting) world_.executor.post([this] { report(); });
  runtime::Log& log = world_.log;
  switch (event.what) {
    case What::connecting:
      return log.debug("feed", "connecting",
                       {{"connection", event.connection}, {"host", event.detail}});
    case What::connected:
      return log.info("feed", "connected",
                      {{"connection", event.connection}, {"host", event.detail}});
    case What::closed:
      return log.warning("feed", "closed",
                         {{"connection", event.connection}, {"why", event.detail}});
    case What::refused:
      return log.error("feed", "subscription refused",
                       {{"connection", event.connection}, {"venue_says", event.detail}});
    case What::zombie:
      return log.warning("feed", "subscription is dead, though its market moves",
                         {{"connection", event.connection}, {"stream", event.detail}});
    case What::silent:
      return log.warning("feed", "subscriptions silent",
                         {{"connection", event.connection}, {"streams", event.detail}});
    case What::breaker:
      return log.warning("feed", "circuit breaker",
                         {{"connection", event.connection}, {"state", event.detail}});
  }
}

}  // namespace tickwitness::app
