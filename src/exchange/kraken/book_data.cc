#include "exchange/kraken/book_data.h"

#include "exchange/kraken/fields.h"

namespace tickwitness::exchange::kraken {
namespace {

namespace ondemand = simdjson::ondemand;

Malformed read_levels(ondemand::array entries, std::vector<market::Level>& levels,
                      std::uint32_t& count) {
  for (auto element : entries) {
    ondemand::object object;
    if (const auto error = element.get_object().get(object))
      return error == simdjson::INCORRECT_TYPE ? Malformed::wrong_type : Malformed::json;
    if (++count > kLevelsOfSideMax) return Malformed::too_large;
    auto& level = levels.emplace_back();
    Fields fields(object);
    fields.number("price", level.price);
    fields.number("qty", level.quantity);
    if (level.price.is_negative() || level.quantity.is_negative())
      fields.fail(Malformed::bad_number);
    if (fields.bad() != Malformed::none) return fields.bad();
  }
  return Malformed::none;
}

void read_side(Fields& fields, std::string_view key, std::vector<market::Level>& levels,
               std::uint32_t& count) {
  ondemand::array entries;
  if (!fields.array(key, entries)) return;
  if (const auto bad = read_levels(entries, levels, count); bad != Malformed::none)
    fields.fail(bad);
}

}  // namespace

Malformed read_book(ondemand::object entry, BookChange& out, std::vector<market::Level>& levels) {
  const auto first = levels.size();
  out.first_level = static_cast<std::uint32_t>(first);
  Fields fields(entry);
  fields.symbol("symbol", out.symbol);
  read_side(fields, "bids", levels, out.bids);
  read_side(fields, "asks", levels, out.asks);
  fields.integer("checksum", out.checksum.emplace());
  fields.time("timestamp", out.exchange_time);
  if (fields.bad() != Malformed::none) levels.resize(first);
  return fields.bad();
}

}  // namespace tickwitness::exchange::kraken
