#include "sim/exchange/order_book.h"

#include <algorithm>
#include <limits>
#include <string>

#include "sim/exchange/crc32.h"
#include "sim/exchange/draw.h"
#include "sim/exchange/price_process.h"
#include "sim/exchange/text.h"

namespace tickwitness::sim {
namespace {

// More than the deepest subscription, so that what falls out of its scope can come back.
constexpr std::size_t kLevelsLeast = 1050;
constexpr std::size_t kLevelsUsual = 1150;
constexpr std::size_t kLevelsMost = 1250;
constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

// The key of the last level that a client of this depth holds; no limit while it holds all.
template <typename Levels>
std::int64_t reach_of(const Levels& levels, std::size_t depth) {
  return levels.size() < kDepths[depth] ? kNoLimit : levels[levels.size() - kDepths[depth]].key;
}

}  // namespace

std::optional<std::size_t> depth_index(std::uint64_t depth) {
  const auto found = std::ranges::find(kDepths, depth);
  if (found == kDepths.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kDepths.begin());
}

OrderBook::OrderBook(const PairSettings& settings, base::Prng prng, const BestQuote& quote)
    : settings_(settings), prng_(prng) {
  half(BookSide::bid).levels.push_back({-quote.bid, quote.bid_quantity});
  half(BookSide::ask).levels.push_back({quote.ask, quote.ask_quantity});
  for (const BookSide side : {BookSide::bid, BookSide::ask}) {
    half(side).levels.reserve(kLevelsMost + 1);
    refill(side);
  }
}

Level OrderBook::level(BookSide side, std::size_t i) const {
  const std::vector<Entry>& levels = half(side).levels;
  const Entry& entry = levels[levels.size() - 1 - i];
  return {price_of(side, entry.key), entry.quantity};
}

std::vector<Level> OrderBook::top(BookSide side, std::size_t count) const {
  std::vector<Level> levels;
  for (std::size_t i = 0; i < std::min(count, size(side)); ++i) levels.push_back(level(side, i));
  return levels;
}

void OrderBook::apply(const Happening& happening) {
  changes_.clear();
  for (Half& each : halves_)
    for (std::size_t depth = 0; depth < kDepths.size(); ++depth)
      each.reach[depth] = reach_of(each.levels, depth);
  for (const Fill& fill : happening.fills()) eat(fill);
  const BestQuote& quote = happening.quote;
  settle(BookSide::bid, quote.bid, quote.bid_quantity);
  settle(BookSide::ask, quote.ask, quote.ask_quantity);
  stir();
  for (const BookSide side : {BookSide::bid, BookSide::ask}) refill(side);
}

// A trade takes the levels before its price and its quantity from the level there.
void OrderBook::eat(const Fill& fill) {
  const BookSide side = fill.taker_side == market::Side::buy ? BookSide::ask : BookSide::bid;
  const std::int64_t key = side == BookSide::ask ? fill.price : -fill.price;
  std::vector<Entry>& levels = half(side).levels;
  for (; !levels.empty() && levels.back().key < key; levels.pop_back())
    log_gone(side, levels.back());
  if (levels.empty() || levels.back().key != key) return;
  if (levels.back().quantity > fill.quantity) {
    levels.back().quantity -= fill.quantity;
    log(side, levels.back());
  } else {
    log_gone(side, levels.back());
    levels.pop_back();
  }
}

void OrderBook::settle(BookSide side, std::int64_t price, std::int64_t quantity) {
  const Entry best{side == BookSide::ask ? price : -price, quantity};
  std::vector<Entry>& levels = half(side).levels;
  for (; !levels.empty() && levels.back().key < best.key; levels.pop_back())
    log_gone(side, levels.back());
  if (levels.empty() || levels.back().key != best.key) {
    levels.push_back(best);
  } else if (levels.back().quantity == quantity) {
    return;
  } else {
    levels.back().quantity = quantity;
  }
  log(side, best);
}

// Orders come and go behind the best ones too, most of them near.
void OrderBook::stir() {
  const int times = halving(prng_, 4);
  for (int i = 0; i < times; ++i) {
    const BookSide side = prng_.below(2) == 0 ? BookSide::bid : BookSide::ask;
    const std::size_t count = size(side);
    if (count < 2) continue;
    const bool near = prng_.below(4) != 0;
    stir_level(side, 1 + prng_.below(near ? std::min<std::size_t>(count - 1, 14) : count - 1));
  }
}

void OrderBook::stir_level(BookSide side, std::size_t from_best) {
  std::vector<Entry>& levels = half(side).levels;
  const auto at = levels.end() - 1 - static_cast<std::ptrdiff_t>(from_best);
  const std::uint64_t what = prng_.below(4);
  if (what == 0) {
    log_gone(side, *at);
    levels.erase(at);
    return;
  }
  const std::int64_t better = (at + 1)->key;
  if (what == 1 && at->key - better > 1) {  // between this one and the next better one
    const auto room = static_cast<std::uint64_t>(at->key - better - 1);
    const auto key = better + 1 + static_cast<std::int64_t>(prng_.below(room));
    const Entry entry{key, draw_quantity(prng_, settings_)};
    levels.insert(at + 1, entry);
    log(side, entry);
    return;
  }
  at->quantity = draw_quantity(prng_, settings_);
  log(side, *at);
}

// At the far end, beyond all subscriptions. Prices end at 1.
void OrderBook::refill(BookSide side) {
  std::vector<Entry>& levels = half(side).levels;
  if (levels.size() > kLevelsMost) {
    const auto end = levels.end() - static_cast<std::ptrdiff_t>(kLevelsUsual);
    for (auto at = levels.begin(); at != end; ++at) log_gone(side, *at);
    levels.erase(levels.begin(), end);
  }
  if (levels.size() >= kLevelsLeast) return;
  std::vector<Entry> more;
  std::int64_t key = levels.front().key;
  while (levels.size() + more.size() < kLevelsUsual) {
    const int wide = halving(prng_, 4);
    key += 1 + wide * (wide + 1) / 2;
    if (price_of(side, key) < 1) break;
    more.push_back({key, draw_quantity(prng_, settings_)});
    log(side, more.back());
  }
  levels.insert(levels.begin(), more.rbegin(), more.rend());
}

void OrderBook::log(BookSide side, const Entry& entry) {
  changes_.push_back({side, {price_of(side, entry.key), entry.quantity}});
}

void OrderBook::log_gone(BookSide side, const Entry& entry) {
  log(side, {entry.key, 0});
}

void OrderBook::changes_for(std::size_t depth, std::vector<BookChange>& out) const {
  out.clear();
  for (const BookSide side : {BookSide::bid, BookSide::ask}) changes_of(side, depth, out);
}

void OrderBook::changes_of(BookSide side, std::size_t depth, std::vector<BookChange>& out) const {
  const std::vector<Entry>& levels = half(side).levels;
  const std::int64_t before = half(side).reach[depth];
  const std::int64_t after = reach_of(levels, depth);
  const std::size_t begin = out.size();
  const auto told = [&](std::int64_t price) {
    return std::any_of(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
                       [=](const BookChange& change) { return change.level.price == price; });
  };
  for (const BookChange& change : changes_) {
    if (change.side != side) continue;
    const std::int64_t key = price_of(side, change.level.price);
    const bool gone = change.level.quantity == 0;
    // What it never held needs no end, unless this very message began it.
    if (gone ? key <= before || told(change.level.price) : key <= after) out.push_back(change);
  }
  if (before == kNoLimit) return;
  const auto end = levels.rbegin() + static_cast<std::ptrdiff_t>(
                                         std::min<std::size_t>(levels.size(), kDepths[depth]));
  for (auto at = std::upper_bound(levels.rbegin(), end, before,
                                  [](std::int64_t key, const Entry& e) { return key < e.key; });
       at != end; ++at)
    if (const std::int64_t price = price_of(side, at->key); !told(price))
      out.push_back({side, {price, at->quantity}});
}

// Kraken's tokens are the decimals without point and leading zeros: the units themselves.
std::uint32_t OrderBook::checksum(int price_zeros) const {
  std::string text;
  for (const BookSide side : {BookSide::ask, BookSide::bid})
    for (std::size_t i = 0; i < std::min(kChecksumLevels, size(side)); ++i) {
      const Level at = level(side, i);
      append_number(text, static_cast<std::uint64_t>(at.price));
      text.append(static_cast<std::size_t>(price_zeros), '0');
      append_number(text, static_cast<std::uint64_t>(at.quantity));
    }
  return crc32(text);
}

}  // namespace tickwitness::sim
