// The record of a demo at the engine's end of the wire, put together from what both ends noted:
// the ledger that a simulated world keeps.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "app/demo_notes.h"
#include "sim/checkers/report.h"
#include "sim/record/ledger.h"

namespace tickwitness::app {

// Not thread-safe.
class DemoRecord {
 public:
  DemoRecord(const sim::Settings& exchange, const sim::Promises& promises,
             market::Venue venue = market::Venue::kraken);

  // Violations of "wire": a message that came to the engine and was not what the exchange sent next
  // on that connection. `at`: since the start, for the report.
  void add(const DemoNotes::Batch& batch, base::Duration at, sim::Report& report);
  // The thread that shows what the engine knows was kept from running.
  void on_stall(base::Instant from, base::Instant until) { ledger_.on_stall(from, until); }
  // Of "wire". `lossy`: more may be lost than what the engine hung up on.
  void at_rest(bool lossy, sim::Report& report) const;

  const sim::Ledger& ledger() const { return ledger_; }
  bool healed() const { return healed_; }
  // A connection takes over from another, and both are up: which of them the product shows the
  // states of is not to be seen from the wire.
  bool hands_over() const;
  // Messages that the exchange sent on connections while the engine was closing them, or after.
  std::uint64_t hung_up_on() const { return hung_up_on_; }

 private:
  struct Connection {
    MessagePrint first;
    std::deque<ShippedNote> on_the_way;
    bool closing = false;  // by the engine
    bool claimed = false;  // by a link, ever
    bool ended = false;    // the engine has heard all it will hear
  };
  using Connections = std::map<sim::ConnectionId, Connection>;

  void ship(const ShippedNote& note);
  std::optional<std::string> apply(const EngineNote& note);
  void end(std::uint64_t link);
  std::optional<std::string> deliver(const EngineNote& note, base::Now now);
  Connections::iterator connection_of(const EngineNote& note);

  sim::Ledger ledger_;
  Connections connections_;  // of which the engine may hear yet
  std::map<std::uint64_t, sim::ConnectionId> by_link_;
  base::Instant last_{};
  bool finishing_ = false;
  bool healed_ = false;
  std::uint64_t sent_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint64_t hung_up_on_ = 0;
};

}  // namespace tickwitness::app
