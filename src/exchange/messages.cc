#include "exchange/messages.h"

namespace tickwitness::exchange {

// Each switch names every value and has no default, so that the compiler finds a missing one.

std::string_view to_string(Channel channel) {
  switch (channel) {
    case Channel::trade:
      return "trade";
    case Channel::spread:
      return "spread";
    case Channel::ohlc:
      return "ohlc";
    case Channel::instrument:
      return "instrument";
    case Channel::book:
      return "book";
    case Channel::agg_trade:
      return "agg_trade";
  }
  return "?";
}

std::string_view to_string(VenueStatus status) {
  switch (status) {
    case VenueStatus::online:
      return "online";
    case VenueStatus::cancel_only:
      return "cancel_only";
    case VenueStatus::post_only:
      return "post_only";
    case VenueStatus::limit_only:
      return "limit_only";
    case VenueStatus::reduce_only:
      return "reduce_only";
    case VenueStatus::maintenance:
      return "maintenance";
    case VenueStatus::unknown:
      return "unknown";
  }
  return "?";
}

VenueStatus parse_venue_status(std::string_view word) {
  for (const auto status :
       {VenueStatus::online, VenueStatus::cancel_only, VenueStatus::post_only,
        VenueStatus::limit_only, VenueStatus::reduce_only, VenueStatus::maintenance})
    if (to_string(status) == word) return status;
  return VenueStatus::unknown;
}

std::string_view to_string(FrameKind kind) {
  switch (kind) {
    case FrameKind::status:
      return "status";
    case FrameKind::heartbeat:
      return "heartbeat";
    case FrameKind::pong:
      return "pong";
    case FrameKind::subscribed:
      return "subscribed";
    case FrameKind::unsubscribed:
      return "unsubscribed";
    case FrameKind::refused:
      return "refused";
    case FrameKind::trades:
      return "trades";
    case FrameKind::quotes:
      return "quotes";
    case FrameKind::candles:
      return "candles";
    case FrameKind::instruments:
      return "instruments";
    case FrameKind::books:
      return "books";
    case FrameKind::shutdown:
      return "shutdown";
    case FrameKind::unsupported:
      return "unsupported";
    case FrameKind::malformed:
      return "malformed";
  }
  return "?";
}

std::string_view to_string(Malformed reason) {
  switch (reason) {
    case Malformed::none:
      return "none";
    case Malformed::json:
      return "json";
    case Malformed::encoding:
      return "encoding";
    case Malformed::too_deep:
      return "too_deep";
    case Malformed::too_large:
      return "too_large";
    case Malformed::missing_field:
      return "missing_field";
    case Malformed::wrong_type:
      return "wrong_type";
    case Malformed::bad_number:
      return "bad_number";
    case Malformed::bad_time:
      return "bad_time";
    case Malformed::bad_symbol:
      return "bad_symbol";
  }
  return "?";
}

void Frame::clear() {
  kind = FrameKind::malformed;
  malformed = Malformed::none;
  channel = Channel::trade;
  wire_channel = {};
  snapshot = false;
  trades.clear();
  quotes.clear();
  candles.clear();
  instruments.clear();
  books.clear();
  levels.clear();
  skipped = 0;
  request_id.reset();
  subscription.reset();
  whole_request = false;
  symbol.reset();
  venue_status = VenueStatus::unknown;
  connection_id.reset();
  time_in.reset();
  time_out.reset();
  sent.reset();
  detail.clear();
}

}  // namespace tickwitness::exchange
