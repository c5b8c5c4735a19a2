#include "sim/exchange/binance_rest.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/exchange/binance_frames.h"
#include "sim/exchange/binance_rest_text.h"
#include "sim/exchange/binance_text.h"
#include "sim/exchange/json_reader.h"
#include "sim/exchange/query.h"
#include "sim/exchange/text.h"

namespace tickwitness::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t kBinanceRowsUsual = 500, kBinanceRowsMax = 1000;
constexpr std::uint64_t kBinanceDepthUsual = 100, kBinanceDepthMax = 5000;
constexpr std::size_t kBinanceTargetBytesMax = 65'536;

std::uint64_t depth_weight(std::uint64_t limit) {
  if (limit <= 100) return 5;
  if (limit <= 500) return 25;
  return limit <= 1000 ? 50 : 250;
}

HttpReply not_found() {
  return {404, "text/html", "<html><body>Not Found</body></html>"};
}

}  // namespace

BinanceRest::BinanceRest(const Settings& settings, const BinanceLimits& limits, MarketFeed& feed,
                         BinanceBooks& books, Truth& truth)
    : settings_(settings), limits_(limits), feed_(feed), books_(books), truth_(truth) {
  for (const PairSettings& pair : settings.pairs) symbols_.push_back(binance_symbol(pair.symbol));
}

HttpReply BinanceRest::serve(std::string_view method, std::string_view target, base::Instant now,
                             base::WallTime stamp) {
  ++truth_.rest_requests;
  if (method != "GET" || target.size() > kBinanceTargetBytesMax) {
    ++truth_.rest_errors["HTTP 404"];
    return not_found();
  }
  if (auto refusal = over_limit(now, stamp)) return *std::move(refusal);
  const std::size_t mark = std::min(target.find('?'), target.size());
  weight_ = 1;
  HttpReply reply =
      route(target.substr(0, mark), target.substr(std::min(mark + 1, target.size())), stamp);
  used_ += weight_;
  reply.used_weight = used_;
  return reply;
}

// Whoever goes on asking is banned.
std::optional<HttpReply> BinanceRest::over_limit(base::Instant now, base::WallTime stamp) {
  if (now < banned_until_) {
    ++truth_.rest_errors["HTTP 418"];
    return too_many(418, std::chrono::ceil<seconds>(banned_until_ - now), limits_, stamp);
  }
  const auto minute = std::chrono::floor<minutes>(stamp);
  if (minute.time_since_epoch().count() != minute_) {
    minute_ = minute.time_since_epoch().count();
    used_ = 0;
    ignored_ = 0;
  }
  if (used_ < limits_.weight_per_minute) return std::nullopt;
  if (++ignored_ > limits_.refusals_before_ban) {
    banned_until_ = now + limits_.ban;
    ++truth_.rest_errors["HTTP 418"];
    return too_many(418, std::chrono::ceil<seconds>(limits_.ban), limits_, stamp);
  }
  ++truth_.rest_errors["HTTP 429"];
  HttpReply reply =
      too_many(429, std::chrono::ceil<seconds>(minute + minutes(1) - stamp), limits_, stamp);
  reply.used_weight = used_;
  return reply;
}

HttpReply BinanceRest::too_many(int status, seconds retry_after, const BinanceLimits& limits,
                                base::WallTime stamp) {
  HttpReply reply{.status = status, .body = R"({"code":-1003,"msg":")", .retry_after = retry_after};
  if (status == 418) {
    reply.body += "Way too much request weight used; IP banned until ";
    append_millis(reply.body, stamp + retry_after);
    reply.body += R"(. Please use WebSocket Streams for live updates to avoid bans."})";
  } else {
    reply.body += fmt::format(
        "Too much request weight used; current limit is {} request weight per 1 MINUTE. Please "
        "use WebSocket Streams for live updates to avoid polling the API.\"}}",
        limits.weight_per_minute);
  }
  return reply;
}

HttpReply BinanceRest::route(std::string_view path, std::string_view query, base::WallTime stamp) {
  if (path == "/api/v3/historicalTrades") return trades(query, true);
  if (path == "/api/v3/trades") return trades(query, false);
  if (path == "/api/v3/depth") return depth(query);
  if (path == "/api/v3/ticker/bookTicker") return book_tickers(query);
  if (path == "/api/v3/exchangeInfo") return exchange_info(query, stamp);
  HttpReply reply;
  if (path == "/api/v3/ping") {
    reply.body = "{}";
  } else if (path == "/api/v3/time") {
    reply.body = R"({"serverTime":)";
    append_millis(reply.body, stamp);
    reply.body += '}';
  } else if (path == "/sapi/v1/system/status") {
    reply.body = R"({"status":0,"msg":"normal"})";
  } else {
    ++truth_.rest_errors["HTTP 404"];
    return not_found();
  }
  return reply;
}

