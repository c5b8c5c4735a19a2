// The order book of one pair: it follows the market's quotes and trades, and stirs between them.
// What clients of each depth are sent is derived from what changed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/prng.h"
#include "sim/exchange/market_data.h"
#include "sim/exchange/settings.h"

namespace tickwitness::sim {

// Levels per side; what Kraken's book channel offers.
inline constexpr std::array<std::uint64_t, 5> kDepths{10, 25, 100, 500, 1000};
// Of each side, that Kraken's checksum is of.
inline constexpr std::size_t kChecksumLevels = 10;
// Index into kDepths.
std::optional<std::size_t> depth_index(std::uint64_t depth);

// Units of the pair's price and quantity.
struct Level {
  std::int64_t price = 0;
  std::int64_t quantity = 0;
  friend bool operator==(const Level&, const Level&) = default;
};

enum class BookSide : std::uint8_t { bid, ask };

struct BookChange {
  BookSide side = BookSide::bid;
  Level level;  // quantity 0: the level is gone
};

class OrderBook {
 public:
  // Around `quote`. `settings` must outlive it. The same generator and the same happenings give
  // the same book.
  OrderBook(const PairSettings& settings, base::Prng prng, const BestQuote& quote);

  // Afterwards the best levels are the happening's quote; its trades have eaten from the book.
  void apply(const Happening& happening);

  std::size_t size(BookSide side) const { return half(side).levels.size(); }
  // The i-th level from the best one on, i < size().
  Level level(BookSide side, std::size_t i) const;
  // The best `count` levels, fewer if there are fewer.
  std::vector<Level> top(BookSide side, std::size_t count) const;

  // What the last apply() did, for a client that held the best kDepths[depth] levels of each side
  // before it: applied in this order, then truncated, they are the best ones again. In no order of
  // price; a price may come twice, and then the last counts. Levels out of scope are left out,
  // those that came into scope are there though nothing happened to them. Replaces `out`.
  void changes_for(std::size_t depth, std::vector<BookChange>& out) const;

  // All that the last apply() did, at every depth: applied in this order to all levels that were
  // there, they are those that are there. A price may come twice.
  std::span<const BookChange> changes() const { return changes_; }

  // Over the best ten levels, as they stand. `price_zeros`: digits 0 that prices are shown with
  // beyond their units.
  std::uint32_t checksum(int price_zeros) const;

 private:
  // Prices of asks, negative prices of bids: the lower the better.
  struct Entry {
    std::int64_t key = 0;
    std::int64_t quantity = 0;
  };
  struct Half {
    std::vector<Entry> levels;  // the worst first, since most happens at the best
    std::array<std::int64_t, kDepths.size()> reach{};  // of each depth before the last apply()
  };

  static std::int64_t price_of(BookSide side, std::int64_t key) {
    return side == BookSide::ask ? key : -key;
  }
  const Half& half(BookSide side) const { return halves_[static_cast<std::size_t>(side)]; }
  Half& half(BookSide side) { return halves_[static_cast<std::size_t>(side)]; }

  void eat(const Fill& fill);
  void settle(BookSide side, std::int64_t price, std::int64_t quantity);
  void stir();
  void stir_level(BookSide side, std::size_t from_best);
  void refill(BookSide side);
  void log(BookSide side, const Entry& entry);
  void log_gone(BookSide side, const Entry& entry);
  void changes_of(BookSide side, std::size_t depth, std::vector<BookChange>& out) const;

  const PairSettings& settings_;
  base::Prng prng_;
  std::array<Half, 2> halves_;
  std::vector<BookChange> changes_;
};

}  // namespace tickwitness::sim
