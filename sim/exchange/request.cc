#include "sim/exchange/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "sim/exchange/candles.h"
#include "sim/exchange/json_reader.h"
#include "sim/exchange/order_book.h"

namespace tickwitness::sim {
namespace {

constexpr std::size_t kSymbolLengthMax = 32;
constexpr std::array kRequestChannels{WireChannel::trade, WireChannel::ticker, WireChannel::ohlc,
                                      WireChannel::book, WireChannel::instrument};
constexpr std::array<std::string_view, 3> kRequestFields{"method", "params", "req_id"};
constexpr std::array<std::string_view, 2> kPingFields{"method", "req_id"};
constexpr std::array<std::string_view, 7> kParamFields{
    "channel", "symbol", "snapshot", "event_trigger", "interval", "depth", "token"};

// The error text, or nothing when all is well.
using Objection = std::optional<std::string>;

Objection unknown_field(const Json& object, std::span<const std::string_view> known,
                        std::string_view method) {
  for (const auto& [name, value] : object.members)
    if (std::ranges::find(known, name) == known.end())
      return fmt::format("Unsupported field: '{}' for the given msg type: {}", name, method);
  return std::nullopt;
}

Objection read_channel(const Json& params, Request& out) {
  const Json* const channel = params.find("channel");
  if (channel == nullptr) return "Channel(s) not found";
  if (channel->type != Json::Type::string) return "Channel field must be a string";
  for (const WireChannel known : kRequestChannels) {
    if (channel->text != to_string(known)) continue;
    out.channel = known;
    return std::nullopt;
  }
  return "Subscription name invalid";
}

Objection read_symbols(const Json& params, Request& out) {
  if (out.channel == WireChannel::instrument) return std::nullopt;
  const Json* const symbols = params.find("symbol");
  if (symbols == nullptr) return "Symbol(s) not found";
  if (symbols->type != Json::Type::array) return "Symbol field must be an array";
  if (symbols->items.empty()) return "Symbol(s) not found";
  for (const Json& symbol : symbols->items) {
    if (symbol.type != Json::Type::string || symbol.text.size() > kSymbolLengthMax)
      return "Symbol field must be an array of symbols";
    out.symbols.push_back(symbol.text);
  }
  return std::nullopt;
}

Objection read_options(const Json& params, Request& out) {
  if (const Json* const snapshot = params.find("snapshot"); snapshot != nullptr) {
    if (snapshot->type != Json::Type::boolean) return "Snapshot field must be a boolean";
    out.snapshot = snapshot->boolean;
  }
  const Json* const trigger = params.find("event_trigger");
  if (trigger != nullptr && out.channel == WireChannel::ticker) {
    if (trigger->text != "bbo" && trigger->text != "trades")
      return "Subscription event_trigger not supported";
    out.on_trades = trigger->text == "trades";
  }
  const Json* const interval = params.find("interval");
  if (interval != nullptr && out.channel == WireChannel::ohlc) {
    const auto minutes = interval->as_unsigned();
    if (!minutes) return "Subscription ohlc interval must be an integer";
    if (!interval_index(*minutes)) return "Subscription ohlc interval not supported";
    out.interval_minutes = *minutes;
  }
  const Json* const depth = params.find("depth");
  if (depth != nullptr && out.channel == WireChannel::book) {
    out.depth = depth->as_unsigned().value_or(0);
    if (!depth_index(out.depth)) return "Subscription depth not supported";
  }
  return std::nullopt;
}

Objection read_subscription(const Json& document, std::string_view method, Request& out) {
  if (auto error = unknown_field(document, kRequestFields, method)) return error;
  const Json* const params = document.find("params");
  if (params == nullptr) return "Params not found";
  if (params->type != Json::Type::object) return "Params field must be an object";
  if (auto error = unknown_field(*params, kParamFields, method)) return error;
  if (auto error = read_channel(*params, out)) return error;
  if (auto error = read_symbols(*params, out)) return error;
  return read_options(*params, out);
}

Objection read_method(const Json& document, const std::string& method, Request& out) {
  if (method == "ping") return unknown_field(document, kPingFields, method);
  if (method != "subscribe" && method != "unsubscribe") return "Unsupported event";
  out.method = method == "subscribe" ? Request::Method::subscribe : Request::Method::unsubscribe;
  return read_subscription(document, method, out);
}

}  // namespace

std::string_view to_string(WireChannel channel) {
  switch (channel) {
    case WireChannel::trade:
      return "trade";
    case WireChannel::ticker:
      return "ticker";
    case WireChannel::ohlc:
      return "ohlc";
    case WireChannel::book:
      return "book";
    case WireChannel::instrument:
      return "instrument";
  }
  return "";
}

ParsedRequest parse_request(std::string_view text) {
  ParsedRequest parsed;
  const std::optional<Json> document = parse_json(text);
  if (!document || document->type != Json::Type::object) {
    parsed.error = RequestError{"Malformed request", {}, {}};
    return parsed;
  }
  Objection error;
  if (const Json* const id = document->find("req_id"); id != nullptr) {
    parsed.request.id = id->as_unsigned();
    if (!parsed.request.id) error = "Req_id field must be an unsigned integer";
  }
  const Json* const method = document->find("method");
  std::string method_text;
  if (method == nullptr || method->type != Json::Type::string) {
    if (!error) error = "Method(s) not found";
  } else {
    method_text = method->text;
    if (!error) error = read_method(*document, method_text, parsed.request);
  }
  if (error) parsed.error = RequestError{*error, method_text, parsed.request.id};
  return parsed;
}

}  // namespace tickwitness::sim
