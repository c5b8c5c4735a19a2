#include "exchange/kraken/control.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/rfc3339.h"
#include "exchange/kraken/codec.h"
#include "exchange/kraken/symbols.h"

namespace tickwitness::exchange::kraken {
namespace {

namespace dom = simdjson::dom;

void malformed(Frame& out, Malformed reason) {
  out.kind = FrameKind::malformed;
  out.malformed = reason;
}

Malformed field_reason(simdjson::error_code error) {
  return error == simdjson::NO_SUCH_FIELD ? Malformed::missing_field : Malformed::wrong_type;
}

// Venue's text, cut to its limit.
void append_detail(Frame& out, std::string_view text) {
  out.detail +=
      text.substr(0, Codec::kDetailBytesMax - std::min(Codec::kDetailBytesMax, out.detail.size()));
}

template <class T>
bool read(dom::object object, std::string_view key, T& value, Frame& out) {
  const auto error = object[key].get(value);
  if (error != simdjson::SUCCESS) malformed(out, field_reason(error));
  return error == simdjson::SUCCESS;
}

void read_status(dom::object frame, Frame& out) {
  dom::array data;
  dom::object state;
  std::string_view word;
  if (!read(frame, "data", data, out)) return;
  if (const auto error = data.at(0).get(state))
    return malformed(out, error == simdjson::INDEX_OUT_OF_BOUNDS ? Malformed::missing_field
                                                                 : Malformed::wrong_type);
  if (!read(state, "system", word, out)) return;
  out.kind = FrameKind::status;
  out.venue_status = parse_venue_status(word);
  append_detail(out, word);
  std::uint64_t id = 0;
  if (state["connection_id"].get(id) == simdjson::SUCCESS) out.connection_id = id;
}

Malformed read_pair(dom::element entry, Instrument& out) {
  constexpr std::uint64_t kPrecisionMax = base::Decimal::kScaleMax;
  dom::object pair;
  std::string_view symbol_text, status;
  std::uint64_t price_precision = 0, quantity_precision = 0;
  if (entry.get(pair)) return Malformed::wrong_type;
  if (const auto error = pair["symbol"].get(symbol_text)) return field_reason(error);
  if (const auto error = pair["price_precision"].get(price_precision)) return field_reason(error);
  if (const auto error = pair["qty_precision"].get(quantity_precision)) return field_reason(error);
  if (const auto error = pair["status"].get(status)) return field_reason(error);
  const auto symbol = from_kraken(symbol_text);
  if (!symbol) return Malformed::bad_symbol;
  if (price_precision > kPrecisionMax || quantity_precision > kPrecisionMax)
    return Malformed::bad_number;
  out.symbol = *symbol;
  out.price_precision = static_cast<int>(price_precision);
  out.quantity_precision = static_cast<int>(quantity_precision);
  out.status = status.substr(0, Codec::kDetailBytesMax);
  return Malformed::none;
}

// An update carries only what changed: pairs, assets or both.
void read_instruments(dom::object frame, Frame& out) {
  dom::object data;
  dom::array pairs, assets;
  std::string_view type;
  if (!read(frame, "type", type, out) || !read(frame, "data", data, out)) return;
  if (type != "snapshot" && type != "update") return malformed(out, Malformed::wrong_type);
  if (const auto error = data["pairs"].get(pairs)) {
    const bool only_assets =
        error == simdjson::NO_SUCH_FIELD && data["assets"].get(assets) == simdjson::SUCCESS;
    if (!only_assets) return malformed(out, field_reason(error));
  } else {
    for (const auto pair : pairs) {
      const auto bad = read_pair(pair, out.instruments.emplace_back());
      if (bad == Malformed::none) continue;
      out.instruments.pop_back();
      if (out.skipped++ == 0) out.malformed = bad;
    }
  }
  if (out.skipped > 0 && out.instruments.empty()) return malformed(out, out.malformed);
  out.kind = FrameKind::instruments;
  out.channel = Channel::instrument;
  out.wire_channel = "instrument";
  out.snapshot = type == "snapshot";
}

void read_times(dom::object frame, Frame& out) {
  std::string_view text;
  if (frame["time_in"].get(text) == simdjson::SUCCESS) out.time_in = base::parse_rfc3339(text);
  if (frame["time_out"].get(text) == simdjson::SUCCESS) out.time_out = base::parse_rfc3339(text);
}

void append_warnings(dom::object result, Frame& out) {
  dom::array warnings;
  if (result["warnings"].get(warnings)) return;
  for (const auto warning : warnings) {
    std::string_view text;
    if (warning.get(text)) continue;
    if (!out.detail.empty()) append_detail(out, "; ");
    append_detail(out, text);
  }
}

// What the venue says it subscribed to. A channel that is not one of ours leaves the subscription
// open and its name in `detail`.
void read_result(dom::object result, Frame& out) {
  static constexpr std::array<std::pair<std::string_view, Channel>, 5> kChannels{
      {{"trade", Channel::trade},
       {"ticker", Channel::spread},
       {"ohlc", Channel::ohlc},
       {"book", Channel::book},
       {"instrument", Channel::instrument}}};
  std::string_view name, trigger, symbol_text;
  if (!read(result, "channel", name, out)) return;
  const auto* const channel =
      std::find_if(kChannels.begin(), kChannels.end(), [&](auto c) { return c.first == name; });
  // Quotes that follow trades are not the spread: they say nothing between trades.
  const bool follows_trades = name == "ticker" &&
                              result["event_trigger"].get(trigger) == simdjson::SUCCESS &&
                              trigger != "bbo";
  if (channel == kChannels.end() || follows_trades) {
    append_detail(out, name);
    if (follows_trades) append_detail(out, " without event_trigger bbo");
    return append_warnings(result, out);
  }
  Subscription subscription{.channel = channel->second, .symbol = {}};
  if (channel->second == Channel::ohlc) {
    std::uint64_t minutes = 0;
    if (!read(result, "interval", minutes, out)) return;
    if (minutes > UINT32_MAX) return malformed(out, Malformed::bad_number);
    subscription.interval_minutes = static_cast<std::uint32_t>(minutes);
  }
  if (channel->second != Channel::instrument) {
    if (!read(result, "symbol", symbol_text, out)) return;
    const auto symbol = from_kraken(symbol_text);
    if (!symbol) return malformed(out, Malformed::bad_symbol);
    subscription.symbol = *symbol;
  }
  out.subscription = subscription;
  append_warnings(result, out);
}

// `success: false`, or the bare {"Error": "…"} of the rate limit.
void read_refusal(dom::object frame, Frame& out) {
  out.kind = FrameKind::refused;
  std::string_view text;
  if (frame["error"].get(text) == simdjson::SUCCESS ||
      frame["Error"].get(text) == simdjson::SUCCESS)
    append_detail(out, text);
  if (frame["symbol"].get(text) == simdjson::SUCCESS)
    if (const auto symbol = from_kraken(text)) out.symbol = *symbol;
}

void read_reply(dom::object frame, std::string_view method, Frame& out) {
  std::uint64_t request_id = 0;
  if (const auto error = frame["req_id"].get(request_id); error == simdjson::SUCCESS)
    out.request_id = request_id;
  else if (error != simdjson::NO_SUCH_FIELD)
    return malformed(out, Malformed::wrong_type);
  read_times(frame, out);
  bool success = false;
  const auto no_success = frame["success"].get(success);
  if (no_success == simdjson::INCORRECT_TYPE) return malformed(out, Malformed::wrong_type);
  const bool has_error = frame["error"].error() == simdjson::SUCCESS;
  if (no_success ? has_error : !success) return read_refusal(frame, out);
  if (method == "pong") {
    out.kind = FrameKind::pong;
  } else if (method == "subscribe" || method == "unsubscribe") {
    dom::object result;
    if (no_success) return malformed(out, Malformed::missing_field);
    if (!read(frame, "result", result, out)) return;
    out.kind = method == "subscribe" ? FrameKind::subscribed : FrameKind::unsubscribed;
    read_result(result, out);
  } else {
    out.kind = FrameKind::unsupported;
    append_detail(out, method);
  }
}

}  // namespace

void read_control(dom::element document, Frame& out) {
  dom::object frame;
  std::string_view name;
  if (document.get(frame)) return malformed(out, Malformed::wrong_type);
  if (const auto error = frame["channel"].get(name); error == simdjson::SUCCESS) {
    if (name == "status") return read_status(frame, out);
    if (name == "instrument") return read_instruments(frame, out);
    out.kind = FrameKind::unsupported;
    return append_detail(out, name);
  } else if (error != simdjson::NO_SUCH_FIELD) {
    return malformed(out, Malformed::wrong_type);
  }
  if (const auto error = frame["method"].get(name); error == simdjson::SUCCESS)
    return read_reply(frame, name, out);
  else if (error != simdjson::NO_SUCH_FIELD)
    return malformed(out, Malformed::wrong_type);
  if (frame["Error"].error() == simdjson::SUCCESS || frame["error"].error() == simdjson::SUCCESS)
    return read_refusal(frame, out);
  malformed(out, Malformed::missing_field);
}

}  // namespace tickwitness::exchange::kraken
