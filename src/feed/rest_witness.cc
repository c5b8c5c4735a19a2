#include "feed/rest_witness.h"

#include <utility>

namespace tickwitness::feed {

void RestWitness::trades(const market::Symbol& symbol, const std::optional<Landmark>& known,
                         std::function<void(Trades)> then) {
  const exchange::TradeCursor cursor{.after_id = known ? known->id : 0,
                                     .after_time = known ? known->time : base::WallTime{},
                                     .page = {}};
  const bool asked = rest_.trades(
      symbol, cursor, RestPriority::witness,
      [this, symbol, then](base::Now now, const exchange::RestResult<exchange::TradePage>& page) {
        if (page) on_page_(now, symbol, *page);
        then(page ? Trades(page->trades) : Trades());
      });
  if (!asked) then({});
}

void RestWitness::quote(const market::Symbol& symbol,
                        std::function<void(const std::optional<market::Quote>&)> then) {
  const bool asked =
      rest_.quote(symbol, RestPriority::witness,
                  [then](base::Now, const exchange::RestResult<market::Quote>& quote) {
                    then(quote ? std::optional(*quote) : std::nullopt);
                  });
  if (!asked) then(std::nullopt);
}

}  // namespace tickwitness::feed
