#include "feed/witness.h"

#include <algorithm>

namespace tickwitness::feed {
namespace {

// News seen now, and perhaps by an earlier look.
Look news(std::optional<base::Instant>& first_seen, base::Instant now) {
  if (!first_seen) first_seen = now;
  return now - *first_seen >= kLookAgainAfter ? Look::active : Look::again;
}

// How long something that happened at `time` has not come. Both ways of counting start at the
// landmark, so no clock has to be right. Nothing where the venue's times run backwards.
base::Duration missing_for(const Landmark& from, base::WallTime time, base::Instant now) {
  if (time < from.time) return base::Duration::zero();
  return (now - from.received) - (time - from.time);
}

}  // namespace

void TradeWitness::on_trade(base::Instant received, const market::Trade& trade) {
  if (newest_ && trade.id <= newest_->id) return;
  newest_ = Landmark{.id = trade.id, .time = trade.exchange_time, .received = received};
  first_seen_.reset();
}

Look TradeWitness::look(base::Instant now, std::span<const market::Trade> trades) {
  if (trades.empty()) return Look::quiet;
  if (!newest_) {
    newest_ =
        Landmark{.id = trades.back().id, .time = trades.back().exchange_time, .received = now};
    return Look::quiet;
  }
  const auto missed = std::ranges::find_if(
      trades, [&](const market::Trade& trade) { return trade.id > newest_->id; });
  if (missed == trades.end()) return Look::quiet;
  if (missing_for(*newest_, missed->exchange_time, now) >= kMissingFor) return Look::active;
  return news(first_seen_, now);
}

void TimeWitness::on_data(base::Instant received) {
  last_ = received;
  newest_id_.reset();
  first_seen_.reset();
}

Look TimeWitness::look(base::Instant now, const std::optional<Landmark>& known,
                       std::span<const market::Trade> trades) {
  if (!last_) last_ = now;
  if (!known) return look_by_id(now, trades);
  const bool came_elsewhere = known->received - *last_ > kMissingFor;
  if (came_elsewhere && now - known->received >= kMissingFor) return Look::active;
  // When the last data came, on the venue's clock.
  const base::WallTime last = known->time + (*last_ - known->received);
  const auto missed = std::ranges::find_if(trades, [&](const market::Trade& trade) {
    return trade.id > known->id && trade.exchange_time > last + kMissingFor;
  });
  if (missed == trades.end()) return came_elsewhere ? news(first_seen_, now) : Look::quiet;
  const Landmark from{.time = last, .received = *last_};
  if (missing_for(from, missed->exchange_time, now) >= kMissingFor) return Look::active;
  return news(first_seen_, now);
}

Look TimeWitness::look_by_id(base::Instant now, std::span<const market::Trade> trades) {
  if (trades.empty()) return Look::quiet;
  if (!newest_id_) newest_id_ = trades.back().id;
  if (trades.back().id <= *newest_id_) return Look::quiet;
  return news(first_seen_, now);
}

void QuoteWitness::on_quote(const market::Quote& quote) {
  newest_ = {.bid = quote.bid, .ask = quote.ask};
  first_seen_.reset();
}

void QuoteWitness::forget() {
  newest_.reset();
  first_seen_.reset();
}

Look QuoteWitness::look(base::Instant now, const market::Quote& quote) {
  const Prices shown{.bid = quote.bid, .ask = quote.ask};
  if (!newest_) newest_ = shown;
  if (*newest_ == shown) {
    first_seen_.reset();
    return Look::quiet;
  }
  return news(first_seen_, now);
}

}  // namespace tickwitness::feed
