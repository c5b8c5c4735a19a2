// Binance spot streams: the text of one received frame, raw or combined, becomes an exchange::Frame
// (github.com/binance/binance-spot-api-docs, web-socket-streams.md).
#pragma once

#include <string_view>

#include "exchange/binance/symbols.h"
#include "exchange/json_frame.h"

namespace tickwitness::exchange::binance {

// Reads frames with keys in any order, ignoring fields it does not know. Numbers are taken from
// their text. Not thread-safe; allocates only when a frame is larger than any before.
class Codec {
 public:
  // Never throws. A frame bears one event; when something in it cannot be used it is malformed for
  // that reason. E is Frame::sent and, of a change of a book, its exchange_time too, since there is
  // no other; bookTicker has no time at all. A snapshot of a book without a stream has an empty
  // symbol: who asked for it knows whose it is.
  void decode(std::string_view text, Frame& out);
  // The same frame, always read in the general way: several times slower.
  void decode_generally(std::string_view text, Frame& out);

  SymbolTable& symbols() { return symbols_; }

 private:
  SymbolTable symbols_;
  JsonFrame json_;
};

}  // namespace tickwitness::exchange::binance