HttpReply BinanceRest::trades(std::string_view query, bool historical) {
  weight_ = 25;
  HttpReply reply;
  const auto pair = asked_pair(query, reply);
  if (!pair) return reply;
  const auto limit = asked_number(query, "limit", kBinanceRowsUsual, reply);
  if (!limit) return reply;
  const auto from = asked_number(query, "fromId", UINT64_MAX, reply);
  if (!from) return reply;
  std::deque<TradeRecord>& all = feed_.tape(*pair).trades();
  const auto rows = static_cast<std::ptrdiff_t>(
      std::min({*limit, kBinanceRowsMax, static_cast<std::uint64_t>(all.size())}));
  const bool by_id = historical && *from != UINT64_MAX;
  auto row = by_id ? std::ranges::lower_bound(
                         all, *from, {}, [](const TradeRecord& record) { return record.fill.id; })
                   : all.end() - rows;
  reply.pair = *pair;
  reply.body = "[";
  for (std::ptrdiff_t i = 0; i < rows && row != all.end(); ++i, ++row) {
    if (i > 0) reply.body += ',';
    write_binance_trade_row(reply.body, row->fill, settings_.pairs[*pair]);
    reply.trades.push_back(row->fill.id);
    ++row->rest_rows_sent;
    ++truth_.rest_rows;
  }
  reply.body += ']';
  return reply;
}

HttpReply BinanceRest::depth(std::string_view query) {
  weight_ = depth_weight(kBinanceDepthUsual);
  HttpReply reply;
  const auto pair = asked_pair(query, reply);
  if (!pair) return reply;
  const auto limit = asked_number(query, "limit", kBinanceDepthUsual, reply);
  if (!limit) return reply;
  const std::uint64_t count = std::min(*limit, kBinanceDepthMax);
  weight_ = depth_weight(count);
  const OrderBook& book = books_.keep(*pair);
  reply.body = R"({"lastUpdateId":)";
  append_number(reply.body, books_.last_id(*pair));
  reply.body += R"(,"bids":)";
  write_levels(reply.body, settings_.pairs[*pair], book.top(BookSide::bid, count));
  reply.body += R"(,"asks":)";
  write_levels(reply.body, settings_.pairs[*pair], book.top(BookSide::ask, count));
  reply.body += '}';
  return reply;
}

HttpReply BinanceRest::book_tickers(std::string_view query) {
  HttpReply reply;
  const auto write = [&](std::size_t pair) {
    write_book_ticker_row(reply.body, symbols_[pair], settings_.pairs[pair],
                          feed_.tape(pair).quote());
  };
  if (parameter(query, "symbol")) {
    weight_ = 2;
    if (const auto pair = asked_pair(query, reply)) write(*pair);
    return reply;
  }
  weight_ = 4;
  reply.body = "[";
  for (std::size_t pair = 0; pair < symbols_.size(); ++pair) {
    if (pair == refused_) continue;
    if (reply.body.size() > 1) reply.body += ',';
    write(pair);
  }
  reply.body += ']';
  return reply;
}

// symbol=BTCUSDT or symbols=["BTCUSDT","ETHUSDT"]; one that is not known spoils it all.
HttpReply BinanceRest::exchange_info(std::string_view query, base::WallTime stamp) {
  weight_ = 20;
  std::vector<std::string> names;
  if (const auto one = parameter(query, "symbol")) {
    names.push_back(*one);
  } else if (const auto list = parameter(query, "symbols")) {
    const std::optional<Json> parsed = parse_json(*list);
    if (!parsed || parsed->type != Json::Type::array)
      return error(400, -1100, "Illegal characters found in parameter 'symbols'.");
    for (const Json& name : parsed->items) names.push_back(name.text);
  }
  for (const std::string& name : names)
    if (!pair_of(name)) return error(400, -1121, "Invalid symbol.");
  HttpReply reply;
  open_exchange_info(reply.body, limits_, stamp);
  bool first = true;
  for (std::size_t pair = 0; pair < symbols_.size(); ++pair) {
    if (pair == refused_ ||
        (!names.empty() && std::ranges::find(names, symbols_[pair]) == names.end()))
      continue;
    if (!std::exchange(first, false)) reply.body += ',';
    write_symbol_info(reply.body, symbols_[pair], settings_.pairs[pair]);
  }
  reply.body += "]}";
  return reply;
}

std::optional<std::size_t> BinanceRest::pair_of(std::string_view name) const {
  const auto found = std::ranges::find(symbols_, name);
  const auto pair = static_cast<std::size_t>(found - symbols_.begin());
  return found == symbols_.end() || pair == refused_ ? std::nullopt : std::optional(pair);
}

std::optional<std::size_t> BinanceRest::asked_pair(std::string_view query, HttpReply& why) {
  const std::optional<std::string> name = parameter(query, "symbol");
  if (!name || name->empty()) {
    why = error(400, -1102,
                "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.");
    return std::nullopt;
  }
  const std::optional<std::size_t> pair = pair_of(*name);
  if (!pair) why = error(400, -1121, "Invalid symbol.");
  return pair;
}

std::optional<std::uint64_t> BinanceRest::asked_number(std::string_view query,
                                                       std::string_view name, std::uint64_t usual,
                                                       HttpReply& why) {
  const std::optional<std::string> text = parameter(query, name);
  if (!text) return usual;
  const std::optional<std::uint64_t> number = parse_unsigned(*text);
  if (!number) {
    why = error(400, -1100,
                fmt::format("Illegal characters found in parameter '{}'; legal range is "
                            "'^[0-9]{{1,20}}$'.",
                            name));
  } else if (*number == 0 && name == "limit") {
    why = error(400, -1130, "Data sent for parameter 'limit' is not valid.");
    return std::nullopt;
  }
  return number;
}

HttpReply BinanceRest::error(int status, int code, std::string_view text) {
  ++truth_.rest_errors[fmt::format("{}", code)];
  return {.status = status, .body = fmt::format(R"({{"code":{},"msg":"{}"}})", code, text)};
}

}  // namespace tickwitness::sim
