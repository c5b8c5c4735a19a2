// Everything that is known to be missing, or was: each hole in what a venue sent is an entry, from
// its discovery to the moment it is filled or given up for a reason that is told.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "exchange/messages.h"
#include "feed/past.h"
#include "market/symbol.h"
#include "market/venue.h"

namespace tickwitness::feed {

enum class GapState : std::uint8_t { open, filling, filled, unrecoverable };
std::string_view to_string(GapState state);

// How the hole showed.
enum class GapCause : std::uint8_t {
  disconnect,  // the connection ended; also ids that were missing when it was up again
  missing,     // ids left out while the connection was up
  checksum,    // a book that is not what the venue has
  sequence,    // an update of a book left out
  crossed,     // a book with a bid at or above its best ask
};
std::string_view to_string(GapCause cause);

struct Gap {
  std::uint64_t id = 0;  // from 1, in the order of discovery
  market::Venue venue = market::Venue::kraken;
  market::Symbol symbol;  // empty: a connection
  exchange::Channel channel = exchange::Channel::trade;
  std::string connection;          // disconnects only
  std::uint64_t from = 0, to = 0;  // ids, both included; 0: the channel has none
  // Of trade ids: still missing; and given up, but for those that came after all.
  std::uint64_t missing = 0, lost = 0;
  GapCause cause = GapCause::missing;
  GapState state = GapState::open;
  base::Now opened;
  std::optional<base::Now> closed;  // filled or unrecoverable
  std::string reason;               // unrecoverable: why
};

// Not thread-safe. Entries that are closed are kept while there is room, and longer while
// take_changed() has not told of their end; those that are open always (their sources bound them).
class GapLedger {
 public:
  static constexpr std::size_t kClosedMax = 1'000;
  static constexpr std::size_t kUntoldMax = 10'000;  // closed; more are forgotten all the same

  // Entries by venue and how they ended; they never fall.
  struct Totals {
    std::array<std::uint64_t, 5> by_cause{};
    std::uint64_t ids_missing = 0;                // found missing
    std::uint64_t ids_filled = 0;                 // of these, filled
    std::uint64_t ids_unrecoverable = 0;          // of these, given up
    std::uint64_t ids_returned = 0;               // of those, filled all the same
    std::uint64_t filled = 0, unrecoverable = 0;  // entries; one may have been both, in turn
  };

  // `gap`: everything but id, missing, lost and state. Returns its id.
  std::uint64_t open(Gap gap);
  void set_filling(std::uint64_t id);
  // `count` ids of the entry were received; the last one fills it, unless others were given up.
  void fill(std::uint64_t id, std::uint64_t count, base::Now now);
  // `count` ids of the entry will not come. With the last that was missing the entry is closed.
  void give_up(std::uint64_t id, std::uint64_t count, std::string_view reason, base::Now now);
  // `count` ids that were given up have come after all. With the last of them the entry is filled,
  // as of now, if nothing else of it is missing; until then it stays as it is, with fewer lost.
  void take_back(std::uint64_t id, std::uint64_t count, base::Now now);
  // An entry without ids is over.
  void close(std::uint64_t id, base::Now now);

  // Entries of an earlier process, ascending, before any of this one; ids go on from `last_id`.
  // Of what was open, but for trades, nothing is missing any more with a new connection. Of trades
  // it is what claim() says; then end_restore() closes the entries that nothing is missing of.
  void restore(std::vector<Gap> entries, std::uint64_t last_id, base::Now now);
  // `count` ids of a restored entry are still missing; they count in the totals as if they were
  // found now.
  void claim(std::uint64_t id, std::uint64_t count);
  // `why` tells of an entry that was open, and of which nothing was claimed, why it ends so; empty:
  // it was filled before the process ended.
  void end_restore(base::Now now, const std::function<std::string(const Gap&)>& why);
  // The entry that has these ids, a closed one if they were given up; 0: none.
  std::uint64_t entry_of(const exchange::Subscription& trades, market::Venue venue,
                         const PastHole& ids) const;
  // Entries that are new or have changed since this was last asked, ascending; forgets what was
  // told of before and there is no room for. To be asked now and then.
  std::vector<std::uint64_t> take_changed();
  // It could not be told of then.
  void changed_again(std::uint64_t id) { changed_.insert(id); }

  // Newest last.
  const std::deque<Gap>& entries() const { return entries_; }
  const Gap* find(std::uint64_t id) const;
  const Totals& totals(market::Venue venue) const { return totals_.at(index(venue)); }
  // Entries that are open or being filled.
  std::size_t open_count() const { return open_; }

 private:
  static std::size_t index(market::Venue venue) { return static_cast<std::size_t>(venue); }
  // For a change.
  Gap* entry(std::uint64_t id);
  void settle(Gap& gap, base::Now now);
  void forget_the_oldest();

  std::deque<Gap> entries_;  // by id
  std::array<Totals, market::kVenues> totals_{};
  std::set<std::uint64_t> changed_;
  std::uint64_t last_id_ = 0;
  std::size_t open_ = 0;
};

}  // namespace tickwitness::feed
