#include "exchange/rest_json.h"

#include <fmt/format.h>

#include <algorithm>

namespace tickwitness::exchange {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kDepthMax = 64;

}  // namespace

RestResult<dom::element> RestJson::parse(market::Venue venue, std::string_view body) {
  if (body.size() > kRestBodyBytesMax)
    return unreadable(venue, fmt::format("{} bytes are too many", body.size()));
  text_ = simdjson::padded_string(body);
  dom::element root;
  if (parser_.allocate(body.size(), kDepthMax) != simdjson::SUCCESS)
    return unreadable(venue, "no memory for it");
  if (const auto error = parser_.parse(text_).get(root))
    return unreadable(venue,
                      fmt::format("{}, it begins with \"{}\"", simdjson::error_message(error),
                                  plain_text(body.substr(0, 60))));
  return root;
}

std::unexpected<RestFailure> unreadable(market::Venue venue, std::string_view what) {
  return std::unexpected(
      RestFailure{.problem = RestProblem::malformed,
                  .detail = fmt::format("{}'s reply cannot be used: {}", to_string(venue), what),
                  .retry_after = {}});
}

bool read_number(simdjson::simdjson_result<dom::element> value, base::Decimal& out) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return false;
  const auto number = base::Decimal::parse(text);
  if (!number || number->is_negative()) return false;
  out = *number;
  return true;
}

bool read_rest_levels(simdjson::simdjson_result<dom::element> rows, bool bids,
                      std::vector<market::Level>& out) {
  dom::array list;
  if (rows.get(list) != simdjson::SUCCESS || list.size() > kRestRowsMax) return false;
  out.clear();
  out.reserve(list.size());
  for (const dom::element row : list) {
    market::Level level;
    if (!read_number(row.at(0), level.price) || !read_number(row.at(1), level.quantity))
      return false;
    const bool ordered =
        out.empty() || (bids ? level.price < out.back().price : level.price > out.back().price);
    if (!ordered) return false;
    out.push_back(level);
  }
  return true;
}

void order_trades(std::vector<market::Trade>& trades, std::uint64_t after_id) {
  std::ranges::sort(trades, {}, &market::Trade::id);
  const auto repeated = std::ranges::unique(trades, {}, &market::Trade::id);
  trades.erase(repeated.begin(), repeated.end());
  if (after_id == 0) return;  // nothing is known; ids may begin with 0
  std::erase_if(trades, [&](const market::Trade& trade) { return trade.id <= after_id; });
}

}  // namespace tickwitness::exchange
