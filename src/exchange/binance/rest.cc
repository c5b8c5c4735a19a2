#include "exchange/binance/rest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "exchange/binance/symbols.h"
#include "exchange/rest_json.h"

namespace tickwitness::exchange::binance {
namespace {

namespace dom = simdjson::dom;
using market::Venue;
using Value = simdjson::simdjson_result<dom::element>;

RestProblem problem_of(std::int64_t code) {
  switch (code) {
    case -1121:  // BAD_SYMBOL
    case -1122:  // INVALID_SYMBOLSTATUS
      return RestProblem::unknown_symbol;
    case -1003:  // TOO_MANY_REQUESTS
    case -1034:  // TOO_MANY_CONNECTIONS
      return RestProblem::rate_limited;
    case -1001:  // DISCONNECTED
    case -1006:  // UNEXPECTED_RESP
    case -1007:  // TIMEOUT
    case -1008:  // SERVER_BUSY
    case -1016:  // SERVICE_SHUTTING_DOWN
      return RestProblem::unavailable;
    case -1002:  // UNAUTHORIZED
    case -2014:  // BAD_API_KEY_FMT
    case -2015:  // REJECTED_MBX_KEY
      return RestProblem::forbidden;
    default:
      return RestProblem::refused;
  }
}

// {"code":-1121,"msg":"Invalid symbol."}; absent when the document is something else.
std::optional<RestFailure> named_error(Venue venue, dom::element root) {
  dom::object object;
  std::int64_t code = 0;
  std::string_view text;
  if (root.get(object) || object["code"].get(code) || object["msg"].get(text)) return std::nullopt;
  return RestFailure{
      .problem = problem_of(code),
      .detail = fmt::format("{} says {} ({})", to_string(venue), plain_text(text), code),
      .retry_after = {}};
}

// The document of a reply without errors.
RestResult<dom::element> document_of(Venue venue, RestJson& json, const RestAnswer& answer) {
  auto failure =
      http_failure(venue, answer, venue == Venue::binance ? kMirrors : std::string_view());
  auto root = json.parse(venue, answer.body);
  auto named = root ? named_error(venue, *root) : std::nullopt;
  // Statuses with a meaning of their own say more than the code: 418 and 429 share -1003.
  if (named && (!failure || failure->problem == RestProblem::refused)) {
    named->retry_after = answer.retry_after;
    return std::unexpected(*std::move(named));
  }
  if (failure) return std::unexpected(*std::move(failure));
  return root;
}

bool read_unsigned(Value value, std::uint64_t& out) {
  return value.get(out) == simdjson::SUCCESS;
}

bool read_milliseconds(Value value, base::WallTime& out) {
  constexpr std::int64_t kMax = 9'223'372'036'854;  // what nanoseconds in 64 bits hold
  std::int64_t milliseconds = 0;
  if (value.get(milliseconds) != simdjson::SUCCESS || milliseconds < 0 || milliseconds > kMax)
    return false;
  out = base::WallTime(std::chrono::milliseconds(milliseconds));
  return true;
}

bool read_trade(dom::element row, market::Trade& out) {
  bool buyer_is_maker = false;
  if (!read_unsigned(row["id"], out.id) || !read_number(row["price"], out.price) ||
      !read_number(row["qty"], out.quantity) ||
      !read_milliseconds(row["time"], out.exchange_time) ||
      row["isBuyerMaker"].get(buyer_is_maker) != simdjson::SUCCESS)
    return false;
  out.taker_side = buyer_is_maker ? market::Side::sell : market::Side::buy;
  return true;
}

bool read_side(dom::element ticker, std::string_view price_key, std::string_view quantity_key,
               std::optional<base::Decimal>& price, std::optional<base::Decimal>& quantity) {
  base::Decimal p, q;
  if (!read_number(ticker[price_key], p) || !read_number(ticker[quantity_key], q)) return false;
  if (p.is_zero()) return true;  // nobody offers on that side
  price = p;
  quantity = q;
  return true;
}

// The decimals that multiples of `step` need: 0.01000000 has 2. Absent: no step at all.
std::optional<int> decimals_of(const base::Decimal& step) {
  if (step.is_zero()) return std::nullopt;
  std::int64_t mantissa = step.mantissa();
  int scale = step.scale();
  for (; scale > 0 && mantissa % 10 == 0; --scale) mantissa /= 10;
  return scale;
}

bool read_instrument(dom::element entry, Instrument& out) {
  std::string_view base, quote, status;
  dom::array filters;
  if (entry["baseAsset"].get(base) || entry["quoteAsset"].get(quote) ||
      entry["status"].get(status) || entry["filters"].get(filters))
    return false;
  const auto symbol = market::Symbol::parse(fmt::format("{}-{}", base, quote));
  std::optional<int> price, quantity;
  for (const dom::element filter : filters) {
    std::string_view type;
    base::Decimal step;
    if (filter["filterType"].get(type)) return false;
    if (type == "PRICE_FILTER" && read_number(filter["tickSize"], step)) price = decimals_of(step);
    if (type == "LOT_SIZE" && read_number(filter["stepSize"], step)) quantity = decimals_of(step);
  }
  if (!symbol || !price || !quantity) return false;
  out = {.symbol = *symbol,
         .price_precision = *price,
         .quantity_precision = *quantity,
         .status = plain_text(status)};
  return true;
}

std::optional<std::uint32_t> weight_per_minute(dom::element info) {
  dom::array limits;
  if (info["rateLimits"].get(limits)) return std::nullopt;
  for (const dom::element limit : limits) {
    std::string_view type, interval;
    std::uint64_t number = 0, allowed = 0;
    if (limit["rateLimitType"].get(type) || limit["interval"].get(interval) ||
        limit["intervalNum"].get(number) || limit["limit"].get(allowed))
      continue;
    if (type == "REQUEST_WEIGHT" && interval == "MINUTE" && number == 1 && allowed > 0 &&
        allowed <= UINT32_MAX)
      return static_cast<std::uint32_t>(allowed);
  }
  return std::nullopt;
}

// Where asking begins: an id, or the most recent trades.
std::optional<std::uint64_t> from_id(const TradeCursor& cursor) {
  std::uint64_t id = 0;
  const char* const end = cursor.page.data() + cursor.page.size();
  const auto read = std::from_chars(cursor.page.data(), end, id);
  if (read.ec == std::errc{} && read.ptr == end) return id;
  if (cursor.after_id > 0 && cursor.after_id < UINT64_MAX) return cursor.after_id + 1;
  return std::nullopt;
}

std::uint32_t depth_weight(std::uint32_t depth) {
  if (depth <= 100) return 5;
  if (depth <= 500) return 25;
  return depth <= 1000 ? 50 : 250;
}

}  // namespace

RestRequest BinanceRest::request_trades(const market::Symbol& symbol,
                                        const TradeCursor& cursor) const {
  const auto from = from_id(cursor);
  return {.target = fmt::format("/api/v3/historicalTrades?symbol={}{}&limit={}", to_binance(symbol),
                                from ? fmt::format("&fromId={}", *from) : "", kTradesPerPage),
          .endpoint = RestEndpoint::trades,
          .symbol = symbol,
          .weight = 25};
}

RestResult<TradePage> BinanceRest::read_trades(const market::Symbol& symbol,
                                               const TradeCursor& cursor,
                                               const RestAnswer& answer) const {
  RestJson json;
  const auto root = document_of(venue_, json, answer);
  if (!root) return std::unexpected(root.error());
  dom::array rows;
  if (root->get(rows)) return unreadable(venue_, "trades are no list");
  if (rows.size() > kRestRowsMax) return unreadable(venue_, "too many trades");
  TradePage page;
  page.trades.reserve(rows.size());
  for (const dom::element row : rows) {
    market::Trade& trade = page.trades.emplace_back();
    trade.symbol = symbol;
    if (!read_trade(row, trade))
      return unreadable(venue_, fmt::format("trade {} in it is none", page.trades.size()));
  }
  const bool full = page.trades.size() >= kTradesPerPage;
  order_trades(page.trades, cursor.after_id);
  const auto from = from_id(cursor);
  if (!full || !from || page.trades.empty()) return page;
  // A page that brings no further id would be asked for again and again.
  const std::uint64_t last = page.trades.back().id;
  if (last >= *from && last < UINT64_MAX) page.next = fmt::format("{}", last + 1);
  return page;
}

RestRequest BinanceRest::request_quote(const market::Symbol& symbol) const {
  return {.target = "/api/v3/ticker/bookTicker?symbol=" + to_binance(symbol),
          .endpoint = RestEndpoint::quote,
          .symbol = symbol,
          .weight = 2};
}

RestResult<market::Quote> BinanceRest::read_quote(const market::Symbol& symbol,
                                                  const RestAnswer& answer) const {
  RestJson json;
  const auto root = document_of(venue_, json, answer);
  if (!root) return std::unexpected(root.error());
  market::Quote quote;
  quote.symbol = symbol;
  if (!read_side(*root, "bidPrice", "bidQty", quote.bid, quote.bid_quantity) ||
      !read_side(*root, "askPrice", "askQty", quote.ask, quote.ask_quantity))
    return unreadable(venue_, "bid or ask is missing");
  return quote;
}

RestRequest BinanceRest::request_book(const market::Symbol& symbol, std::uint32_t depth) const {
  const std::uint32_t limit = std::clamp<std::uint32_t>(depth, 1, kDepthMax);
  return {.target = fmt::format("/api/v3/depth?symbol={}&limit={}", to_binance(symbol), limit),
          .endpoint = RestEndpoint::book,
          .symbol = symbol,
          .weight = depth_weight(limit)};
}

RestResult<BookSnapshot> BinanceRest::read_book(const market::Symbol& symbol,
                                                const RestAnswer& answer) const {
  RestJson json;
  const auto root = document_of(venue_, json, answer);
  if (!root) return std::unexpected(root.error());
  BookSnapshot book;
  book.symbol = symbol;
  if (!read_unsigned((*root)["lastUpdateId"], book.last_id))
    return unreadable(venue_, "`lastUpdateId` is missing");
  if (!read_rest_levels((*root)["bids"], true, book.bids) ||
      !read_rest_levels((*root)["asks"], false, book.asks))
    return unreadable(venue_, "levels are missing or out of order");
  return book;
}

RestRequest BinanceRest::request_time() const {
  return {.target = "/api/v3/time", .endpoint = RestEndpoint::time, .symbol = {}, .weight = 1};
}

RestResult<VenueTime> BinanceRest::read_time(const RestAnswer& answer) const {
  RestJson json;
  const auto root = document_of(venue_, json, answer);
  if (!root) return std::unexpected(root.error());
  VenueTime time{.time = {}, .resolution = std::chrono::milliseconds(1)};
  if (!read_milliseconds((*root)["serverTime"], time.time))
    return unreadable(venue_, "`serverTime` is no time in milliseconds");
  return time;
}

RestRequest BinanceRest::request_status() const {
  return {.target = "/sapi/v1/system/status",
          .endpoint = RestEndpoint::status,
          .symbol = {},
          .weight = 1};
}

RestResult<VenueState> BinanceRest::read_status(const RestAnswer& answer) const {
  RestJson json;
  const auto root = document_of(venue_, json, answer);
  if (!root) return std::unexpected(root.error());
  std::int64_t status = 0;
  std::string_view text;
  if ((*root)["status"].get(status)) return unreadable(venue_, "it has no status");
  VenueState state;
  if (status == 0) state.status = VenueStatus::online;
  if (status == 1) state.status = VenueStatus::maintenance;
  if (!(*root)["msg"].get(text)) state.text = plain_text(text);
  return state;
}

RestRequest BinanceRest::request_instruments(std::span<const market::Symbol> symbols) const {
  // Without the permissions, which are the larger part of 15 MB.
  std::string target = "/api/v3/exchangeInfo?showPermissionSets=false";
  for (const market::Symbol& symbol : symbols) {
    target += &symbol == symbols.data() ? "&symbols=%5B%22" : "%22,%22";
    target += to_binance(symbol);
  }
  if (!symbols.empty()) target += "%22%5D";
  return {.target = std::move(target),
          .endpoint = RestEndpoint::instruments,
          .symbol = {},
          .weight = 20};
}

RestResult<InstrumentList> BinanceRest::read_instruments(const RestAnswer& answer) const {
  RestJson json;
  const auto root = document_of(venue_, json, answer);
  if (!root) return std::unexpected(root.error());
  dom::array symbols;
  if ((*root)["symbols"].get(symbols)) return unreadable(venue_, "it has no list of symbols");
  InstrumentList list;
  for (const dom::element entry : symbols) {
    if (read_instrument(entry, list.instruments.emplace_back())) continue;
    list.instruments.pop_back();
    ++list.skipped;
  }
  list.weight_per_minute = weight_per_minute(*root);
  return list;
}

}  // namespace tickwitness::exchange::binance
