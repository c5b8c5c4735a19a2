#include "store/batch/batch_format.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "store/batch/gap_format.h"

namespace tickwitness::store {
namespace {

using market::Candle;
using market::Quote;
using market::Symbol;
using market::Trade;
using pipeline::Tick;

// Every field as text, digits and all: what a batch must not change.
std::string text(base::Decimal number) {
  return number.str();
}
std::string text(base::WallTime time) {
  return std::to_string(time.time_since_epoch().count());
}
std::string text(std::uint64_t number) {
  return std::to_string(number);
}
std::string text(const Trade& trade) {
  return "trade " + text(trade.id) + (trade.taker_side == market::Side::buy ? " buy " : " sell ") +
         text(static_cast<std::uint64_t>(trade.order_type)) + " " + text(trade.price) + " " +
         text(trade.quantity) + " " + text(trade.exchange_time);
}
template <class T>
std::string text(const std::optional<T>& known) {
  return known ? text(*known) : "-";
}
std::string text(const Quote& quote) {
  return "quote " + text(quote.bid) + " " + text(quote.bid_quantity) + " " + text(quote.ask) + " " +
         text(quote.ask_quantity) + " " + text(quote.exchange_time) + " " + text(quote.update_id);
}
std::string text(const Candle& candle) {
  const std::string closed = candle.closed ? *candle.closed ? "closed" : "open" : "-";
  return "candle " + text(candle.interval_minutes) + " " + closed + " " + text(candle.begin) + " " +
         text(candle.open) + " " + text(candle.high) + " " + text(candle.low) + " " +
         text(candle.close) + " " + text(candle.volume) + " " + text(candle.vwap) + " " +
         text(candle.trades);
}
std::string text(const Tick& tick) {
  const auto event = std::visit(
      [](const auto& one) { return std::string(one.symbol.str()) + " " + text(one); }, tick.event);
  return std::string(to_string(tick.venue)) + " " + event + " " +
         text(static_cast<std::uint64_t>(tick.origin)) + (tick.late ? " late " : " ") +
         text(tick.received.wall);
}

std::string text(const pipeline::GapEntry& gap) {
  return "gap " + text(gap.id) + std::string(to_string(gap.venue)) + std::string(gap.symbol.str()) +
         gap.channel + " " + gap.connection + text(gap.from) + " " + text(gap.to) + " " +
         text(gap.missing) + " " + text(gap.lost) + gap.cause + " " + gap.state + text(gap.opened) +
         " " + text(gap.closed) + gap.reason;
}

std::vector<std::string> read_all(std::string_view bytes) {
  std::vector<std::string> all;
  auto reader = BatchReader::open(bytes);
  if (!reader) return {reader.error().message};
  for (;;) {
    const auto next = reader->next();
    if (!next) return {next.error().message};
    if (!*next) return all;
    all.push_back(std::visit([](const auto& record) { return text(record); }, **next));
  }
}

namespace draw {

rc::Gen<base::Decimal> number() {
  return rc::gen::apply(
      [](std::int64_t mantissa, int scale) { return base::Decimal(mantissa, scale); },
      rc::gen::arbitrary<std::int64_t>(), rc::gen::inRange(0, 19));
}
rc::Gen<base::WallTime> time() {
  return rc::gen::map(rc::gen::arbitrary<std::int64_t>(),
                      [](std::int64_t ns) { return base::WallTime(base::Duration(ns)); });
}
template <class T>
std::optional<T> maybe(const rc::Gen<T>& gen) {
  if (*rc::gen::arbitrary<bool>()) return *gen;
  return std::nullopt;
}
std::uint64_t count() {
  return *rc::gen::arbitrary<std::uint64_t>();
}
Symbol symbol() {
  return *Symbol::parse(*rc::gen::element<std::string>("BTC-USD", "ETH-USD", "A-B", "1INCH-USDT"));
}

market::Event event() {
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      return Trade{
          .symbol = symbol(),
          .id = count(),
          .taker_side = *rc::gen::element(market::Side::buy, market::Side::sell),
          .order_type = *rc::gen::element(market::OrderType::unknown, market::OrderType::market,
                                          market::OrderType::limit),
          .price = *number(),
          .quantity = *number(),
          .exchange_time = *time()};
    case 1:
      return Quote{.symbol = symbol(),
                   .bid = maybe(number()),
                   .bid_quantity = maybe(number()),
                   .ask = maybe(number()),
                   .ask_quantity = maybe(number()),
                   .exchange_time = maybe(time()),
                   .update_id = maybe(rc::gen::arbitrary<std::uint64_t>())};
    default:
      return Candle{.symbol = symbol(),
                    .interval_minutes = *rc::gen::arbitrary<std::uint32_t>(),
                    .closed = maybe(rc::gen::arbitrary<bool>()),
                    .begin = *time(),
                    .open = *number(),
                    .high = *number(),
                    .low = *number(),
                    .close = *number(),
                    .volume = *number(),
                    .vwap = maybe(number()),
                    .trades = count()};
  }
}

Tick tick() {
  return {.event = event(),
          .venue = *rc::gen::element(market::Venue::kraken, market::Venue::binance,
                                     market::Venue::binance_us),
          .origin = *rc::gen::element(pipeline::Origin::live, pipeline::Origin::snapshot,
                                      pipeline::Origin::rest),
          .late = *rc::gen::arbitrary<bool>(),
          .received = {.wall = *time()}};
}

std::string word() {
  return *rc::gen::element<std::string>("", "trade", "main", "the exchange does not have them");
}
pipeline::GapEntry gap() {
  return {.id = count(),
          .venue = market::Venue::binance,
          .symbol = *rc::gen::arbitrary<bool>() ? symbol() : Symbol(),
          .channel = word(),
          .connection = word(),
          .from = count(),
          .to = count(),
          .missing = count(),
          .lost = count(),
          .cause = word(),
          .state = word(),
          .opened = *time(),
          .closed = maybe(time()),
          .reason = word()};
}

}  // namespace draw

RC_GTEST_PROP(BatchFormat, WhatGoesInComesOut, ()) {
  BatchWriter writer;
  std::vector<std::string> truth;
  std::size_t ticks = 0;
  for (int left = *rc::gen::inRange(0, 20); left > 0; --left) {
    if (*rc::gen::inRange(0, 4) == 0) {
      const pipeline::GapEntry gap = draw::gap();
      writer.add(gap);
      truth.push_back(text(gap));
      continue;
    }
    ++ticks;
    const std::size_t before = writer.bytes().size();
    const Tick tick = draw::tick();
    writer.add(tick);
    truth.push_back(text(tick));
    RC_ASSERT(writer.bytes().size() - before <= kTickBytesMax);
  }
  RC_ASSERT(writer.ticks() == ticks);
  RC_ASSERT(writer.empty() == truth.empty());
  RC_ASSERT(read_all(writer.bytes()) == truth);
  writer.clear();
  RC_ASSERT(read_all(writer.bytes()).empty());
}

TEST(BatchFormat, ALongTextOfAGapIsCutOff) {
  BatchWriter writer;
  writer.add(
      pipeline::GapEntry{.id = 1, .connection = "a\xff\n'b", .reason = std::string(1000, 'x')});
  auto reader = *BatchReader::open(writer.bytes());
  const auto record = reader.next();
  ASSERT_TRUE(record && *record);
  EXPECT_EQ(std::get<pipeline::GapEntry>(**record).connection,
            "a?"
            "?'b");
  EXPECT_EQ(std::get<pipeline::GapEntry>(**record).reason, std::string(kGapTextMax, 'x'));
}

TEST(BatchFormat, ATradeTakesFewBytes) {
  BatchWriter writer;
  for (std::uint64_t id = 1000; id < 2000; ++id) {
    const base::WallTime at{std::chrono::seconds(1'800'000'000) + std::chrono::milliseconds(id)};
    writer.add({.event = Trade{.symbol = *Symbol::parse("BTC-USD"),
                               .id = id,
                               .price = base::Decimal(640'001, 1),
                               .quantity = base::Decimal(12'345'678, 8),
                               .exchange_time = at},
                .received = {.wall = at + std::chrono::milliseconds(20)}});
  }
  EXPECT_LT(writer.bytes().size(), 1000 * 24);
}

TEST(BatchFormat, WhatMakesNoSenseIsSaidOnce) {
  EXPECT_FALSE(BatchReader::open(""));
  EXPECT_EQ(BatchReader::open("\x02").error().message,
            "the batch has format 2; this program reads 1");
  for (const std::string_view bytes : {std::string_view("\x01\x01\x00", 3),  // no market yet
                                       std::string_view("\x01\x00\x03"
                                                        "abc\x03"
                                                        "A-B",
                                                        10),  // no venue of ours
                                       std::string_view("\x01\x09", 2)}) {
    auto reader = *BatchReader::open(bytes);
    EXPECT_FALSE(reader.next());
    EXPECT_EQ(reader.next().value(), std::nullopt);
  }
}

}  // namespace
}  // namespace tickwitness::store
