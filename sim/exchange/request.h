// What a client asks of Kraken's WebSocket v2, read from its text. Names and error texts: Kraken's
// documentation and recorded replies; docs/simulated-exchange.md says which are which.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickwitness::sim {

enum class WireChannel : std::uint8_t { trade, ticker, ohlc, book, instrument };
std::string_view to_string(WireChannel channel);

struct Request {
  enum class Method : std::uint8_t { subscribe, unsubscribe, ping };
  Method method = Method::ping;
  std::optional<std::uint64_t> id;  // req_id
  WireChannel channel = WireChannel::trade;
  std::vector<std::string> symbols;    // empty for instrument
  std::uint64_t interval_minutes = 1;  // ohlc
  std::uint64_t depth = 10;            // book
  bool on_trades = true;               // ticker: event_trigger "trades" rather than "bbo"
  std::optional<bool> snapshot;
};

// Why a request as a whole cannot be served. `method` and `id` as far as they could be read.
struct RequestError {
  std::string text;
  std::string method;
  std::optional<std::uint64_t> id;
};

struct ParsedRequest {
  Request request;
  std::optional<RequestError> error;
};

ParsedRequest parse_request(std::string_view text);

}  // namespace tickwitness::sim
