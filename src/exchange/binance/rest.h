// Binance's public spot REST interface (developers.binance.com, spot: rest-api). Binance.US speaks
// the same and is another venue.
#pragma once

#include "exchange/rest.h"

namespace tickwitness::exchange::binance {

// Where the same market data is served, as documented; named when the main address refuses a place.
inline constexpr std::string_view kMirrors =
    "https://data-api.binance.vision and wss://data-stream.binance.vision; configure them as this "
    "exchange's addresses";

class BinanceRest final : public RestProtocol {
 public:
  static constexpr std::size_t kTradesPerPage = 1000;
  static constexpr std::uint32_t kDepthMax = 5000;

  explicit BinanceRest(market::Venue venue = market::Venue::binance) : venue_(venue) {}

  market::Venue venue() const override { return venue_; }

  // By id. The type of the taker's order is not told.
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
  // The wallet's interface knows of maintenance; mirrors of market data do not serve it.
  RestRequest request_status() const override;
  RestResult<VenueState> read_status(const RestAnswer& answer) const override;
  RestRequest request_instruments(std::span<const market::Symbol> symbols) const override;
  RestResult<InstrumentList> read_instruments(const RestAnswer& answer) const override;

 private:
  market::Venue venue_;
};

}  // namespace tickwitness::exchange::binance
