// Binance's spelling of markets: "BTCUSDT" without a separator, lower-case in the names of streams.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "market/symbol.h"

namespace tickwitness::exchange::binance {

// "BTCUSDT", as REST and payloads write it.
std::string to_binance(const market::Symbol& symbol);
// "btcusdt", as the names of streams begin.
std::string stream_symbol(const market::Symbol& symbol);

// Tells which market a text without separator names. What was learnt is certain; the rest is split
// before the longest known quote asset, which is right for nearly all markets. Not thread-safe
// while learning; looking up allocates nothing.
class SymbolTable {
 public:
  // `text`: as the venue writes it. What was learnt before under that text is replaced.
  void learn(std::string_view text, const market::Symbol& symbol);
  void learn(const market::Symbol& symbol);  // under to_binance(symbol)

  // Case counts: payloads are upper-case. Absent: neither known nor to be split.
  std::optional<market::Symbol> find(std::string_view text) const;
  std::size_t size() const { return size_; }

 private:
  using Key = std::array<std::uint64_t, 3>;  // the text, filled up with zeros
  struct Entry {
    Key key{};
    market::Symbol symbol;  // empty: a free place
  };
  static std::optional<Key> key_of(std::string_view text);
  static std::size_t hash(const Key& key);
  Entry& place(const Key& key);
  void grow();

  std::vector<Entry> entries_;  // a power of 2, at most half full
  std::size_t size_ = 0;
};

}  // namespace tickwitness::exchange::binance
