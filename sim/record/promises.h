// What the product promises, as configured: what the world's record judges by.
#pragma once

#include "base/time.h"
#include "sim/exchange/request.h"

namespace tickwitness::sim {

struct Promises {
  base::Duration stale_after_trade{}, stale_after_spread{}, stale_after_ohlc{};
  base::Duration healthy_after{};
  int breaker_failures_max = 5;
  base::Duration breaker_timeout{};
  base::Duration breaker_half_open_timeout{};

  // Somebody witnesses for silent streams: then they may be told quiet or dead before their limit.
  bool witness = false;

  // Best prices move a book, so it has their limit. Duration::max() for reference data, whose
  // silence says nothing.
  base::Duration stale_after(WireChannel channel) const {
    switch (channel) {
      case WireChannel::trade:
        return stale_after_trade;
      case WireChannel::ticker:
      case WireChannel::book:
        return stale_after_spread;
      case WireChannel::ohlc:
        return stale_after_ohlc;
      case WireChannel::instrument:
        break;
    }
    return base::Duration::max();
  }
};

// What the record judges by at a moment.
struct Terms {
  Promises promises;
  // A thread of the product was kept from running until then, and could not keep any.
  base::Instant stalled_until{};
  // The venue said that its market rests: a silence says nothing. It counts again some time after
  // the venue has said that it is back.
  bool resting = false;
  base::Instant counted_from{};
  static constexpr base::Duration kAfterRest = std::chrono::seconds(10);
};

}  // namespace tickwitness::sim
