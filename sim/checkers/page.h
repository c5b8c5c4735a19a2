// The page's event stream: whole, in order, on time, and saying what the world's record says of
// connections, breakers and prices.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/checkers/looked.h"

namespace tickwitness::sim {

// For the stream of one client, which sends the last id it read when it comes back.
class PageChecker final : public Checker {
 public:
  // States and counts are compared when nothing changed for so long before the event was made:
  // what the engine knows is shown up to that much later.
  static constexpr base::Duration kSettled = std::chrono::seconds(1);
  // Between heartbeats: as promised, and what an event may take on its way.
  static constexpr base::Duration kHeartbeatMax = std::chrono::seconds(5) + kSettled;
  // An event made before a step of the clock may be read as much later.
  static constexpr base::Duration kStepForgotten = std::chrono::seconds(2);

  // Whether the record is of the moment in which an event arrives. One that other threads keep is
  // not: then prices, which may change in any moment, are not compared with it.
  enum class Record : std::uint8_t { at_hand, of_other_threads };
  explicit PageChecker(Record record = Record::at_hand) : record_(record) {}

  std::string_view name() const override { return "page"; }
  // Also ends the stream.
  void on_restart() override;
  void on_scrape(const Observation& seen, Report& report) override;
  void on_event(const Arrival& arrival, Report& report) override;
  void at_rest(const Observation& seen, Report& report) override;

  // The client's connection ended, or cannot be expected to bring anything: silence says nothing
  // until the next event.
  void stream_ended();
  // The machine's wall clock was stepped.
  void clock_stepped(base::Duration at) {
    stepped_ = at;
    last_time_.reset();
  }

 private:
  // A price of the record and since when, at the latest, it has not changed.
  struct PriceSeen {
    std::uint64_t trades = 0;
    base::Instant since{};
  };
  void look_at_prices(const Ledger& ledger, base::Now now);
  void silence(base::Duration at, Report& report);
  // False for an event that is to be looked at no further.
  bool identify(const Arrival& arrival, Report& report);
  void timestamp(const Arrival& arrival, Report& report);
  void fields(const Arrival& arrival, Report& report);
  void links(const Arrival& arrival, base::Instant made, Report& report);
  void status(const Arrival& arrival, base::Instant made, Report& report);
  void prices(const Arrival& arrival, base::Instant made, Report& report);

  Record record_;
  Looked looked_{"page", "events"};
  Looked statuses_{"page", "states of links"};
  Looked priced_{"page", "prices"};
  std::optional<std::uint64_t> last_id_;
  std::optional<std::uint64_t> last_time_;   // Unix time, ms
  std::optional<base::Duration> heartbeat_;  // the last, or the begin of the stream
  std::optional<base::Duration> stepped_;
  std::vector<PriceSeen> prices_;  // by the index of Ledger::symbols()
};

}  // namespace tickwitness::sim
