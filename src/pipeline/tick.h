// One market event on its way from a feed to everything that uses it.
#pragma once

#include "base/time.h"
#include "market/events.h"
#include "market/venue.h"

namespace tickwitness::pipeline {

struct Tick {
  market::Event event;
  market::Venue venue = market::Venue::kraken;
  bool snapshot = false;  // state repeated by the venue at subscription, not news
  base::Now received;     // of the frame that carried it
};

}  // namespace tickwitness::pipeline
