// The words of exchange/, runtime/ and feed/ as the labels of the catalogue. The enums are declared
// twice, where they mean something and where they are exported; labels_test holds every pair of
// words equal.
#pragma once

#include "exchange/messages.h"
#include "exchange/rest.h"
#include "feed/book_keeper.h"
#include "feed/circuit_breaker.h"
#include "feed/subscription_table.h"
#include "market/venue.h"
#include "runtime/message_channel.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::feed {

// Same order in both enums (held by labels_test), so a cast is the translation.
inline telemetry::label::Exchange label_of(market::Venue v) {
  return static_cast<telemetry::label::Exchange>(v);
}
inline telemetry::label::FrameKind label_of(exchange::FrameKind v) {
  return static_cast<telemetry::label::FrameKind>(v);
}
// Malformed::none is no label: one less.
inline telemetry::label::MalformedReason label_of(exchange::Malformed v) {
  return static_cast<telemetry::label::MalformedReason>(static_cast<int>(v) - 1);
}
inline telemetry::label::CloseReason label_of(runtime::CloseReason v) {
  return static_cast<telemetry::label::CloseReason>(v);
}
inline telemetry::label::SubscriptionState label_of(SubscriptionState v) {
  return static_cast<telemetry::label::SubscriptionState>(v);
}
inline telemetry::label::Verdict label_of(Verdict v) {
  return static_cast<telemetry::label::Verdict>(v);
}
inline telemetry::label::HealResult label_of(HealResult v) {
  return static_cast<telemetry::label::HealResult>(v);
}
inline telemetry::label::BreakerState label_of(BreakerState v) {
  return static_cast<telemetry::label::BreakerState>(v);
}
inline telemetry::label::RestEndpoint label_of(exchange::RestEndpoint v) {
  return static_cast<telemetry::label::RestEndpoint>(v);
}
inline telemetry::label::BookState label_of(BookState v) {
  return static_cast<telemetry::label::BookState>(v);
}
inline telemetry::label::VenueStatus label_of(exchange::VenueStatus v) {
  return static_cast<telemetry::label::VenueStatus>(v);
}

}  // namespace tickwitness::feed
