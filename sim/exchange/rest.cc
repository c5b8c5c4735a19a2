#include "sim/exchange/rest.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "sim/exchange/query.h"
#include "sim/exchange/rest_text.h"
#include "sim/exchange/text.h"

namespace tickwitness::sim {
namespace {

using std::chrono::seconds;

constexpr std::string_view kRoot = "/0/public/";
constexpr std::uint64_t kTradeRowsMax = 1000;
constexpr std::uint64_t kDepthMax = 500;
constexpr std::size_t kTargetBytesMax = 4096;

// "Tue, 11 Nov 25 00:17:04 +0000", the two-digit year included.
std::string rfc1123(base::WallTime time) {
  constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<seconds>(time - day));
  const unsigned month = static_cast<unsigned>(date.month()) - 1;
  return fmt::format("{}, {:02} {} {:02} {:02}:{:02}:{:02} +0000",
                     kDays.substr(3UL * std::chrono::weekday(day).c_encoding(), 3),
                     static_cast<unsigned>(date.day()), kMonths.substr(3UL * month, 3),
                     static_cast<int>(date.year()) % 100, clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

std::int64_t nanoseconds(const Fill& fill) {
  return fill.time.time_since_epoch().count();
}

}  // namespace

Rest::Rest(const Settings& settings, MarketFeed& feed, Books& books, Truth& truth)
    : settings_(settings), feed_(feed), books_(books), truth_(truth) {
  for (const PairSettings& pair : settings.pairs) {
    names_.push_back(rest_names(pair.symbol));
    limits_.emplace_back(settings.rest_trades);
  }
}

HttpReply Rest::serve(std::string_view method, std::string_view target, base::Instant now,
                      base::WallTime stamp) {
  ++truth_.rest_requests;
  if ((method != "GET" && method != "POST") || target.size() > kTargetBytesMax ||
      !target.starts_with(kRoot))
    return error("EGeneral:Unknown method");
  target.remove_prefix(kRoot.size());
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view name = target.substr(0, mark);
  HttpReply reply;
  if (name == "SystemStatus") {
    reply.body = maintenance_ ? R"({"error":[],"result":{"status":"maintenance","timestamp":")"
                              : R"({"error":[],"result":{"status":"online","timestamp":")";
    append_time(reply.body, stamp, 0);
    reply.body += R"("}})";
    return reply;
  }
  if (name != "Time") return market(name, target.substr(std::min(mark + 1, target.size())), now);
  reply.body = R"({"error":[],"result":{"unixtime":)";
  append_number(reply.body, static_cast<std::uint64_t>(stamp.time_since_epoch() / seconds(1)));
  reply.body += R"(,"rfc1123":")" + rfc1123(stamp) + R"("}})";
  return reply;
}

HttpReply Rest::market(std::string_view name, std::string_view query, base::Instant now) {
  const bool all = name == "AssetPairs";
  if (!all && name != "Trades" && name != "Depth" && name != "Ticker")
    return error("EGeneral:Unknown method");
  if (maintenance_) return error("EService:Unavailable");
  const std::optional<std::string> asked = parameter(query, "pair");
  if (!asked) return all ? asset_pairs(std::nullopt) : error("EGeneral:Invalid arguments");
  const std::optional<std::size_t> pair = pair_of(*asked);
  if (!pair) return error("EQuery:Unknown asset pair");
  if (all) return asset_pairs(pair);
  if (name == "Depth") return depth(query, *pair);
  return name == "Ticker" ? ticker(*pair) : trades(query, *pair, now);
}

std::optional<std::size_t> Rest::pair_of(std::string_view name) const {
  for (std::size_t pair = 0; pair < names_.size(); ++pair)
    if ((name == names_[pair].altname || name == names_[pair].key ||
         name == settings_.pairs[pair].symbol) &&
        pair != refused_)
      return pair;
  return std::nullopt;
}

HttpReply Rest::depth(std::string_view query, std::size_t pair) {
  const auto count = parse_unsigned(parameter(query, "count").value_or("100"));
  if (!count || *count == 0 || *count > kDepthMax) return error("EGeneral:Invalid arguments");
  HttpReply reply;
  reply.body = R"({"error":[],"result":{")" + names_[pair].key + R"(":)";
  const OrderBook& book = books_.keep(pair);
  const base::WallTime time = feed_.tape(pair).quote().time;
  write_depth(reply.body, settings_.pairs[pair], book.top(BookSide::ask, *count),
              book.top(BookSide::bid, *count), time);
  reply.body += "}}";
  return reply;
}

HttpReply Rest::ticker(std::size_t pair) {
  const Tape& tape = feed_.tape(pair);
  HttpReply reply;
  reply.body = R"({"error":[],"result":{")" + names_[pair].key + R"(":)";
  write_ticker_row(reply.body, settings_.pairs[pair], tape.quote(), tape.trades().back().fill,
                   tape.day());
  reply.body += "}}";
  return reply;
}

HttpReply Rest::asset_pairs(std::optional<std::size_t> only) {
  HttpReply reply;
  reply.body = R"({"error":[],"result":{)";
  for (std::size_t pair = 0; pair < names_.size(); ++pair) {
    if (pair == refused_ || (only && pair != *only)) continue;
    if (reply.body.back() != '{') reply.body += ',';
    append_string(reply.body, names_[pair].key);
    reply.body += ':';
    write_asset_pair(reply.body, settings_.pairs[pair], names_[pair]);
  }
  reply.body += "}}";
  return reply;
}

HttpReply Rest::trades(std::string_view query, std::size_t pair, base::Instant now) {
  if (!limits_[pair].allow(now)) return error("EGeneral:Too many requests");
  const std::optional<std::string> since_text = parameter(query, "since");
  const std::optional<std::string> count_text = parameter(query, "count");
  const auto since = parse_unsigned(since_text.value_or("0"));
  const auto count = parse_unsigned(count_text.value_or("1000"));
  if (!since || *since > INT64_MAX || !count || *count == 0 || *count > kTradeRowsMax)
    return error("EGeneral:Invalid arguments");

  std::deque<TradeRecord>& all = feed_.tape(pair).trades();
  const auto rows = static_cast<std::size_t>(*count);
  auto row = since_text ? std::ranges::upper_bound(
                              all, static_cast<std::int64_t>(*since), {},
                              [](const TradeRecord& record) { return nanoseconds(record.fill); })
                        : all.end() - static_cast<std::ptrdiff_t>(std::min(rows, all.size()));
  auto last = static_cast<std::int64_t>(*since);
  HttpReply reply;
  reply.pair = pair;
  reply.body = R"({"error":[],"result":{")" + names_[pair].key + R"(":[)";
  for (std::size_t i = 0; i < rows && row != all.end(); ++i, ++row) {
    if (i > 0) reply.body += ',';
    write_trade_row(reply.body, row->fill, settings_.pairs[pair]);
    last = nanoseconds(row->fill);
    ++row->rest_rows_sent;
    reply.trades.push_back(row->fill.id);
    ++truth_.rest_rows;
  }
  reply.body += fmt::format(R"(],"last":"{}"}}}})", last);
  return reply;
}

HttpReply Rest::error(std::string_view text) {
  ++truth_.rest_errors[std::string(text)];
  HttpReply reply;
  reply.body = fmt::format(R"({{"error":["{}"]}})", text);
  return reply;
}

}  // namespace tickwitness::sim
