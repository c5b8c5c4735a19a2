// What is to be kept as the payload of a spool record, both ways; docs/spool-format.md has every
// field. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pipeline/record.h"

namespace tickwitness::store {

inline constexpr std::uint8_t kBatchVersion = 1;
// A tick takes no more, with the declaration of its market.
inline constexpr std::size_t kTickBytesMax = 256;

// Makes a batch, of ticks some 25 bytes each. Its memory is used again. Not thread-safe.
class BatchWriter {
 public:
  BatchWriter() { clear(); }
  // Of the time of receipt only the wall clock is kept: the other one means nothing to a later
  // process.
  void add(const pipeline::Tick& tick);
  void add(const pipeline::GapEntry& gap);
  std::string_view bytes() const { return bytes_; }
  bool empty() const { return ticks_ == 0 && gaps_ == 0; }
  std::size_t ticks() const { return ticks_; }
  void clear();

 private:
  struct Market {
    market::Venue venue;
    market::Symbol symbol;
    std::uint64_t last_id = 0;  // of a trade
  };
  std::size_t market_of(market::Venue venue, const market::Symbol& symbol);
  void put(const market::Trade& trade, std::uint64_t& last_id);
  void put(const market::Quote& quote);
  void put(const market::Candle& candle);
  void put(base::Decimal number);
  void put(base::WallTime time);

  std::string bytes_;
  std::size_t ticks_ = 0, gaps_ = 0;
  std::vector<Market> markets_;
  std::uint64_t last_time_ = 0;
};

// Not thread-safe; `bytes` outlive it.
class BatchReader {
 public:
  // Errors: of a version that this program does not know; empty.
  static base::Result<BatchReader> open(std::string_view bytes);
  // Nothing: the batch is at its end. An error: what follows makes no sense, and nothing comes any
  // more.
  base::Result<std::optional<pipeline::Record>> next();

 private:
  struct Market {
    market::Venue venue;
    market::Symbol symbol;
    std::uint64_t last_id = 0;
  };
  explicit BatchReader(std::string_view bytes) : left_(bytes) {}
  bool take_market();
  bool take_tick(std::uint64_t kind, pipeline::Tick& tick);
  bool take(market::Trade& trade, std::uint8_t flags, std::uint64_t& last_id);
  bool take(market::Quote& quote);
  bool take(market::Candle& candle);
  bool take(base::Decimal& number);
  bool take(base::WallTime& time);
  bool take(std::uint8_t& byte);

  std::string_view left_;
  std::vector<Market> markets_;
  std::uint64_t last_time_ = 0;
};

}  // namespace tickwitness::store
