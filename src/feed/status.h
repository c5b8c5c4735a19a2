// What a feed is doing, as a plain value that other threads may keep: the page, the API and health
// read it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "exchange/messages.h"
#include "feed/book_keeper.h"
#include "feed/circuit_breaker.h"
#include "feed/session.h"
#include "feed/subscription_table.h"
#include "feed/trade_keeper.h"
#include "market/venue.h"

namespace tickwitness::feed {

struct BreakerStatus {
  BreakerState state = BreakerState::closed;
  std::uint64_t trips = 0;
  std::optional<base::WallTime> last_trip, open_until;
  std::string reason;  // of the last failure
};

struct ConnectionStatus {
  std::string name;  // "main", "ohlc-5"
  LinkState state = LinkState::idle;
  std::optional<base::Instant> last_frame;
  std::optional<base::Instant> next_attempt;
  SessionCounts counts;
  BreakerStatus breaker;
  std::optional<LinkState> successor;  // that is being prepared to replace it; all else is not its
};

struct SubscriptionStatus {
  std::string symbol;  // "BTC-USD"; empty for the venue's reference data
  std::string stream;  // "trade", "spread", "ohlc-5", "instrument"
  std::string connection;
  SubscriptionState state = SubscriptionState::pending;
  bool answered = false;  // the venue has accepted or refused it on this connection
  std::optional<base::Instant> last_data;
  std::optional<base::Duration> stale_after;  // none: silence says nothing
  std::optional<base::Duration> threshold;    // silence after which a witness is asked; the same
  std::uint64_t events = 0;
  std::string refusal;
};

struct FeedStatus {
  market::Venue venue = market::Venue::kraken;
  base::Now at;
  std::optional<exchange::VenueStatus> venue_status;  // newest word on an open connection
  std::vector<ConnectionStatus> connections;
  std::vector<SubscriptionStatus> subscriptions;
  std::vector<TradeKeeper::MarketStatus> trades;
  std::vector<BookKeeper::Status> books;
};

std::string_view to_string(LinkState state);
std::string_view to_string(BreakerState state);
std::string_view to_string(SubscriptionState state);
std::string_view to_string(Verdict verdict);
std::string_view to_string(HealResult result);

// "trade", "spread", "ohlc-5", "instrument".
std::string stream_name(const exchange::Subscription& subscription);

}  // namespace tickwitness::feed
