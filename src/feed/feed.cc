#include "feed/feed.h"

#include <algorithm>
#include <utility>

#include "feed/labels.h"
#include "runtime/when_all.h"

namespace tickwitness::feed {
namespace {

constexpr base::Duration kBudgetWindow = std::chrono::minutes(10);

// A connection that carries one stream only is called after it.
std::string connection_name(std::size_t index, const std::vector<exchange::Subscription>& wanted) {
  return index == 0 ? "main" : stream_name(wanted.front());
}

}  // namespace

Feed::Feed(const FeedSettings& settings, Dialect dialect, Parts parts)
    : settings_(settings),
      dialect_(std::move(dialect)),
      protocol_(dialect_.make_protocol()),
      executor_(parts.executor),
      budget_(settings.attempts_per_10_minutes, kBudgetWindow),
      intake_({.venue = settings.venue, .trades = settings.trades, .books = settings.books},
              *protocol_, parts.ledger, parts.metrics, parts.handoff, parts.turn_done),
      rest_(settings.rest
                ? std::make_unique<RestClient>(RestClient::Parts{.protocol = *dialect_.rest,
                                                                 .requester = *parts.http,
                                                                 .executor = parts.executor,
                                                                 .metrics = parts.metrics,
                                                                 .tap = parts.tap},
                                               *settings.rest, rest_settings(settings.venue))
                : nullptr),
      rest_witness_(
          rest_ ? std::make_unique<RestWitness>(*rest_,
                                                [this](base::Now now, const market::Symbol& symbol,
                                                       const exchange::TradePage& page) {
                                                  intake_.on_shown(now, symbol, page);
                                                  context_.turn_done();
                                                })
                : nullptr),
      filler_(
          {.intake = intake_,
           .executor = parts.executor,
           .rest = rest_.get(),
           .book_depth = protocol_->book_depth(),
           .book_sync = protocol_->book_sync()},
          [this](const market::Symbol& symbol) { resubscribe_book(symbol); }, parts.turn_done),
      witness_(parts.executor),
      context_{.venue = settings.venue,
               .executor = parts.executor,
               .channels = parts.channels,
               .metrics = parts.metrics,
               .intake = intake_,
               .budget = budget_,
               .turn_done =
                   [this, turn_done = parts.turn_done] {
                     filler_.after_frame();
                     turn_done();
                   },
               .on_event = std::move(parts.on_event),
               .tap = parts.tap,
               .witness = witness_,
               .on_venue = [this](exchange::VenueStatus status) { on_venue(status); }},
      random_(settings.seed),
      venue_status_(parts.metrics.venue_status.at(label_of(settings.venue))),
      clock_offset_(parts.metrics.feed_clock_offset_seconds.at(label_of(settings.venue))),
      clock_uncertainty_(
          parts.metrics.feed_clock_uncertainty_seconds.at(label_of(settings.venue))) {
  if (rest_witness_) witness_.use(*rest_witness_);
  intake_.set_on_top([this](const market::Quote& top) { witness_.on_top(top); });
  for (auto& plan : plan()) add_line(std::move(plan));
}

void Feed::restore(TradesPast past) {
  past_.push_back(std::move(past));
  take_up_past();
}

// What is known may be of aggregates where nobody follows the trades; these are not asked for.
void Feed::take_up_past() {
  std::erase_if(past_, [&](const TradesPast& past) {
    const exchange::Subscription trades{.channel = exchange::Channel::trade, .symbol = past.symbol};
    const auto& all = settings_.subscriptions;
    if (std::ranges::find(all, trades) == all.end()) return false;
    intake_.trades().restore(executor_.clock().now(), trades.channel, past);
    return true;
  });
}

void Feed::resubscribe_book(const market::Symbol& symbol) {
  const exchange::Subscription book{.channel = exchange::Channel::book, .symbol = symbol};
  for (auto& line : lines_) line->renew(book);
}

std::vector<Feed::Plan> Feed::plan() const {
  const auto& all = settings_.subscriptions;
  const std::vector<std::size_t> connection = protocol_->assign_connections(all);
  std::vector<std::vector<exchange::Subscription>> groups;
  for (std::size_t i = 0; i < all.size(); ++i) {
    groups.resize(std::max(groups.size(), connection[i] + 1));
    groups[connection[i]].push_back(all[i]);
  }
  std::vector<Plan> plans;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].empty()) continue;
    std::string name = connection_name(i, groups[i]);
    plans.push_back({.name = std::move(name), .wanted = std::move(groups[i])});
  }
  return plans;
}

