// What a client asks of Binance's WebSocket streams, read from its text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickwitness::sim {

enum class BinanceMethod : std::uint8_t {
  subscribe,
  unsubscribe,
  list,
  set_property,
  get_property
};

struct BinanceRequest {
  BinanceMethod method = BinanceMethod::list;
  std::string id = "null";           // as JSON, as it is sent back
  std::vector<std::string> streams;  // of subscribe and unsubscribe
  bool combined = true;              // of set_property

  // The id, if it is a number.
  std::optional<std::uint64_t> number() const;
};

struct BinanceError {
  std::uint64_t code = 0;
  std::string text;
  std::optional<std::string> id;  // as JSON, when the request had one that could be read
};

struct ParsedBinanceRequest {
  BinanceRequest request;
  std::optional<BinanceError> error;
};

ParsedBinanceRequest parse_binance_request(std::string_view text);

}  // namespace tickwitness::sim
