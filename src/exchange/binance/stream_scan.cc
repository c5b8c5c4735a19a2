#include "exchange/binance/stream_scan.h"

#include <bit>
#include <cstring>

#include "base/ascii.h"
#include "exchange/binance/wire.h"

namespace tickwitness::exchange::binance {
namespace {

// Eight digits at once; nothing is said of `value` when they are none.
bool read_eight_digits(const char* at, std::uint64_t& value) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint64_t kZeros = 0x3030'3030'3030'3030;
  constexpr std::uint64_t kHighHalves = 0xF0F0'F0F0'F0F0'F0F0;
  constexpr std::uint64_t kSixes = 0x0606'0606'0606'0606;
  std::uint64_t chunk = 0;
  std::memcpy(&chunk, at, sizeof chunk);
  // Above '9' the six carries into the high half.
  if ((chunk & kHighHalves) != kZeros || ((chunk + kSixes) & kHighHalves) != kZeros) return false;
  chunk -= kZeros;
  chunk = chunk * 10 + (chunk >> 8);  // pairs, then fours, then all eight
  constexpr std::uint64_t kPairs = 0x0000'00FF'0000'00FF;
  value = ((chunk & kPairs) * 0x000F'4240'0000'0064 +
           ((chunk >> 16) & kPairs) * 0x0000'2710'0000'0001) >>
          32;
  return true;
}

// Takes from the front of a text that ends with '}': no run of digits or letters goes beyond that.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  bool at_end() const { return at_ == end_; }

  template <std::size_t N>
  bool take(const char (&expected)[N]) {
    constexpr std::size_t kLength = N - 1;
    if (static_cast<std::size_t>(end_ - at_) < kLength) return false;
    if (std::memcmp(at_, expected, kLength) != 0) return false;
    at_ += kLength;
    return true;
  }

  // Plain characters up to a quote, at least one.
  bool skip_name() {
    const char* const begin = at_;
    while (*at_ != '"') {
      if (*at_ <= ' ' || *at_ > '~' || *at_ == '\\' || *at_ == '}') return false;
      ++at_;
    }
    return at_ != begin;
  }

  bool symbol(const SymbolTable& symbols, market::Symbol& out) {
    const char* const begin = at_;
    while (base::is_digit(*at_) || (*at_ >= 'A' && *at_ <= 'Z')) ++at_;
    const auto found = symbols.find({begin, at_});
    if (found) out = *found;
    return found.has_value();
  }

  bool integer(std::uint64_t& out) {
    constexpr std::ptrdiff_t kDigitsMax = 19;  // 10^19 < 2^64
    const char* const begin = at_;
    out = digits(0);
    const auto length = at_ - begin;
    return length == 1 || (length > 1 && length <= kDigitsMax && *begin != '0');
  }

  bool boolean(bool& out) {
    out = take("true");
    return out || take("false");
  }

  bool decimal(base::Decimal& out) {
    constexpr std::ptrdiff_t kDigitsMax = 18;  // 10^18 < 2^63
    const char* const begin = at_;
    std::uint64_t mantissa = digits(0);
    const auto whole = at_ - begin;
    if (whole == 0 || (whole > 1 && *begin == '0')) return false;
    std::ptrdiff_t scale = 0;
    if (*at_ == '.') {
      const char* const fraction = ++at_;
      std::uint64_t eight = 0;
      if (end_ - at_ >= 8 && read_eight_digits(at_, eight)) {
        mantissa = mantissa * 100'000'000 + eight;
        at_ += 8;
      }
      mantissa = digits(mantissa);
      scale = at_ - fraction;
      if (scale == 0) return false;
    }
    if (whole + scale > kDigitsMax) return long_decimal({begin, at_}, out);
    out = base::Decimal(static_cast<std::int64_t>(mantissa), static_cast<int>(scale));
    return true;
  }

 private:
  static bool long_decimal(std::string_view text, base::Decimal& out) {
    const auto number = base::Decimal::parse(text);
    if (number) out = *number;
    return number.has_value();
  }

  // Wraps around when there are too many: who asks counts them.
  std::uint64_t digits(std::uint64_t value) {
    while (base::is_digit(*at_)) value = value * 10 + static_cast<std::uint64_t>(*at_++ - '0');
    return value;
  }

