// The way from the engine to the exchange's REST interface and back: each request a connection of
// its own, under the weather that the streams have; and what stands where the product has an HTTP
// client.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/prng.h"
#include "runtime/http_requester.h"
#include "sim/exchange/kraken.h"
#include "sim/record/ledger.h"
#include "sim/world/event_hash.h"
#include "sim/world/pipe.h"
#include "sim/world/scheduler.h"

namespace tickwitness::sim {

// Not thread-safe.
class RestNetwork final : public runtime::HttpRequester {
 public:
  // All outlive the network. `engine` is the role that asks and is answered.
  RestNetwork(Scheduler& scheduler, Role& engine, const MachineClock& exchange_clock,
              Kraken& exchange, EventHash& history, base::Prng random);
  ~RestNetwork() override;

  void get(const runtime::Endpoint& origin, std::string target, OnDone on_done) override;

  // The record of a new process life, or null when one has died. What is under way is nobody's any
  // more: nothing of it is recorded or handed over.
  void set_ledger(Ledger* ledger);
  void set_weather(const Weather& weather);
  // Bytes that are on their way, over all requests.
  std::size_t bytes_in_flight() const;

  // From the call to the last byte, as the product's client.
  static constexpr base::Duration kTimeout = std::chrono::seconds(10);

 private:
  struct Request;
  void at_exchange(Request& request);
  void at_engine(std::uint64_t id);
  void give_up(std::uint64_t id);
  void note(std::string_view what);

  Scheduler& scheduler_;
  Role& engine_;
  const MachineClock& exchange_clock_;
  Kraken& exchange_;
  EventHash& history_;
  base::Prng random_;
  Ledger* ledger_ = nullptr;
  Weather weather_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Request>> requests_;  // that are waited for
};

}  // namespace tickwitness::sim
