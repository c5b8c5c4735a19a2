// The text of every frame that the simulated Kraken WebSocket v2 sends. Appended to `out`; shapes
// after Kraken's documentation and recordings (docs/simulated-exchange.md).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/exchange/order_book.h"
#include "sim/exchange/request.h"
#include "sim/exchange/settings.h"
#include "sim/exchange/tape.h"

namespace tickwitness::sim {

// When the exchange received a request and answered it, by its own clock.
struct Served {
  base::WallTime in, out;
};

// While the exchange is in maintenance, from when to when it expects to be.
struct Maintenance {
  base::WallTime from, until;
};
// Nothing where the exchange is online. Some frames bear no connection id.
void write_status(std::string& out, std::optional<std::uint64_t> connection_id,
                  const std::optional<Maintenance>& maintenance);
void write_heartbeat(std::string& out);
void write_pong(std::string& out, const Request& request, Served served);
// `symbol` is empty for instrument.
void write_ack(std::string& out, const Request& request, std::string_view symbol, Served served);
// `symbol` is empty where the exchange does not name one.
void write_refusal(std::string& out, const RequestError& error, std::string_view symbol,
                   Served served);
void write_rate_exceeded(std::string& out);

void write_trades(std::string& out, const PairSettings& pair, std::span<const Fill> fills,
                  bool snapshot);
void write_ticker(std::string& out, const PairSettings& pair, const BestQuote& quote,
                  const DayFigures& day, bool snapshot);
// One message per call; `candles` oldest first.
void write_candles(std::string& out, const PairSettings& pair, std::uint32_t interval_minutes,
                   std::span<const Candle> candles, base::WallTime now, bool snapshot);
// `levels`: in the order of their lists.
void write_book(std::string& out, const PairSettings& pair, std::span<const BookChange> levels,
                std::uint32_t checksum, base::WallTime time, bool snapshot);
void write_instruments(std::string& out, const std::vector<PairSettings>& pairs);
// The pair alone, as it is from now on.
void write_instrument_update(std::string& out, const PairSettings& pair);

}  // namespace tickwitness::sim
