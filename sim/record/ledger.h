// The world's record at the engine's end of the wire, for one process life: what was asked, what
// arrived, how connections went. It is what the product's own numbers and states are held against;
// nothing of the product writes it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "market/venue.h"
#include "runtime/message_channel.h"
#include "sim/exchange/parcel.h"
#include "sim/exchange/settings.h"
#include "sim/exchange/traffic.h"
#include "sim/record/book_record.h"
#include "sim/record/last_minute.h"
#include "sim/record/link_record.h"
#include "sim/record/promises.h"
#include "sim/record/stream_record.h"
#include "sim/record/trade_ids.h"

namespace tickwitness::sim {

class BinanceAsks;

struct LatencyRecord {
  std::uint64_t stamped = 0;      // items with an exchange time that were news
  std::uint64_t negative = 0;     // of these, received before that time by the local clock
  std::uint64_t implausible = 0;  // more than a day from it, which is no latency; not in `stamped`
  base::Duration sum_positive{};  // of those not negative
};

// What happens is told before it is handed to the engine, what the engine wishes when it says so.
// Times are the engine's clocks; monotonic ones never fall. `link`: a number for each of the
// engine's links, whatever channels it uses one after another. Not thread-safe.
class Ledger {
 public:
  // `venue`: whose requests the engine writes; Kraken's or Binance's.
  Ledger(const Settings& exchange, const Promises& promises,
         market::Venue venue = market::Venue::kraken);
  ~Ledger();
  Ledger(const Ledger&) = delete;  // it points into itself
  Ledger& operator=(const Ledger&) = delete;

  void on_attempt(std::uint64_t link, base::Now now);
  void on_open(std::uint64_t link, base::Now now);
  void on_sent(std::uint64_t link, base::Now now, std::string_view text);
  void on_delivered(std::uint64_t link, base::Now received, const Parcel& parcel,
                    std::size_t bytes);
  // What the engine knows of a pair's trades from an earlier life. Before anything else.
  void on_known(std::size_t pair, std::uint64_t top, const std::vector<TradeIds::Hole>& holes) {
    trade_ids_[pair].restore(top, holes);
  }
  // A reply over REST that shows these trades of a pair; told before it is handed over.
  void on_rest(std::size_t pair, std::span<const std::uint64_t> trades);
  // The engine asked for the end of the connection or of the attempt; on_ended follows.
  void on_closing(std::uint64_t link, base::Now now);
  // `finishing`: after the product was asked to replace nothing that ends.
  void on_ended(std::uint64_t link, base::Now now, runtime::CloseReason reason, bool finishing);
  // The engine gives the link up for good (reload, end of the product). An open connection counts
  // as ended by the engine from that moment, an attempt as neither failed nor open; the on_ended
  // that may follow says nothing new.
  void on_retired(std::uint64_t link, base::Now now);
  // A reload was applied.
  void on_promises(base::Now now, const Promises& promises);
  // A reload was applied that no longer follows this symbol ("BTC-USD"). On an open link the engine
  // takes its streams back as well; on one that is down there is nobody to tell.
  void on_unfollowed(base::Now now, std::string_view symbol);
  // Something keeps a thread of the product from running. What it shows meanwhile and within the
  // second after is not judged.
  void on_stall(base::Instant from, base::Instant until);

