#include "exchange/kraken/usual_frames.h"

#include <charconv>
#include <concepts>

#include "base/rfc3339.h"
#include "exchange/kraken/book_data.h"
#include "exchange/kraken/symbols.h"

namespace tickwitness::exchange::kraken {
namespace {

// What is left of the text. Each function takes what it is named after off the front, or says
// false; then nothing more is asked.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  template <std::size_t size>
  [[gnu::always_inline]] bool literal(const char (&expected)[size]) {
    constexpr std::size_t length = size - 1;
    if (!rest_.starts_with(std::string_view(expected, length))) return false;
    rest_.remove_prefix(length);
    return true;
  }

  bool number(base::Decimal& out) { return base::Decimal::take(rest_, out); }

  template <std::unsigned_integral T>
  bool integer(T& out) {
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return error == std::errc{};
  }

  // With the quote behind it.
  bool symbol(market::Symbol& out) {
    const auto length = rest_.substr(0, market::Symbol::kLengthMax + 1).find('"');
    if (length == std::string_view::npos) return false;
    const auto symbol = from_kraken(rest_.substr(0, length));
    if (!symbol) return false;
    out = *symbol;
    rest_.remove_prefix(length + 1);
    return true;
  }

  // In microseconds, with the quote behind it.
  bool time(base::WallTime& out) {
    constexpr std::size_t kLength = sizeof("2024-05-27T12:33:10.826003Z") - 1;
    if (rest_.size() <= kLength || rest_[kLength] != '"') return false;
    const auto time = base::parse_rfc3339(rest_.substr(0, kLength));
    if (!time) return false;
    out = *time;
    rest_.remove_prefix(kLength + 1);
    return true;
  }

  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

bool read_side(Scanner& in, market::Side& out) {
  if (in.literal(R"("buy")"))
    out = market::Side::buy;
  else if (in.literal(R"("sell")"))
    out = market::Side::sell;
  else
    return false;
  return true;
}

bool read_order_type(Scanner& in, market::OrderType& out) {
  if (in.literal(R"("limit")"))
    out = market::OrderType::limit;
  else if (in.literal(R"("market")"))
    out = market::OrderType::market;
  else
    return false;
  return true;
}

bool read_trade(Scanner& in, market::Trade& out) {
  return in.literal(R"({"symbol":")") && in.symbol(out.symbol) && in.literal(R"(,"side":)") &&
         read_side(in, out.taker_side) && in.literal(R"(,"price":)") && in.number(out.price) &&
         in.literal(R"(,"qty":)") && in.number(out.quantity) && in.literal(R"(,"ord_type":)") &&
         read_order_type(in, out.order_type) && in.literal(R"(,"trade_id":)") &&
         in.integer(out.id) && in.literal(R"(,"timestamp":")") && in.time(out.exchange_time) &&
         in.literal("}");
}

bool read_levels(Scanner& in, std::vector<market::Level>& levels, std::uint32_t& count) {
  if (in.literal("]")) return true;
  do {
    auto& level = levels.emplace_back();
    ++count;
    if (!in.literal(R"({"price":)") || !in.number(level.price) || !in.literal(R"(,"qty":)") ||
        !in.number(level.quantity) || !in.literal("}") || level.price.is_negative() ||
        level.quantity.is_negative())
      return false;
  } while (in.literal(","));
  return count <= kLevelsOfSideMax && in.literal("]");
}

// Older servers send no time.
bool read_end(Scanner& in, std::optional<base::WallTime>& time) {
  return in.literal("}") ||
         (in.literal(R"(,"timestamp":")") && in.time(time.emplace()) && in.literal("}"));
}

bool read_book(Scanner& in, BookChange& out, std::vector<market::Level>& levels) {
  out.first_level = static_cast<std::uint32_t>(levels.size());
  return in.literal(R"({"symbol":")") && in.symbol(out.symbol) && in.literal(R"(,"bids":[)") &&
         read_levels(in, levels, out.bids) && in.literal(R"(,"asks":[)") &&
         read_levels(in, levels, out.asks) && in.literal(R"(,"checksum":)") &&
         in.integer(out.checksum.emplace()) && read_end(in, out.exchange_time);
}

bool read_head(Scanner& in, Frame& out) {
  out.snapshot = in.literal(R"(","type":"snapshot","data":[)");
  return out.snapshot || in.literal(R"(","type":"update","data":[)");
}

// The entries and what follows them.
template <class Item, class Read>
bool read_rest(Scanner& in, std::vector<Item>& items, Read read) {
  do
    if (!read(in, items.emplace_back())) return false;
  while (in.literal(","));
  return in.literal("]}") && in.at_end();
}

bool read_frame(Scanner& in, Frame& out) {
  if (!in.literal(R"({"channel":")")) return false;
  if (in.literal("trade")) {
    out.kind = FrameKind::trades;
    out.channel = Channel::trade;
    out.wire_channel = "trade";
    return read_head(in, out) && read_rest(in, out.trades, read_trade);
  }
  if (in.literal("book")) {
    out.kind = FrameKind::books;
    out.channel = Channel::book;
    out.wire_channel = "book";
    return read_head(in, out) && read_rest(in, out.books, [&](Scanner& entry, BookChange& book) {
             return read_book(entry, book, out.levels);
           });
  }
  return false;
}

}  // namespace

bool read_usual(std::string_view text, Frame& out) {
  Scanner in(text);
  if (read_frame(in, out)) return true;
  out.clear();
  return false;
}

}  // namespace tickwitness::exchange::kraken
