// The venue's REST interface as the witness of silent subscriptions.
#pragma once

#include <functional>
#include <utility>

#include "feed/rest_client.h"
#include "feed/witness_desk.h"

namespace tickwitness::feed {

// On its executor's thread.
class RestWitness final : public WitnessSource {
 public:
  using OnPage = std::function<void(base::Now, const market::Symbol&, const exchange::TradePage&)>;
  // `rest` outlives it. `on_page`: trades that the venue showed, whoever may miss some of them;
  // told before the witness speaks.
  RestWitness(RestClient& rest, OnPage on_page) : rest_(rest), on_page_(std::move(on_page)) {}

  void trades(const market::Symbol& symbol, const std::optional<Landmark>& known,
              std::function<void(Trades)> then) override;
  void quote(const market::Symbol& symbol,
             std::function<void(const std::optional<market::Quote>&)> then) override;

 private:
  RestClient& rest_;
  OnPage on_page_;
};

}  // namespace tickwitness::feed
