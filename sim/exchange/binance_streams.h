// The simulated Binance's streams: their names, and who listens to which.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "sim/exchange/klines.h"
#include "sim/exchange/subscribers.h"

namespace tickwitness::sim {

enum class StreamKind : std::uint8_t { trade, aggregate, quote, depth, kline };

// How often changes of a book are sent: @depth@100ms and @depth.
inline constexpr std::array<base::Duration, 2> kDepthPaces{std::chrono::milliseconds(100),
                                                           std::chrono::milliseconds(1000)};

struct Stream {
  StreamKind kind = StreamKind::trade;
  std::size_t pair = 0;     // index into Settings::pairs
  std::size_t variant = 0;  // depth: index into kDepthPaces; kline: into kKlineIntervals

  friend bool operator==(const Stream&, const Stream&) = default;
};

class Streams {
 public:
  // `symbols`: as Settings::pairs, "BTC/USDT".
  explicit Streams(const std::vector<std::string>& symbols);

  // Nothing for a name that no stream has; the names are in lower case.
  std::optional<Stream> find(std::string_view name) const;
  std::string name(const Stream& stream) const;

  const std::vector<ConnectionId>& listeners(const Stream& stream) const;
  // Whoever is there already is not added again.
  void add(const Stream& stream, ConnectionId connection);
  void remove(const Stream& stream, ConnectionId connection);

  // All streams of a pair, in an order of their own.
  static std::vector<Stream> all_of(std::size_t pair);

 private:
  static constexpr std::size_t kSlots = 3 + kDepthPaces.size() + kKlineIntervals.size();
  static std::size_t slot(const Stream& stream);

  std::vector<std::string> prefixes_;  // "btcusdt"
  std::vector<std::array<std::vector<ConnectionId>, kSlots>> listeners_;
};

}  // namespace tickwitness::sim
