// The venue's REST interface as the witness of silent subscriptions.
#pragma once

#include "feed/rest_client.h"
#include "feed/witness_desk.h"

namespace tickwitness::feed {

// On its executor's thread.
class RestWitness final : public WitnessSource {
 public:
  explicit RestWitness(RestClient& rest) : rest_(rest) {}  // outlives it

  void trades(const market::Symbol& symbol, const std::optional<Landmark>& known,
              std::function<void(Trades)> then) override;
  void quote(const market::Symbol& symbol,
             std::function<void(const std::optional<market::Quote>&)> then) override;

 private:
  RestClient& rest_;
};

}  // namespace tickwitness::feed
