// Kraken's public REST interface (docs.kraken.com/api/docs/rest-api): api.kraken.com/0/public/.
#pragma once

#include "exchange/rest.h"

namespace tickwitness::exchange::kraken {

class KrakenRest final : public RestProtocol {
 public:
  static constexpr std::size_t kTradesPerPage = 1000;
  static constexpr std::uint32_t kDepthMax = 500;

  market::Venue venue() const override { return market::Venue::kraken; }

  // By time, from a second before the last known trade: trades share their printed times.
  RestRequest request_trades(const market::Symbol& symbol,
                             const TradeCursor& cursor) const override;
  RestResult<TradePage> read_trades(const market::Symbol& symbol, const TradeCursor& cursor,
                                    const RestAnswer& answer) const override;
  RestRequest request_quote(const market::Symbol& symbol) const override;
  RestResult<market::Quote> read_quote(const market::Symbol& symbol,
                                       const RestAnswer& answer) const override;
  RestRequest request_book(const market::Symbol& symbol, std::uint32_t depth) const override;
  RestResult<BookSnapshot> read_book(const market::Symbol& symbol,
                                     const RestAnswer& answer) const override;
  RestRequest request_time() const override;
  RestResult<VenueTime> read_time(const RestAnswer& answer) const override;
  RestRequest request_status() const override;
  RestResult<VenueState> read_status(const RestAnswer& answer) const override;
  RestRequest request_instruments(std::span<const market::Symbol> symbols) const override;
  RestResult<InstrumentList> read_instruments(const RestAnswer& answer) const override;
};

// Seconds since 1970 as Kraken prints them, "1688669597.8277369": digits, perhaps a fraction.
// Exact to the nanosecond, further digits are cut off. Absent: anything else, or out of range.
std::optional<base::WallTime> parse_unix_seconds(std::string_view text);

}  // namespace tickwitness::exchange::kraken
