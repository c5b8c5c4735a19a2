#include "exchange/venues/venues.h"

#include "exchange/binance/rest.h"
#include "exchange/binance/session.h"
#include "exchange/kraken/rest.h"
#include "exchange/kraken/session.h"

namespace tickwitness::exchange::venues {

std::unique_ptr<Protocol> make_protocol(market::Venue venue, std::uint32_t book_depth) {
  switch (venue) {
    case market::Venue::kraken:
      return std::make_unique<kraken::KrakenV2>(book_depth);
    case market::Venue::binance:
    case market::Venue::binance_us:
      return std::make_unique<binance::BinanceSpot>(book_depth);
  }
  return nullptr;
}

std::unique_ptr<RestProtocol> make_rest(market::Venue venue) {
  switch (venue) {
    case market::Venue::kraken:
      return std::make_unique<kraken::KrakenRest>();
    case market::Venue::binance:
    case market::Venue::binance_us:
      return std::make_unique<binance::BinanceRest>(venue);
  }
  return nullptr;
}

std::string_view stream_path(market::Venue venue) {
  switch (venue) {
    case market::Venue::kraken:
      break;  // each of its paths is a protocol of its own
    case market::Venue::binance:
    case market::Venue::binance_us:
      return binance::BinanceSpot::kPath;
  }
  return "/";
}

std::vector<Subscription> reference_data(market::Venue venue) {
  if (venue == market::Venue::kraken) return {{.channel = Channel::instrument}};
  return {};
}

}  // namespace tickwitness::exchange::venues
