// Kraken's checksum of an order book, the same in WebSocket v1 and v2
// (docs.kraken.com/exchange/guides/websockets/book-checksum-v2).
#pragma once

#include <cstdint>

#include "market/order_book.h"

namespace tickwitness::exchange::kraken {

// CRC-32 (ISO-HDLC) over the ten best asks, then the ten best bids, fewer where there are fewer:
// of each the digits of price and quantity without point and leading zeros. `precision`: the
// decimals that the market is written with; a level that was written with more keeps them.
std::uint32_t book_checksum(const market::OrderBook& book, market::Precision precision);

}  // namespace tickwitness::exchange::kraken
