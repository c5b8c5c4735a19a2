// Any bytes at all through the codec: it must come back with a consistent frame, the same one each
// time, and with the digits that stand in the text.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <tuple>

#include "exchange/kraken_v1/codec.h"

namespace {

using namespace tickwitness;
using exchange::Frame;
using exchange::FrameKind;
using exchange::Malformed;

void require(bool condition) {
  if (!condition) std::abort();
}

// Every number that a frame holds, in the order of the frame, written out.
std::string numbers(const Frame& frame) {
  std::string all;
  const auto add = [&](const std::optional<base::Decimal>& number) {
    all += number ? number->str() + "\n" : "-\n";
  };
  for (const auto& trade : frame.trades) {
    add(trade.price);
    add(trade.quantity);
  }
  for (const auto& quote : frame.quotes) {
    add(quote.bid);
    add(quote.bid_quantity);
    add(quote.ask);
    add(quote.ask_quantity);
  }
  for (const auto& candle : frame.candles) {
    for (const auto& number : {candle.open, candle.high, candle.low, candle.close, candle.volume})
      add(number);
    add(candle.vwap);
  }
  for (const auto& level : frame.levels) {
    add(level.price);
    add(level.quantity);
  }
  return all;
}

void require_equal(const Frame& a, const Frame& b) {
  const auto plain = [](const Frame& f) {
    return std::tie(f.kind, f.malformed, f.channel, f.wire_channel, f.snapshot, f.skipped,
                    f.request_id, f.subscription, f.symbol, f.venue_status, f.connection_id,
                    f.detail);
  };
  require(plain(a) == plain(b));
  require(a.trades.size() == b.trades.size() && a.quotes.size() == b.quotes.size() &&
          a.candles.size() == b.candles.size() && a.books.size() == b.books.size());
  require(numbers(a) == numbers(b));
  for (std::size_t i = 0; i < a.books.size(); ++i)
    require(a.books[i].checksum == b.books[i].checksum &&
            a.books[i].exchange_time == b.books[i].exchange_time);
}

// What is filled belongs to the kind, and a reason is given exactly when something was unusable.
void require_consistent(const Frame& frame) {
  require((frame.kind == FrameKind::trades) || frame.trades.empty());
  require((frame.kind == FrameKind::quotes) == (frame.quotes.size() == 1));
  require((frame.kind == FrameKind::candles) == (frame.candles.size() == 1));
  require((frame.kind == FrameKind::books) == (frame.books.size() == 1));
  if (frame.kind == FrameKind::malformed)
    require(frame.malformed != Malformed::none && frame.skipped == 0 && frame.detail.empty());
  else
    require((frame.malformed != Malformed::none) == (frame.skipped > 0));
  require(frame.detail.size() <= exchange::kDetailBytesMax);
  std::size_t levels = 0;
  for (const auto& book : frame.books) {
    require(!book.symbol.empty() && book.first_level == levels);
    levels += frame.bids(book).size() + frame.asks(book).size();
  }
  require(levels == frame.levels.size());
}

// Each number stands in the text as it is; texts with exponents or escapes are not checked, and
// zeros at the end of a fraction may have given way to the limits.
void require_in_text(const Frame& frame, std::string_view text) {
  if (text.find_first_of("eE\\+") != std::string_view::npos) return;
  const std::string all = numbers(frame);
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = all.find('\n', begin);
    const std::string number = all.substr(begin, end - begin);
    begin = end + 1;
    const bool zero = number.find_first_not_of("-0.") == std::string::npos;
    require(zero || text.find(number) != std::string_view::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // One codec over all inputs: what an earlier frame left behind must not matter.
  static exchange::kraken_v1::Codec used;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Frame first, second;
  used.decode(text, first);
  require_consistent(first);
  exchange::kraken_v1::Codec fresh;
  fresh.decode(text, second);
  require_equal(first, second);
  used.decode(text, second);
  require_equal(first, second);
  require_in_text(first, text);
  return 0;
}
