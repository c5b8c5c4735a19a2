// What must hold of any reply of a venue's REST interface: every reader comes back, with what the
// interface promises or with a failure that says what. For the fuzzers; what does not hold ends the
// program.
#pragma once

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/frame_checks.h"
#include "exchange/rest.h"

namespace tickwitness::exchange::checks {

// A failure says something, in one line, and never that nothing is wrong.
template <class T>
bool usable(const RestResult<T>& result) {
  if (result) return true;
  require(result.error().problem != RestProblem::none && !result.error().detail.empty());
  require(result.error().detail.find('\n') == std::string::npos);
  return false;
}

inline void require_levels(const std::vector<market::Level>& levels, bool bids) {
  require(levels.size() <= kRestRowsMax);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    require(!levels[i].price.is_negative() && !levels[i].quantity.is_negative());
    if (i > 0)
      require(bids ? levels[i].price < levels[i - 1].price : levels[i].price > levels[i - 1].price);
  }
}

inline void require_page(const TradePage& page, const TradeCursor& cursor, std::string_view text) {
  require(page.trades.size() <= kRestRowsMax);
  for (std::size_t i = 0; i < page.trades.size(); ++i) {
    const market::Trade& trade = page.trades[i];
    require(trade.id > cursor.after_id || cursor.after_id == 0);
    require(i == 0 || trade.id > page.trades[i - 1].id);
    require(!trade.price.is_negative() && !trade.quantity.is_negative());
    require(trade.exchange_time.time_since_epoch().count() >= 0);
    // An id is written as it is.
    require(text.find(std::to_string(trade.id)) != std::string_view::npos);
  }
  // It becomes part of a request.
  require(page.next.size() <= 20 && page.next.find_first_not_of("0123456789") == std::string::npos);
}

// The first byte chooses the HTTP status. `known_id`: of a trade that a walk goes on from.
inline void check_any_reply(const RestProtocol& rest, const market::Symbol& symbol,
                            std::uint64_t known_id, const std::uint8_t* data, std::size_t size) {
  constexpr int kStatuses[] = {200, 200, 200, 200, 400, 403, 418, 429, 451, 503};
  if (size == 0) return;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const RestAnswer answer{
      .status = kStatuses[data[0] % std::size(kStatuses)], .body = text, .retry_after = {}};
  for (const TradeCursor& cursor :
       {TradeCursor{}, TradeCursor{.after_id = known_id, .after_time = {}, .page = "99"}}) {
    const auto page = rest.read_trades(symbol, cursor, answer);
    if (!usable(page)) continue;
    require(answer.status == 200);
    require_page(*page, cursor, text);
    const TradeCursor next{.after_id = 0, .after_time = {}, .page = page->next};
    require(rest.request_trades(symbol, next).target.size() < 100);
  }
  if (const auto quote = rest.read_quote(symbol, answer); usable(quote))
    require(quote->bid.has_value() == quote->bid_quantity.has_value());
  if (const auto book = rest.read_book(symbol, answer); usable(book)) {
    require_levels(book->bids, true);
    require_levels(book->asks, false);
  }
  if (const auto time = rest.read_time(answer); usable(time))
    require(time->time.time_since_epoch().count() >= 0);
  if (const auto state = rest.read_status(answer); usable(state))
    require(state->text.size() <= 200);
  if (const auto list = rest.read_instruments(answer); usable(list)) {
    for (const Instrument& instrument : list->instruments)
      require(!instrument.symbol.empty() && instrument.price_precision >= 0 &&
              instrument.price_precision <= 18 && instrument.quantity_precision <= 18);
  }
}

}  // namespace tickwitness::exchange::checks
