// One subscription's renewals, as decisions: unsubscribe, wait for the answer, subscribe again; how
// soon once more, and whether it helped.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace tickwitness::feed {

// How a renewal ended; label `heal_result`.
enum class HealResult : std::uint8_t {
  healed,   // news came
  silent,   // none came, though the venue has some
  refused,  // the venue would not have the subscription again
  lost,     // the connection ended first
};

// Not thread-safe. Only news counts as a cure: a snapshot comes from the venue's store and may come
// although its stream is dead.
class Renewal {
 public:
  // Between one renewal and the next: this, doubled for each in a row that was in vain.
  static constexpr base::Duration kFirstWait = std::chrono::seconds(1);
  static constexpr base::Duration kWaitMax = std::chrono::minutes(5);

  bool may_begin(base::Instant now) const { return !not_before_ || now >= *not_before_; }
  void begin(base::Instant now);
  // The request to unsubscribe went out.
  void on_unsubscribe_sent(std::uint64_t request_id, base::Instant now);
  // It was answered, or the answer is no longer waited for: what comes from now on is of the
  // renewed subscription.
  void on_unsubscribed() { step_ = Step::subscribing; }
  bool under_way() const { return step_ != Step::none; }
  bool unsubscribing() const { return step_ == Step::unsubscribing; }
  std::optional<std::uint64_t> unsubscribe_id() const { return unsubscribe_id_; }
  // When the request to unsubscribe went out; absent before.
  std::optional<base::Instant> unsubscribe_sent() const { return sent_; }

  // Ends what is under way; absent when nothing is.
  std::optional<HealResult> end(HealResult result);
  // In a row, on whatever connection, until one healed.
  int in_vain() const { return in_vain_; }

 private:
  enum class Step : std::uint8_t { none, unsubscribing, subscribing };
  Step step_ = Step::none;
  std::optional<std::uint64_t> unsubscribe_id_;
  std::optional<base::Instant> sent_, not_before_;
  int in_vain_ = 0;
};

}  // namespace tickwitness::feed
