// Requests to a venue that wait for their turn, because a connection may send only so many messages
// a second.
#pragma once

#include <deque>
#include <optional>

#include "base/time.h"
#include "exchange/protocol.h"
#include "feed/attempt_budget.h"

namespace tickwitness::feed {

// Not thread-safe. Bounded by what is wanted: each subscription waits at most once for each of
// subscribing and unsubscribing.
class PacedRequests {
 public:
  // In any second at most `per_second`, 1 or more.
  explicit PacedRequests(std::size_t per_second) : budget_(per_second, std::chrono::seconds(1)) {}

  struct Item {
    exchange::Request request;
    bool subscribes = true;  // false: takes back
  };
  void add(Item item) { waiting_.push_back(std::move(item)); }
  // The next whose turn it is, counted as sent.
  std::optional<Item> next(base::Instant now);
  // Whether something that need not wait in the row may be sent now; then it is counted.
  bool pass(base::Instant now);
  bool any() const { return !waiting_.empty(); }
  // From when on something may be sent; Instant::min() when it might have been all the time.
  base::Instant ready_at() const;
  // The venue says that it was too much: nothing for a second, doubled each time up to a minute.
  void on_too_many(base::Instant now);
  // It listens again.
  void on_answer() { times_too_many_ = 0; }
  // The connection ended.
  void clear();

 private:
  std::deque<Item> waiting_;
  AttemptBudget budget_;
  std::optional<base::Instant> blocked_until_;
  int times_too_many_ = 0;
};

}  // namespace tickwitness::feed
