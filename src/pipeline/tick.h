// One market event on its way from a feed to everything that uses it.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "market/events.h"
#include "market/venue.h"

namespace tickwitness::pipeline {

// By which way an event came.
enum class Origin : std::uint8_t {
  live,
  snapshot,  // state repeated by the venue at subscription, not news
  rest,      // asked for afterwards, because the stream had left it out
};

struct Tick {
  market::Event event;
  market::Venue venue = market::Venue::kraken;
  Origin origin = Origin::live;
  bool late = false;   // a trade after which one with a higher id was handed on before it
  base::Now received;  // of what carried it
};

}  // namespace tickwitness::pipeline
