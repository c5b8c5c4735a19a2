#include "exchange/kraken_v1/control.h"

#include <charconv>

#include "exchange/kraken/symbols.h"

namespace tickwitness::exchange::kraken_v1 {
namespace {

namespace dom = simdjson::dom;

Malformed read_status(dom::object event, Frame& out) {
  std::string_view word;
  if (const auto error = event["status"].get(word)) return malformed_by(error);
  out.kind = FrameKind::status;
  out.venue_status = parse_venue_status(word);
  append_detail(out, word);
  std::uint64_t id = 0;
  if (event["connectionID"].get(id) == simdjson::SUCCESS) out.connection_id = id;
  return Malformed::none;
}

// The documentation also writes reqID.
Malformed read_request_id(dom::object event, Frame& out) {
  for (const char* key : {"reqid", "reqID"}) {
    std::uint64_t id = 0;
    const auto error = event[key].get(id);
    if (error == simdjson::NO_SUCH_FIELD) continue;
    if (error) return malformed_by(error);
    out.request_id = id;
    return Malformed::none;
  }
  return Malformed::none;
}

Malformed read_candle_interval(dom::object event, dom::object subscription,
                               std::uint32_t& minutes) {
  std::uint64_t number = 0;
  std::string_view name;
  if (const auto error = subscription["interval"].get(number); error == simdjson::SUCCESS) {
    if (number == 0 || number > UINT32_MAX) return Malformed::bad_number;
    minutes = static_cast<std::uint32_t>(number);
    return Malformed::none;
  } else if (error != simdjson::NO_SUCH_FIELD) {
    return malformed_by(error);
  }
  if (const auto error = event["channelName"].get(name)) return malformed_by(error);
  return read_interval(name, minutes);
}

// What the event is about. A channel that is not one of ours leaves the subscription open and its
// name in `detail`: quotes of `ticker` follow trades, so they are not the spread.
Malformed read_subscription(dom::object event, Frame& out) {
  dom::object subscription;
  std::string_view name, pair;
  if (const auto error = event["subscription"].get(subscription)) return malformed_by(error);
  if (const auto error = subscription["name"].get(name)) return malformed_by(error);
  if (const auto error = event["pair"].get(pair)) return malformed_by(error);
  const auto symbol = kraken::from_kraken_v1(pair);
  if (!symbol) return Malformed::bad_symbol;
  Subscription found{.channel = Channel::trade, .symbol = *symbol};
  if (name == "spread") {
    found.channel = Channel::spread;
  } else if (name == "book") {
    found.channel = Channel::book;
  } else if (name == "ohlc") {
    found.channel = Channel::ohlc;
    const auto bad = read_candle_interval(event, subscription, found.interval_minutes);
    if (bad != Malformed::none) return bad;
  } else if (name != "trade") {
    append_detail(out, name);
    return Malformed::none;
  }
  out.subscription = found;
  return Malformed::none;
}

// Some refusals name nothing: "Exceeded msg rate".
void read_refusal(dom::object event, Frame& out) {
  std::string_view text;
  read_subscription(event, out);
  out.kind = FrameKind::refused;
  out.detail.clear();
  if (event["errorMessage"].get(text) == simdjson::SUCCESS) append_detail(out, text);
  if (event["pair"].get(text) == simdjson::SUCCESS)
    if (const auto symbol = kraken::from_kraken_v1(text)) out.symbol = *symbol;
}

Malformed read_subscription_status(dom::object event, Frame& out) {
  std::string_view status;
  if (const auto bad = read_request_id(event, out); bad != Malformed::none) return bad;
  if (const auto error = event["status"].get(status)) return malformed_by(error);
  if (status == "error") {
    read_refusal(event, out);
    return Malformed::none;
  }
  if (status != "subscribed" && status != "unsubscribed") return Malformed::wrong_type;
  out.kind = status == "subscribed" ? FrameKind::subscribed : FrameKind::unsubscribed;
  return read_subscription(event, out);
}

}  // namespace

Malformed read_interval(std::string_view channel_name, std::uint32_t& minutes) {
  constexpr std::string_view kPrefix = "ohlc-";
  if (!channel_name.starts_with(kPrefix)) return Malformed::missing_field;
  const char* const end = channel_name.data() + channel_name.size();
  const auto [stop, error] = std::from_chars(channel_name.data() + kPrefix.size(), end, minutes);
  return error == std::errc{} && stop == end && minutes > 0 ? Malformed::none
                                                            : Malformed::bad_number;
}

Malformed read_event(dom::object event, Frame& out) {
  std::string_view name;
  if (const auto error = event["event"].get(name)) return malformed_by(error);
  if (name == "heartbeat") {
    out.kind = FrameKind::heartbeat;
    return Malformed::none;
  }
  if (name == "systemStatus") return read_status(event, out);
  if (name == "subscriptionStatus") return read_subscription_status(event, out);
  if (name == "pong") {
    out.kind = FrameKind::pong;
    return read_request_id(event, out);
  }
  if (name == "error") {
    read_refusal(event, out);
    return read_request_id(event, out);
  }
  return unsupported(out, name);
}

}  // namespace tickwitness::exchange::kraken_v1
