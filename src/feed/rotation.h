// When a connection is replaced by a younger one before its venue ends it, and when the younger one
// may take over: both run for a while, so that nothing is missed.
#pragma once

#include <optional>

#include "base/prng.h"
#include "base/time.h"
#include "feed/subscription_table.h"

namespace tickwitness::feed {

// Pure; not thread-safe. Of one connection in service and its successor, if there is one.
class Rotation {
 public:
  // Absent `max_age`: only when the venue announces an end.
  Rotation(std::optional<base::Duration> max_age, base::Prng random);
  void set_max_age(std::optional<base::Duration> max_age) { max_age_ = max_age; }

  // The connection in service is open since `at`; another one than before.
  void on_opened(base::Instant at);
  // The venue will close it soon.
  void on_announced(base::Instant now) { announced_ = now; }
  void on_closed();
  // When a successor is to be opened. Connections that were opened together are not due together:
  // each is up to kSpread of `max_age` younger.
  std::optional<base::Instant> due() const;
  bool announced() const { return announced_.has_value(); }

  enum class Look : std::uint8_t {
    wait,
    hand_over,
    give_up,  // this successor is of no use; another is due after kPause
  };
  // What to do about the successor, open since `opened`; `wait` while it is not open.
  Look look(base::Instant now, const SubscriptionTable& old, const SubscriptionTable& young,
            std::optional<base::Instant> opened);

  static constexpr int kSpread = 32;  // one part in
  // At least so long both run after the successor has every answer.
  static constexpr base::Duration kOverlap = std::chrono::seconds(2);
  static constexpr base::Duration kPatience = std::chrono::seconds(60);
  static constexpr base::Duration kPause = std::chrono::seconds(60);
  static constexpr base::Duration kLookEvery = std::chrono::milliseconds(250);

 private:
  std::optional<base::Duration> max_age_;
  base::Prng random_;
  double younger_ = 0;  // share of kSpread
  std::optional<base::Instant> opened_, announced_, not_before_, answered_;
};

}  // namespace tickwitness::feed
