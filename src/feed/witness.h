// One market's stream against what the venue's REST interface shows of the same market: has the
// venue news that the stream did not bring?
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/time.h"
#include "feed/verdict.h"
#include "market/events.h"

namespace tickwitness::feed {

// News is missing once a stream has not brought it for so long; less may be under way.
inline constexpr base::Duration kMissingFor = std::chrono::seconds(2);
// Between two looks of which both must show it.
inline constexpr base::Duration kLookAgainAfter = std::chrono::seconds(1);

// What one look showed; `again`: news, but it may be under way: look again after kLookAgainAfter.
enum class Look : std::uint8_t { active, quiet, again };

// A trade, where it stands on both clocks.
struct Landmark {
  std::uint64_t id = 0;
  base::WallTime time{};     // the venue's
  base::Instant received{};  // ours
};

// By trades: REST has ids above the newest that came. Not thread-safe.
class TradeWitness {
 public:
  void on_trade(base::Instant received, const market::Trade& trade);
  const std::optional<Landmark>& newest() const { return newest_; }
  // `trades`: what REST gave, ids ascending. Where no trade came yet, the newest of them is what
  // the next look is compared with.
  Look look(base::Instant now, std::span<const market::Trade> trades);
  // A question is over: the next one begins with a first look.
  void end() { first_seen_.reset(); }

 private:
  std::optional<Landmark> newest_;
  std::optional<base::Instant> first_seen_;  // news, during this question
};

// For streams that follow from trades and bear no ids of trades (candles): trades happened after
// the last data, by more than kMissingFor, since data and trade need not come in order. Not
// thread-safe.
class TimeWitness {
 public:
  void on_data(base::Instant received);
  // `known`: the newest trade that came on another stream of the market; without one, the ids of
  // the first look are what the next is compared with.
  Look look(base::Instant now, const std::optional<Landmark>& known,
            std::span<const market::Trade> trades);
  void end() { first_seen_.reset(); }

 private:
  Look look_by_id(base::Instant now, std::span<const market::Trade> trades);

  std::optional<base::Instant> last_;
  std::optional<std::uint64_t> newest_id_;  // of the first look after last_
  std::optional<base::Instant> first_seen_;
};

// By best bid and offer: REST has other prices than those that came last. Not thread-safe.
class QuoteWitness {
 public:
  void on_quote(const market::Quote& quote);
  // Something came that does not tell the best prices: what came before says nothing any more.
  void forget();
  Look look(base::Instant now, const market::Quote& quote);
  void end() { first_seen_.reset(); }

 private:
  struct Prices {
    std::optional<base::Decimal> bid, ask;
    bool operator==(const Prices&) const = default;
  };
  std::optional<Prices> newest_;
  std::optional<base::Instant> first_seen_;
};

}  // namespace tickwitness::feed
