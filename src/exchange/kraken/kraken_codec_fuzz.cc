// Any bytes at all through the codec: it must come back with a consistent frame, the same one each
// time, and with the digits that stand in the text.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <tuple>

#include "exchange/kraken/codec.h"

namespace {

using namespace tickwitness;
using exchange::Frame;
using exchange::FrameKind;
using exchange::Malformed;

void require(bool condition) {
  if (!condition) std::abort();
}

bool same(const base::Decimal& a, const base::Decimal& b) {
  return a.mantissa() == b.mantissa() && a.scale() == b.scale();
}

bool same(const std::optional<base::Decimal>& a, const std::optional<base::Decimal>& b) {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

void require_equal(const Frame& a, const Frame& b) {
  const auto plain = [](const Frame& f) {
    return std::tie(f.kind, f.malformed, f.snapshot, f.skipped, f.request_id, f.subscription,
                    f.symbol, f.venue_status, f.connection_id, f.time_in, f.time_out, f.detail);
  };
  require(plain(a) == plain(b));
  require(a.trades.size() == b.trades.size() && a.quotes.size() == b.quotes.size() &&
          a.candles.size() == b.candles.size() && a.instruments.size() == b.instruments.size());
  for (std::size_t i = 0; i < a.trades.size(); ++i) {
    const auto &x = a.trades[i], &y = b.trades[i];
    require(x.symbol == y.symbol && x.id == y.id && x.taker_side == y.taker_side &&
            x.order_type == y.order_type && same(x.price, y.price) &&
            same(x.quantity, y.quantity) && x.exchange_time == y.exchange_time);
  }
  for (std::size_t i = 0; i < a.quotes.size(); ++i) {
    const auto &x = a.quotes[i], &y = b.quotes[i];
    require(x.symbol == y.symbol && same(x.bid, y.bid) && same(x.ask, y.ask) &&
            same(x.bid_quantity, y.bid_quantity) && same(x.ask_quantity, y.ask_quantity) &&
            x.exchange_time == y.exchange_time);
  }
  for (std::size_t i = 0; i < a.candles.size(); ++i) {
    const auto &x = a.candles[i], &y = b.candles[i];
    require(x.symbol == y.symbol && x.begin == y.begin && same(x.open, y.open) &&
            same(x.close, y.close) && same(x.volume, y.volume) && x.trades == y.trades);
  }
}

// What is filled belongs to the kind, and a reason is given exactly when something was unusable.
void require_consistent(const Frame& frame) {
  require((frame.kind == FrameKind::trades) || frame.trades.empty());
  require((frame.kind == FrameKind::quotes) || frame.quotes.empty());
  require((frame.kind == FrameKind::candles) || frame.candles.empty());
  require((frame.kind == FrameKind::instruments) || frame.instruments.empty());
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
  return 0;
}