  const char* at_;
  const char* const end_;
};

template <class Out>
bool set_time(std::uint64_t number, Out& out) {
  const auto time = time_of(number);
  if (time) out = *time;
  return time.has_value();
}

// Binance.US also names the orders.
bool skip_order_ids(Scanner& scan) {
  std::uint64_t ignored = 0;
  if (!scan.take(R"("b":)")) return true;
  return scan.integer(ignored) && scan.take(R"(,"a":)") && scan.integer(ignored) && scan.take(",");
}

// What trade and aggTrade end with.
bool scan_trade_end(Scanner& scan, std::uint64_t sent, market::Trade& trade, Frame& out) {
  std::uint64_t time = 0;
  bool buyer_was_maker = false, ignored = false;
  if (!scan.take(R"("T":)") || !scan.integer(time) || !scan.take(R"(,"m":)") ||
      !scan.boolean(buyer_was_maker) || !scan.take(R"(,"M":)") || !scan.boolean(ignored) ||
      !scan.take("}"))
    return false;
  trade.taker_side = taker_of(buyer_was_maker);
  return set_time(sent, out.sent) && set_time(time, trade.exchange_time);
}

bool scan_trade(Scanner& scan, const SymbolTable& symbols, Frame& out) {
  auto& trade = add_trade(out, false);
  std::uint64_t sent = 0;
  return scan.take(R"(,"E":)") && scan.integer(sent) && scan.take(R"(,"s":")") &&
         scan.symbol(symbols, trade.symbol) && scan.take(R"(","t":)") && scan.integer(trade.id) &&
         scan.take(R"(,"p":")") && scan.decimal(trade.price) && scan.take(R"(","q":")") &&
         scan.decimal(trade.quantity) && scan.take(R"(",)") && skip_order_ids(scan) &&
         scan_trade_end(scan, sent, trade, out);
}

bool scan_aggregate(Scanner& scan, const SymbolTable& symbols, Frame& out) {
  auto& trade = add_trade(out, true);
  std::uint64_t sent = 0, first = 0, last = 0;
  return scan.take(R"(,"E":)") && scan.integer(sent) && scan.take(R"(,"s":")") &&
         scan.symbol(symbols, trade.symbol) && scan.take(R"(","a":)") && scan.integer(trade.id) &&
         scan.take(R"(,"p":")") && scan.decimal(trade.price) && scan.take(R"(","q":")") &&
         scan.decimal(trade.quantity) && scan.take(R"(","f":)") && scan.integer(first) &&
         scan.take(R"(,"l":)") && scan.integer(last) && scan.take(",") &&
         scan_trade_end(scan, sent, trade, out);
}

bool scan_quote(Scanner& scan, const SymbolTable& symbols, Frame& out) {
  auto& quote = add_quote(out);
  base::Decimal bid, bid_quantity, ask, ask_quantity;
  if (!scan.integer(quote.update_id.emplace()) || !scan.take(R"(,"s":")") ||
      !scan.symbol(symbols, quote.symbol) || !scan.take(R"(","b":")") || !scan.decimal(bid) ||
      !scan.take(R"(","B":")") || !scan.decimal(bid_quantity) || !scan.take(R"(","a":")") ||
      !scan.decimal(ask) || !scan.take(R"(","A":")") || !scan.decimal(ask_quantity) ||
      !scan.take(R"("})"))
    return false;
  set_side(bid, bid_quantity, quote.bid, quote.bid_quantity);
  set_side(ask, ask_quantity, quote.ask, quote.ask_quantity);
  return true;
}

// Levels up to the closing bracket; the opening one is taken.
bool scan_levels(Scanner& scan, Frame& out, std::uint32_t& count) {
  if (scan.take("]")) return true;
  do {
    auto& level = out.levels.emplace_back();
    if (!scan.take(R"([")") || !scan.decimal(level.price) || !scan.take(R"(",")") ||
        !scan.decimal(level.quantity) || !scan.take(R"("])"))
      return false;
    ++count;
  } while (scan.take(","));
  return scan.take("]");
}

bool scan_depth(Scanner& scan, const SymbolTable& symbols, Frame& out) {
  auto& book = add_book(out);
  std::uint64_t sent = 0;
  if (!scan.take(R"(,"E":)") || !scan.integer(sent) || !scan.take(R"(,"s":")") ||
      !scan.symbol(symbols, book.symbol) || !scan.take(R"(","U":)") ||
      !scan.integer(book.first_id.emplace()) || !scan.take(R"(,"u":)") ||
      !scan.integer(book.last_id.emplace()) || !scan.take(R"(,"b":[)") ||
      !scan_levels(scan, out, book.bids) || !scan.take(R"(,"a":[)") ||
      !scan_levels(scan, out, book.asks) || !scan.take("}"))
    return false;
  if (!set_time(sent, out.sent)) return false;
  book.exchange_time = out.sent;
  return true;
}

bool scan_payload(Scanner& scan, const SymbolTable& symbols, Frame& out) {
  if (scan.take(R"({"u":)")) return scan_quote(scan, symbols, out);
  if (!scan.take(R"({"e":")")) return false;
  if (scan.take(R"(trade")")) return scan_trade(scan, symbols, out);
  if (scan.take(R"(depthUpdate")")) return scan_depth(scan, symbols, out);
  return scan.take(R"(aggTrade")") && scan_aggregate(scan, symbols, out);
}

}  // namespace

bool scan_stream(std::string_view text, const SymbolTable& symbols, Frame& out) {
  if (!text.ends_with('}')) return false;
  Scanner scan(text);
  const bool combined = scan.take(R"({"stream":")");
  if (combined && !(scan.skip_name() && scan.take(R"(","data":)"))) return false;
  if (!scan_payload(scan, symbols, out)) return false;
  return (!combined || scan.take("}")) && scan.at_end();
}

}  // namespace tickwitness::exchange::binance
