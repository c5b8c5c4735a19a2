#include "exchange/kraken/rest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "exchange/kraken/symbols.h"
#include "exchange/rest_json.h"

namespace tickwitness::exchange::kraken {
namespace {

namespace dom = simdjson::dom;
using market::Venue;

constexpr std::string_view kRoot = "/0/public/";

std::unexpected<RestFailure> unreadable(std::string_view what) {
  return exchange::unreadable(Venue::kraken, what);
}

bool read_unsigned(std::string_view text, std::uint64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

RestProblem problem_of(std::string_view error) {
  if (error == "EGeneral:Too many requests" || error.starts_with("EAPI:Rate limit"))
    return RestProblem::rate_limited;
  if (error.starts_with("EGeneral:Temporary lockout")) return RestProblem::banned;
  if (error.starts_with("EGeneral:Permission denied")) return RestProblem::forbidden;
  if (error.starts_with("EService:")) return RestProblem::unavailable;
  if (error.starts_with("EQuery:Unknown asset pair")) return RestProblem::unknown_symbol;
  return RestProblem::refused;
}

// The entries that begin with E are errors, those with W warnings beside a result.
RestResult<void> check_errors(dom::element root) {
  dom::array errors;
  if (root["error"].get(errors) != simdjson::SUCCESS) return unreadable("it has no list of errors");
  for (const dom::element entry : errors) {
    std::string_view text;
    if (entry.get(text) != simdjson::SUCCESS) return unreadable("an error in it is no text");
    if (text.starts_with('W')) continue;
    return std::unexpected(RestFailure{.problem = problem_of(text),
                                       .detail = "kraken says " + plain_text(text),
                                       .retry_after = {}});
  }
  return {};
}

// The object `result` of a reply without errors.
RestResult<dom::object> result_of(RestJson& json, const RestAnswer& answer) {
  // The body explains more than the status, where it is Kraken's.
  const auto failure = http_failure(Venue::kraken, answer);
  const auto root = json.parse(Venue::kraken, answer.body);
  if (failure) {
    if (!root || failure->problem != RestProblem::refused) return std::unexpected(*failure);
    const auto errors = check_errors(*root);
    const bool explained = !errors && errors.error().problem != RestProblem::malformed;
    return std::unexpected(explained ? errors.error() : *failure);
  }
  if (!root) return std::unexpected(root.error());
  if (const auto errors = check_errors(*root); !errors) return std::unexpected(errors.error());
  dom::object result;
  if ((*root)["result"].get(result) != simdjson::SUCCESS) return unreadable("it has no result");
  return result;
}

// What stands under the pair's name, whatever that is: the only key that is not `last`.
RestResult<dom::element> only_pair(dom::object result) {
  std::optional<dom::element> found;
  for (const auto [key, value] : result) {
    if (key == "last") continue;
    if (found) return unreadable("it tells of several markets");
    found = value;
  }
  if (!found) return unreadable("it tells of no market");
  return *found;
}

std::uint64_t first_since(const TradeCursor& cursor) {
  constexpr base::Duration kOverlap = std::chrono::seconds(1);
  const auto since = cursor.after_time.time_since_epoch() - kOverlap;
  return since > base::Duration::zero() ? static_cast<std::uint64_t>(since.count()) : 0;
}

// `since` as it was asked with; 0: it was not.
std::uint64_t since_of(const TradeCursor& cursor) {
  std::uint64_t page = 0;
  return !cursor.page.empty() && read_unsigned(cursor.page, page) ? page : first_since(cursor);
}

// Rows stand in the text as [price, quantity, time, side, type, misc, id]; time is a JSON number
// with more digits than a double holds, so it is taken as written.
class TradeRows {
 public:
  explicit TradeRows(std::string_view body) : text_(body) {}

  RestResult<std::vector<market::Trade>> read(const market::Symbol& symbol) {
    namespace ondemand = simdjson::ondemand;
    ondemand::document document;
    ondemand::object result;
    std::vector<market::Trade> trades;
    if (parser_.iterate(text_).get(document) || document["result"].get_object().get(result))
      return unreadable("it has no result");
    for (auto field : result) {
      std::string_view key;
      ondemand::array rows;
      if (field.unescaped_key().get(key)) return unreadable("a name in it is broken");
      if (key == "last") continue;
      if (field.value().get_array().get(rows)) return unreadable("trades are no list");
      for (auto row : rows) {
        ondemand::array fields;
        if (trades.size() == kRestRowsMax) return unreadable("too many trades");
        market::Trade& trade = trades.emplace_back();
        trade.symbol = symbol;
        if (row.get_array().get(fields) || !read_row(fields, trade))
          return unreadable(fmt::format("trade {} in it is none", trades.size()));
      }
    }
    return trades;
  }

 private:
  static bool read_row(simdjson::ondemand::array fields, market::Trade& out) {
    std::size_t column = 0;
    for (auto field : fields) {
      simdjson::ondemand::value value;
      if (field.get(value) || !read_field(value, column, out)) return false;
      ++column;
    }
    return column >= 7;
  }

  static bool read_field(simdjson::ondemand::value value, std::size_t column, market::Trade& out) {
    std::string_view text;
    const bool in_quotes = column != 2 && column != 6;
    if (column > 6) return true;
    if (in_quotes && value.get_string().get(text)) return false;
    switch (column) {
      case 0:
        return read_decimal(text, out.price);
      case 1:
        return read_decimal(text, out.quantity);
      case 2: {
        const auto time = parse_unix_seconds(token(value));
        if (time) out.exchange_time = *time;
        return time.has_value();
      }
      case 3:
        out.taker_side = text == "b" ? market::Side::buy : market::Side::sell;
        return text == "b" || text == "s";
      case 4:
        out.order_type = text == "l" ? market::OrderType::limit : market::OrderType::market;
        return text == "l" || text == "m";
      case 6:
        return read_unsigned(token(value), out.id);
      default:
        return true;
    }
  }

  static bool read_decimal(std::string_view text, base::Decimal& out) {
    const auto number = base::Decimal::parse(text);
    if (number && !number->is_negative()) out = *number;
    return number && !number->is_negative();
  }

  // simdjson gives scalars with the space that follows them.
  static std::string_view token(simdjson::ondemand::value& value) {
    const std::string_view raw = value.raw_json_token();
    return raw.substr(0, raw.find_last_not_of(" \t\r\n") + 1);
  }

  simdjson::padded_string text_;
  simdjson::ondemand::parser parser_;
};

// Kraken's pages begin after a time, and trades may share one to the nanosecond: the next page
// repeats the last moment of this one, if that is any progress.
std::string next_page(std::uint64_t since, std::uint64_t last) {
  if (last <= since) return {};
  return fmt::format("{}", last - 1 > since ? last - 1 : last);
}

bool read_side(dom::element ticker, std::string_view side, std::optional<base::Decimal>& price,
               std::optional<base::Decimal>& quantity) {
  base::Decimal p, q;
  if (!read_number(ticker[side].at(0), p) || !read_number(ticker[side].at(2), q)) return false;
  if (p.is_zero()) return true;  // nobody offers on that side
  price = p;
  quantity = q;
  return true;
}

bool read_instrument(dom::element entry, Instrument& out) {
  constexpr std::uint64_t kPrecisionMax = base::Decimal::kScaleMax;
  std::string_view name, status;
  std::uint64_t price_precision = 0, quantity_precision = 0;
  if (entry["wsname"].get(name) || entry["pair_decimals"].get(price_precision) ||
      entry["lot_decimals"].get(quantity_precision))
    return false;
  const auto symbol = from_kraken_v1(name);
  if (!symbol || price_precision > kPrecisionMax || quantity_precision > kPrecisionMax)
    return false;
  // Older replies have no status.
  if (entry["status"].get(status) == simdjson::SUCCESS) out.status = plain_text(status);
  out.symbol = *symbol;
  out.price_precision = static_cast<int>(price_precision);
  out.quantity_precision = static_cast<int>(quantity_precision);
  return true;
}

RestRequest request(RestEndpoint endpoint, std::string target, const market::Symbol& symbol = {}) {
  return {.target = std::string(kRoot) + std::move(target),
          .endpoint = endpoint,
          .symbol = symbol,
          .weight = 1};
}

}  // namespace

std::optional<base::WallTime> parse_unix_seconds(std::string_view text) {
  constexpr std::uint64_t kSecondsMax = 9'223'372'035;  // what nanoseconds in 64 bits hold
  constexpr std::size_t kDigits = 9;
  const std::size_t point = text.find('.');
  std::uint64_t seconds = 0;
  if (!read_unsigned(text.substr(0, point), seconds) || seconds > kSecondsMax) return std::nullopt;
  std::uint64_t nanoseconds = 0;
  if (point != std::string_view::npos) {
    const std::string_view fraction = text.substr(point + 1);
    if (fraction.empty() || fraction.find_first_not_of("0123456789") != std::string_view::npos)
      return std::nullopt;
    for (std::size_t i = 0; i < kDigits; ++i) {
      nanoseconds *= 10;
      if (i < fraction.size()) nanoseconds += static_cast<std::uint64_t>(fraction[i] - '0');
    }
  }
  return base::WallTime(std::chrono::seconds(seconds) + base::Duration(nanoseconds));
}

RestRequest KrakenRest::request_trades(const market::Symbol& symbol,
                                       const TradeCursor& cursor) const {
  const std::uint64_t since = since_of(cursor);
  return request(RestEndpoint::trades,
                 fmt::format("Trades?pair={}{}&count={}", to_rest(symbol),
                             since == 0 ? "" : fmt::format("&since={}", since), kTradesPerPage),
                 symbol);
}

RestResult<TradePage> KrakenRest::read_trades(const market::Symbol& symbol,
                                              const TradeCursor& cursor,
                                              const RestAnswer& answer) const {
  RestJson json;
  const auto result = result_of(json, answer);
  if (!result) return std::unexpected(result.error());
  if (const auto pair = only_pair(*result); !pair) return std::unexpected(pair.error());
  std::string_view last_text;
  std::uint64_t last = 0;
  if ((*result)["last"].get(last_text) != simdjson::SUCCESS || !read_unsigned(last_text, last))
    return unreadable("`last` is no time in nanoseconds");
  auto trades = TradeRows(answer.body).read(symbol);
  if (!trades) return std::unexpected(trades.error());
  TradePage page;
  if (trades->size() >= kTradesPerPage) page.next = next_page(since_of(cursor), last);
  page.trades = *std::move(trades);
  order_trades(page.trades, cursor.after_id);
  return page;
}

RestRequest KrakenRest::request_quote(const market::Symbol& symbol) const {
  return request(RestEndpoint::quote, "Ticker?pair=" + to_rest(symbol), symbol);
}

RestResult<market::Quote> KrakenRest::read_quote(const market::Symbol& symbol,
                                                 const RestAnswer& answer) const {
  RestJson json;
  const auto result = result_of(json, answer);
  if (!result) return std::unexpected(result.error());
  const auto pair = only_pair(*result);
  if (!pair) return std::unexpected(pair.error());
  market::Quote quote;
  quote.symbol = symbol;
  if (!read_side(*pair, "b", quote.bid, quote.bid_quantity) ||
      !read_side(*pair, "a", quote.ask, quote.ask_quantity))
    return unreadable("bid or ask is missing");
  return quote;
}

RestRequest KrakenRest::request_book(const market::Symbol& symbol, std::uint32_t depth) const {
  return request(RestEndpoint::book,
                 fmt::format("Depth?pair={}&count={}", to_rest(symbol),
                             std::clamp<std::uint32_t>(depth, 1, kDepthMax)),
                 symbol);
}

RestResult<BookSnapshot> KrakenRest::read_book(const market::Symbol& symbol,
                                               const RestAnswer& answer) const {
  RestJson json;
  const auto result = result_of(json, answer);
  if (!result) return std::unexpected(result.error());
  const auto pair = only_pair(*result);
  if (!pair) return std::unexpected(pair.error());
  BookSnapshot book;
  book.symbol = symbol;
  if (!read_rest_levels((*pair)["bids"], true, book.bids) ||
      !read_rest_levels((*pair)["asks"], false, book.asks))
    return unreadable("levels are missing or out of order");
  return book;
}

RestRequest KrakenRest::request_time() const {
  return request(RestEndpoint::time, "Time");
}

RestResult<VenueTime> KrakenRest::read_time(const RestAnswer& answer) const {
  RestJson json;
  const auto result = result_of(json, answer);
  if (!result) return std::unexpected(result.error());
  constexpr std::int64_t kSecondsMax = 9'223'372'035;
  std::int64_t seconds = 0;
  if ((*result)["unixtime"].get(seconds) != simdjson::SUCCESS || seconds < 0 ||
      seconds > kSecondsMax)
    return unreadable("`unixtime` is no time in seconds");
  return VenueTime{.time = base::WallTime(std::chrono::seconds(seconds)),
                   .resolution = std::chrono::seconds(1)};
}

RestRequest KrakenRest::request_status() const {
  return request(RestEndpoint::status, "SystemStatus");
}

RestResult<VenueState> KrakenRest::read_status(const RestAnswer& answer) const {
  RestJson json;
  const auto result = result_of(json, answer);
  if (!result) return std::unexpected(result.error());
  std::string_view word;
  if ((*result)["status"].get(word) != simdjson::SUCCESS) return unreadable("it has no status");
  return VenueState{.status = parse_venue_status(word), .text = plain_text(word)};
}

RestRequest KrakenRest::request_instruments(std::span<const market::Symbol> symbols) const {
  std::string target = "AssetPairs";
  for (const market::Symbol& symbol : symbols) {
    target += &symbol == symbols.data() ? "?pair=" : ",";
    target += to_rest(symbol);
  }
  return request(RestEndpoint::instruments, std::move(target));
}

RestResult<InstrumentList> KrakenRest::read_instruments(const RestAnswer& answer) const {
  RestJson json;
  const auto result = result_of(json, answer);
  if (!result) return std::unexpected(result.error());
  InstrumentList list;
  for (const auto [key, entry] : *result) {
    if (read_instrument(entry, list.instruments.emplace_back())) continue;
    list.instruments.pop_back();
    ++list.skipped;
  }
  return list;
}

}  // namespace tickwitness::exchange::kraken
