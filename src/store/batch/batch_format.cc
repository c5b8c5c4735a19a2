#include "store/batch/batch_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/bytes.h"
#include "store/batch/gap_format.h"

namespace tickwitness::store {

using base::folded;
using base::put_number;
using base::take_number;
using base::unfolded;
using pipeline::Origin;
using pipeline::Tick;

namespace {

// What an item is. Ticks are of a market that was declared before.
enum Item : std::uint8_t { kMarket = 0, kTrade = 1, kQuote = 2, kCandle = 3, kGap = 4 };

// Flags of every tick: bit 0 late, bits 1–2 origin. Of a trade: bit 3 sell, bits 4–5 order type.
constexpr unsigned kOriginShift = 1, kSellShift = 3, kTypeShift = 4;

std::uint64_t bits_of(base::WallTime time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

std::uint8_t flags_of(const Tick& tick) {
  unsigned flags = tick.late ? 1 : 0;
  flags |= static_cast<unsigned>(tick.origin) << kOriginShift;
  if (const auto* trade = std::get_if<market::Trade>(&tick.event)) {
    flags |= static_cast<unsigned>(trade->taker_side) << kSellShift;
    flags |= static_cast<unsigned>(trade->order_type) << kTypeShift;
  }
  return static_cast<std::uint8_t>(flags);
}

}  // namespace

void BatchWriter::clear() {
  bytes_.assign(1, static_cast<char>(kBatchVersion));
  ticks_ = gaps_ = 0;
  markets_.clear();
  last_time_ = 0;
}

std::size_t BatchWriter::market_of(market::Venue venue, const market::Symbol& symbol) {
  for (std::size_t i = markets_.size(); i-- > 0;) {
    if (markets_[i].venue == venue && markets_[i].symbol == symbol) return i;
  }
  bytes_ += static_cast<char>(kMarket);
  base::put_text(to_string(venue), bytes_);
  base::put_text(symbol.str(), bytes_);
  markets_.push_back({.venue = venue, .symbol = symbol});
  return markets_.size() - 1;
}

void BatchWriter::add(const Tick& tick) {
  const auto& symbol = std::visit(
      [](const auto& event) -> const market::Symbol& { return event.symbol; }, tick.event);
  const std::size_t market = market_of(tick.venue, symbol);
  bytes_ += static_cast<char>(tick.event.index() + kTrade);
  put_number(market, bytes_);
  bytes_ += static_cast<char>(flags_of(tick));
  put(tick.received.wall);
  if (const auto* trade = std::get_if<market::Trade>(&tick.event)) {
    put(*trade, markets_[market].last_id);
  } else if (const auto* quote = std::get_if<market::Quote>(&tick.event)) {
    put(*quote);
  } else {
    put(std::get<market::Candle>(tick.event));
  }
  ++ticks_;
}

void BatchWriter::add(const pipeline::GapEntry& gap) {
  bytes_ += static_cast<char>(kGap);
  put_gap(gap, bytes_);
  ++gaps_;
}

void BatchWriter::put(base::Decimal number) {
  bytes_ += static_cast<char>(number.scale());
  put_number(folded(static_cast<std::uint64_t>(number.mantissa())), bytes_);
}

// Differences are small: of the time before, whatever it was a time of.
void BatchWriter::put(base::WallTime time) {
  put_number(folded(bits_of(time) - last_time_), bytes_);
  last_time_ = bits_of(time);
}

void BatchWriter::put(const market::Trade& trade, std::uint64_t& last_id) {
  put_number(folded(trade.id - last_id), bytes_);
  last_id = trade.id;
  put(trade.price);
  put(trade.quantity);
  put(trade.exchange_time);
}

void BatchWriter::put(const market::Quote& quote) {
  const unsigned known = (quote.bid ? 1U : 0U) | (quote.bid_quantity ? 2U : 0U) |
                         (quote.ask ? 4U : 0U) | (quote.ask_quantity ? 8U : 0U) |
                         (quote.exchange_time ? 16U : 0U) | (quote.update_id ? 32U : 0U);
  bytes_ += static_cast<char>(known);
  for (const auto& number : {quote.bid, quote.bid_quantity, quote.ask, quote.ask_quantity}) {
    if (number) put(*number);
  }
  if (quote.exchange_time) put(*quote.exchange_time);
  if (quote.update_id) put_number(*quote.update_id, bytes_);
}

void BatchWriter::put(const market::Candle& candle) {
  const unsigned known = (candle.closed ? 1U : 0U) | (candle.closed.value_or(false) ? 2U : 0U) |
                         (candle.vwap ? 4U : 0U);
  bytes_ += static_cast<char>(known);
  put_number(candle.interval_minutes, bytes_);
  put(candle.begin);
  for (const auto number : {candle.open, candle.high, candle.low, candle.close, candle.volume}) {
    put(number);
  }
  if (candle.vwap) put(*candle.vwap);
  put_number(candle.trades, bytes_);
}

base::Result<BatchReader> BatchReader::open(std::string_view bytes) {
  if (bytes.empty()) return base::fail("the batch is empty");
  const auto version = static_cast<std::uint8_t>(bytes.front());
  if (version != kBatchVersion)
    return base::fail(
        fmt::format("the batch has format {}; this program reads {}", version, kBatchVersion));
  return BatchReader(bytes.substr(1));
}

base::Result<std::optional<pipeline::Record>> BatchReader::next() {
  while (!left_.empty()) {
    const auto kind = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    if (kind == kMarket && take_market()) continue;
    if (kind == kGap) {
      if (pipeline::GapEntry gap; take_gap(left_, gap)) return gap;
    } else if (kind != kMarket) {
      if (Tick tick; take_tick(kind, tick)) return tick;
    }
    left_ = {};
    return base::fail("what the batch holds makes no sense");
  }
  return std::nullopt;
}

bool BatchReader::take_market() {
  std::string_view venue, symbol;
  if (!base::take_text(left_, venue) || !base::take_text(left_, symbol)) return false;
  const auto known = market::venue_named(venue);
  const auto parsed = market::Symbol::parse(symbol);
  if (!known || !parsed) return false;
  markets_.push_back({.venue = *known, .symbol = *parsed});
  return true;
}

bool BatchReader::take_tick(std::uint64_t kind, Tick& tick) {
  std::uint64_t index = 0;
  std::uint8_t flags = 0;
  if (!take_number(left_, index) || index >= markets_.size() || !take(flags)) return false;
  const unsigned origin = (flags >> kOriginShift) & 3U;
  if (origin > static_cast<unsigned>(Origin::rest) || !take(tick.received.wall)) return false;
  tick.late = (flags & 1U) != 0;
  tick.origin = static_cast<Origin>(origin);
  Market& market = markets_[index];
  tick.venue = market.venue;
  switch (kind) {
    case kTrade: {
      market::Trade trade{.symbol = market.symbol};
      if (!take(trade, flags, market.last_id)) return false;
      tick.event = trade;
      return true;
    }
    case kQuote: {
      market::Quote quote{.symbol = market.symbol};
      if (!take(quote)) return false;
      tick.event = quote;
      return true;
    }
    case kCandle: {
      market::Candle candle{.symbol = market.symbol};
      if (!take(candle)) return false;
      tick.event = candle;
      return true;
    }
    default:
      return false;
  }
}

bool BatchReader::take(std::uint8_t& byte) {
  if (left_.empty()) return false;
  byte = static_cast<std::uint8_t>(left_.front());
  left_.remove_prefix(1);
  return true;
}

bool BatchReader::take(base::Decimal& number) {
  std::uint8_t scale = 0;
  std::uint64_t mantissa = 0;
  if (!take(scale) || scale > base::Decimal::kScaleMax || !take_number(left_, mantissa))
    return false;
  number = base::Decimal(static_cast<std::int64_t>(unfolded(mantissa)), scale);
  return true;
}

bool BatchReader::take(base::WallTime& time) {
  std::uint64_t difference = 0;
  if (!take_number(left_, difference)) return false;
  last_time_ += unfolded(difference);
  time = base::WallTime(base::Duration(static_cast<std::int64_t>(last_time_)));
  return true;
}

bool BatchReader::take(market::Trade& trade, std::uint8_t flags, std::uint64_t& last_id) {
  const unsigned type = flags >> kTypeShift;
  std::uint64_t difference = 0;
  if (type > static_cast<unsigned>(market::OrderType::limit) || !take_number(left_, difference))
    return false;
  trade.id = last_id += unfolded(difference);
  trade.taker_side = static_cast<market::Side>((flags >> kSellShift) & 1U);
  trade.order_type = static_cast<market::OrderType>(type);
  return take(trade.price) && take(trade.quantity) && take(trade.exchange_time);
}

bool BatchReader::take(market::Quote& quote) {
  std::uint8_t known = 0;
  if (!take(known) || known >= 64U) return false;
  unsigned bit = 1;
  for (auto* number : {&quote.bid, &quote.bid_quantity, &quote.ask, &quote.ask_quantity}) {
    if ((known & bit) != 0 && !take(number->emplace())) return false;
    bit <<= 1U;
  }
  if ((known & 16U) != 0 && !take(quote.exchange_time.emplace())) return false;
  return (known & 32U) == 0 || take_number(left_, quote.update_id.emplace());
}

bool BatchReader::take(market::Candle& candle) {
  std::uint8_t known = 0;
  std::uint64_t minutes = 0;
  if (!take(known) || known >= 8U || !take_number(left_, minutes)) return false;
  if (minutes > std::numeric_limits<std::uint32_t>::max() || !take(candle.begin)) return false;
  candle.interval_minutes = static_cast<std::uint32_t>(minutes);
  if ((known & 1U) != 0) candle.closed = (known & 2U) != 0;
  for (auto* number : {&candle.open, &candle.high, &candle.low, &candle.close, &candle.volume}) {
    if (!take(*number)) return false;
  }
  if ((known & 4U) != 0 && !take(candle.vwap.emplace())) return false;
  return take_number(left_, candle.trades);
}

}  // namespace tickwitness::store
