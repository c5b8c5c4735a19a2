// The simulated exchanges of a demo: which take part, with which faults, at which addresses.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/commands.h"
#include "app/demo_exchange.h"
#include "app/demo_notes.h"
#include "app/demo_venues.h"
#include "base/result.h"
#include "config/settings.h"

namespace tickwitness::app {

// Calls from one thread.
class DemoMarket {
 public:
  // Silence after which a subscription of the demo counts as stale.
  static constexpr base::Duration kStaleAfter = std::chrono::seconds(12);

  // Errors: a fault that is not possible, and what is.
  static base::Result<std::unique_ptr<DemoMarket>> make(const DemoOptions& options,
                                                        base::WallTime now);

  // Errors: no port is to be had.
  base::Result<void> start();
  // Stops making market data, flushes, closes every connection.
  void begin_shutdown();
  // Joins the threads; afterwards the records are final.
  void join();

  // The product follows these exchanges and no others, on all channels.
  void follow(config::Settings& settings) const;
  // A line for each: "exchange  ws://127.0.0.1:4711/v2".
  std::string addresses() const;
  // In the order in which they are judged.
  std::vector<DemoVenue> venues() const;
  // Of one that takes part; null otherwise.
  const DemoExchange* kraken() const { return find(market::Venue::kraken); }
  // What an exchange and the engine note of each other; they live as long as the market.
  DemoNotes& notes(market::Venue venue) const;
  // Of each exchange's port; to be asked for once started.
  std::map<std::uint16_t, DemoNotes*> notes_by_port() const;

 private:
  struct One {
    market::Venue venue;
    std::unique_ptr<DemoNotes> notes;  // outlive the exchange
    std::unique_ptr<DemoExchange> exchange;
    std::vector<std::string> pairs;  // "BTC-USD"
    std::uint16_t port = 0;
  };
  DemoMarket() = default;
  void add(market::Venue venue, sim::Settings settings);
  const DemoExchange* find(market::Venue venue) const;

  std::vector<One> exchanges_;
};

}  // namespace tickwitness::app
