// One order book as the engine must have it: whether what was delivered tells it rightly, and the
// best prices that it told lately.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/decimal.h"
#include "base/time.h"
#include "sim/exchange/parcel.h"

namespace tickwitness::sim {

// Times are the engine's monotonic clock. Not thread-safe.
class BookRecord {
 public:
  // Best prices older than this are forgotten once there are younger ones.
  static constexpr base::Duration kKept = std::chrono::seconds(3);

  // A frame of the book came. Nothing but a snapshot tells a book that is not known.
  void on_delivered(base::Instant now, const Parcel& parcel) {
    if (!parcel.snapshot && !known_) return;
    ++(parcel.falsified ? wrong_ : right_);
    set_known(!parcel.falsified, now);
    if (!known_ || !parcel.top) return;
    if (!tops_.empty() && tops_.back().prices == *parcel.top) return;
    tops_.push_back({now, *parcel.top});
    while (tops_.size() > 1 && now - tops_[1].since > kKept) tops_.pop_front();
  }
  // Its stream ended, or was taken back.
  void on_lost(base::Instant now) { set_known(false, now); }

  bool known() const { return known_; }
  // The last moment that `known` changed.
  base::Instant changed() const { return changed_; }
  // Frames whose checksum a client can compare and finds right, and wrong.
  std::uint64_t right() const { return right_; }
  std::uint64_t wrong() const { return wrong_; }
  // Whether the book had these best prices at any moment from `from` on.
  bool had(const BookTop& prices, base::Instant from) const {
    for (std::size_t i = 0; i < tops_.size(); ++i) {
      const bool replaced_before = i + 1 < tops_.size() && tops_[i + 1].since < from;
      if (!replaced_before && tops_[i].prices == prices) return true;
    }
    return false;
  }

 private:
  struct Since {
    base::Instant since;
    BookTop prices;
  };
  void set_known(bool known, base::Instant now) {
    if (known_ != known) changed_ = now;
    known_ = known;
  }

  bool known_ = false;
  base::Instant changed_{};
  std::uint64_t right_ = 0, wrong_ = 0;
  std::deque<Since> tops_;
};

}  // namespace tickwitness::sim