  const Traffic& traffic() const { return traffic_; }
  // Trades that the engine has, by pair as Settings::pairs, from the stream or from REST where the
  // stream had left them out.
  const std::vector<TradeIds>& trade_ids() const { return trade_ids_; }
  // Trades that the stream brought and the engine had already, by pair.
  const std::vector<std::uint64_t>& trades_again() const { return trades_again_; }
  // By pair.
  const std::vector<BookRecord>& books() const { return books_; }
  const std::map<StreamKey, StreamRecord>& streams() const { return streams_; }
  const std::map<std::uint64_t, LinkRecord>& links() const { return links_; }
  const std::map<std::string, LatencyRecord>& latencies() const { return latencies_; }  // by symbol
  // Latencies of items that were news, by symbol, and news of trades, all symbols together.
  const std::map<std::string, LastMinute>& minutes() const { return minutes_; }
  const LastMinute& trades() const { return trades_; }
  // The first attempt of this life.
  std::optional<base::Instant> begun() const { return begun_; }
  const Promises& promises() const { return terms_.promises; }
  base::Instant stalled_until() const { return terms_.stalled_until; }
  // The first moment of the last stall, or of the first of several within a minute of each other.
  base::Instant stalled_from() const { return stalled_from_; }
  // "BTC-USD", in the order of Settings::pairs; Traffic::pairs may be shorter.
  const std::vector<std::string>& symbols() const { return symbols_; }
  // What the engine sent and no exchange understands.
  std::uint64_t requests_unreadable() const { return requests_unreadable_; }

  // What the state of a wanted stream must be at `now`, and since when the product could have
  // known. While its link is being closed nothing is promised: then `since` is `now`; in a stall it
  // is later.
  struct Expected {
    StreamState state = StreamState::pending;
    base::Instant since{};
  };
  Expected expected(const StreamRecord& stream, base::Instant now) const;
  StreamRecord::Silences silences(const StreamRecord& stream, base::Instant now) const;
  // Whether the product may have had a witness say that it is quiet or dead, and may be renewing
  // it: there is one, and nothing has come for a while, or it did less than `shown_for` ago.
  bool may_be_witnessed(const StreamRecord& stream, base::Instant now,
                        base::Duration shown_for) const;

 private:
  static constexpr std::size_t kSlots = 3 + kIntervals.size();  // trade, spread, book, ohlc …
  using Slots = std::array<StreamRecord*, kSlots>;

  void on_venue(base::Instant now, bool rests);
  const LinkRecord& asker(const StreamRecord& stream) const { return links_.at(stream.link); }
  StreamRecord& stream(std::uint64_t link, const Request& request, const std::string& symbol);
  // That the parcel is about, if it was this link that asked for it last; nullptr for none.
  StreamRecord* stream_of(std::uint64_t link, const Parcel& parcel);
  void on_subscription(std::uint64_t link, base::Instant now, const Request& request);
  // One answer to all that a request asked for.
  void on_whole_answer(std::uint64_t link, LinkRecord& record, base::Instant now,
                       const Parcel& parcel);
  void on_refusal(std::uint64_t link, LinkRecord& record, base::Instant now, const Parcel& parcel);
  void refuse(LinkRecord& record, StreamRecord& stream, base::Instant now);
  void note_trades(const Parcel& parcel);
  // What was known of its book is known no more.
  void forget_book(const StreamKey& key, base::Instant now);
  void observe_latencies(base::Now received, const Parcel& parcel);

  std::vector<std::string> symbols_;
  Terms terms_;
  base::Instant promises_changed_{};
  Traffic traffic_;
  std::vector<TradeIds> trade_ids_;
  std::vector<std::uint64_t> trades_again_;
  std::vector<BookRecord> books_;
  std::map<StreamKey, StreamRecord> streams_;
  std::vector<Slots> slots_;             // of streams_, as symbols_
  StreamRecord* instruments_ = nullptr;  // of streams_
  std::map<std::uint64_t, LinkRecord> links_;
  std::map<std::string, LatencyRecord> latencies_;
  std::vector<LatencyRecord*> latency_of_;  // of latencies_, as symbols_
  std::map<std::string, LastMinute> minutes_;
  std::vector<LastMinute*> minute_of_;  // of minutes_, as symbols_
  LastMinute trades_;
  std::optional<base::Instant> begun_;
  std::unique_ptr<BinanceAsks> binance_;  // where requests are Binance's
  base::Instant stalled_from_{};
  std::uint64_t requests_unreadable_ = 0;
};

}  // namespace tickwitness::sim
