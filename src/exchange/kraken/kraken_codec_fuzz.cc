// Any bytes at all through the codec: it must come back with a consistent frame, the same one each
// time and by either way of reading, and with the digits that stand in the text.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "exchange/kraken/codec.h"
#include "exchange/test_frames.h"

namespace {

using namespace tickwitness;
using exchange::Frame;
using exchange::FrameKind;
using exchange::Malformed;

void require(bool condition) {
  if (!condition) std::abort();
}

void require_equal(const Frame& a, const Frame& b) {
  require(exchange::FrameText::of(a) == exchange::FrameText::of(b));
}

// What is filled belongs to the kind, and a reason is given exactly when something was unusable.
void require_consistent(const Frame& frame) {
  require((frame.kind == FrameKind::trades) || frame.trades.empty());
  require((frame.kind == FrameKind::quotes) || frame.quotes.empty());
  require((frame.kind == FrameKind::candles) || frame.candles.empty());
  require((frame.kind == FrameKind::instruments) || frame.instruments.empty());
  require((frame.kind == FrameKind::books) || frame.books.empty());
  std::size_t levels = 0;
  for (const auto& book : frame.books) {
    require(book.first_level == levels && book.checksum && !book.symbol.empty());
    levels += book.bids + book.asks;
  }
  require(frame.levels.size() == levels);
  if (frame.kind == FrameKind::malformed)
    require(frame.malformed != Malformed::none && frame.skipped == 0 && frame.detail.empty());
  else
    require((frame.malformed != Malformed::none) == (frame.skipped > 0));
  require(frame.detail.size() <= exchange::kraken::Codec::kDetailBytesMax);
  for (const auto& trade : frame.trades) require(!trade.symbol.empty());
}

bool holds_exponent(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i)
    if ((text[i] == 'e' || text[i] == 'E') && text[i - 1] >= '0' && text[i - 1] <= '9') return true;
  return false;
}

// The number stands in the text as it is; a text with exponents is not checked.
void require_in_text(const base::Decimal& number, std::string_view text, bool has_exponents) {
  if (has_exponents || number.is_zero()) return;
  if (text.find(number.str()) != std::string_view::npos) return;
  // Zeros at the end of a fraction may have given way to the limits.
  require(number.scale() > 0);
  require(text.find(number.str() + "0") != std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // One codec over all inputs: what an earlier frame left behind must not matter.
  static exchange::kraken::Codec used;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Frame first, second;
  used.decode(text, first);
  require_consistent(first);
  exchange::kraken::Codec fresh;
  fresh.decode(text, second);
  require_equal(first, second);
  used.decode(text, second);
  require_equal(first, second);
  // A space changes nothing, but sends the frame past the quick way.
  used.decode(" " + std::string(text), second);
  require_equal(first, second);

  const bool has_exponents = holds_exponent(text);
  for (const auto& trade : first.trades) {
    require_in_text(trade.price, text, has_exponents);
    require_in_text(trade.quantity, text, has_exponents);
  }
  for (const auto& candle : first.candles) {
    require_in_text(candle.high, text, has_exponents);
    require_in_text(candle.volume, text, has_exponents);
  }
  for (const auto& quote : first.quotes) {
    if (quote.bid) require_in_text(*quote.bid, text, has_exponents);
    if (quote.ask) require_in_text(*quote.ask, text, has_exponents);
  }
  for (const auto& level : first.levels) {
    require_in_text(level.price, text, has_exponents);
    require_in_text(level.quantity, text, has_exponents);
  }
  return 0;
}