LineSettings Feed::line_settings() const {
  return {.endpoint = settings_.endpoint,
          .channel = settings_.channel,
          .session = settings_.session,
          .max_age = settings_.max_age};
}

void Feed::add_line(Plan plan) {
  for (const auto& subscription : plan.wanted) {
    intake_.expect(subscription);
  }
  lines_.push_back(std::make_unique<Line>(context_, std::move(plan.name), line_settings(),
                                          dialect_.make_protocol, random_.split(),
                                          std::move(plan.wanted)));
  if (last_word_) lines_.back()->on_venue(*last_word_);
  if (started_) lines_.back()->start();
}

void Feed::start() {
  started_ = true;
  for (auto& line : lines_) line->start();
}

void Feed::finish(std::function<void()> on_ended) {
  auto each = runtime::when_all(lines_.size(), std::move(on_ended));
  for (auto& line : lines_) line->finish(each);
}

void Feed::stop(std::function<void()> on_stopped) {
  auto each = runtime::when_all(lines_.size(), std::move(on_stopped));
  for (auto& line : lines_) line->stop(each);
}

void Feed::retire(std::unique_ptr<Line> line) {
  Line* raw = line.get();
  retired_.push_back(std::move(line));
  // Freed by a later turn: the callback comes from inside the line itself.
  raw->retire([this, raw] {
    executor_.post([this, raw] {
      std::erase_if(retired_, [raw](const auto& kept) { return kept.get() == raw; });
    });
  });
}

void Feed::apply(const FeedSettings& settings) {
  const FeedSettings before = std::exchange(settings_, settings);
  settings_.endpoint = before.endpoint;  // another venue address needs a restart
  budget_.set_attempts_max(settings_.attempts_per_10_minutes);
  take_up_past();
  auto plans = plan();
  // First, so that a stream which moves to another connection is not forgotten after the move.
  for (auto& line : lines_) {
    if (std::ranges::find(plans, line->name(), &Plan::name) == plans.end()) retire(std::move(line));
  }
  std::erase(lines_, nullptr);
  for (auto& line : lines_) {
    const auto kept = std::ranges::find(plans, line->name(), &Plan::name);
    for (const auto& subscription : kept->wanted) {
      intake_.expect(subscription);
    }
    line->set_settings(line_settings());
    line->set_wanted(std::move(kept->wanted));
    plans.erase(kept);
  }
  for (auto& plan : plans) add_line(std::move(plan));
  std::vector<exchange::Subscription> gone;
  for (const auto& one : before.subscriptions) {
    const auto& all = settings_.subscriptions;
    if (std::ranges::find(all, one) == all.end()) gone.push_back(one);
  }
  intake_.forget(executor_.clock().now(), gone);
  context_.turn_done();
}

void Feed::observe(base::Instant now) {
  intake_.observe();
  if (rest_) rest_->observe(now);
  for (auto& line : lines_) line->observe(now);
  // Of the venue, not of a connection: what the newest word on any open connection says, and
  // nothing when none is open.
  if (const auto status = venue_status()) {
    venue_status_.set(label_of(*status));
  } else {
    venue_status_.clear();
  }
  if (const auto estimate = clock(executor_.clock().now())) {
    clock_offset_.set(base::seconds(estimate->offset));
    clock_uncertainty_.set(base::seconds(estimate->uncertainty));
  } else {
    clock_offset_.clear();
    clock_uncertainty_.clear();
  }
}

std::optional<ClockOffset::Estimate> Feed::clock(base::Now now) const {
  std::optional<ClockOffset::Estimate> best;
  for (const auto& line : lines_) {
    const auto one = line->clock(now);
    if (one && (!best || one->uncertainty < best->uncertainty)) best = one;
  }
  return best;
}

void Feed::on_venue(exchange::VenueStatus status) {
  last_word_ = status;
  for (auto& line : lines_) line->on_venue(status);
}

std::optional<exchange::VenueStatus> Feed::venue_status() const {
  std::optional<Session::VenueWord> newest;
  for (const auto& line : lines_) {
    const auto word = line->venue_word();
    if (word && (!newest || word->at > newest->at)) newest = word;
  }
  if (!newest) return std::nullopt;
  return newest->status;
}

FeedStatus Feed::status(base::Now now) const {
  FeedStatus status{.venue = settings_.venue, .at = now, .venue_status = venue_status()};
  for (const auto& line : lines_) {
    status.connections.push_back(line->status());
    line->append_subscriptions(status.subscriptions);
  }
  status.trades = intake_.trades().status();
  status.books = intake_.books().status();
  return status;
}

}  // namespace tickwitness::feed
