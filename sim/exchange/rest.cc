#include "sim/exchange/rest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include "sim/exchange/text.h"

namespace tickwitness::sim {
namespace {

using std::chrono::seconds;

constexpr std::string_view kRoot = "/0/public/";
constexpr std::uint64_t kRowsMax = 1000;
constexpr std::size_t kTargetBytesMax = 4096;

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The named parameter of a query string, percent-decoded as far as pair names need it.
std::optional<std::string> parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view item = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos || item.substr(0, equals) != name) continue;
    std::string value(item.substr(equals + 1));
    for (const std::string_view slash : {"%2F", "%2f"})
      if (const std::size_t at = value.find(slash); at != std::string::npos)
        value.replace(at, slash.size(), "/");
    return value;
  }
  return std::nullopt;
}

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

// Prices have at least 5 decimals here, whatever the pair's precision; times 7.
void write_row(std::string& out, const Fill& fill, const PairSettings& pair) {
  out += R"([")";
  append_decimal(out, fill.price, pair.price_precision);
  if (pair.price_precision == 0) out += '.';
  for (int i = pair.price_precision; i < 5; ++i) out += '0';
  out += R"(",")";
  append_decimal(out, fill.quantity, pair.quantity_precision);
  out += R"(",)";
  append_decimal(out, nanoseconds(fill) / 100, 7);
  out += fill.taker_side == market::Side::buy ? R"(,"b",")" : R"(,"s",")";
  out += fill.limit_order ? R"(l","",)" : R"(m","",)";
  append_number(out, fill.id);
  out += ']';
}

}  // namespace

Rest::Rest(const Settings& settings, MarketFeed& feed, Truth& truth)
    : settings_(settings), feed_(feed), truth_(truth) {
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
  if (name == "Trades") return trades(target.substr(std::min(mark + 1, target.size())), now);
  HttpReply reply;
  if (name == "SystemStatus") {
    reply.body = R"({"error":[],"result":{"status":"online","timestamp":")";
    append_time(reply.body, stamp, 0);
    reply.body += R"("}})";
    return reply;
  }
  if (name != "Time") return error("EGeneral:Unknown method");
  reply.body = R"({"error":[],"result":{"unixtime":)";
  append_number(reply.body, static_cast<std::uint64_t>(stamp.time_since_epoch() / seconds(1)));
  reply.body += R"(,"rfc1123":")" + rfc1123(stamp) + R"("}})";
  return reply;
}

HttpReply Rest::trades(std::string_view query, base::Instant now) {
  const std::optional<std::string> asked = parameter(query, "pair");
  if (!asked) return error("EGeneral:Invalid arguments");
  std::size_t pair = 0;
  while (pair < names_.size() && *asked != names_[pair].altname && *asked != names_[pair].key &&
         *asked != settings_.pairs[pair].symbol)
    ++pair;
  if (pair == names_.size()) return error("EQuery:Unknown asset pair");
  if (!limits_[pair].allow(now)) return error("EGeneral:Too many requests");
  const std::optional<std::string> since_text = parameter(query, "since");
  const std::optional<std::string> count_text = parameter(query, "count");
  const auto since = parse_unsigned(since_text.value_or("0"));
  const auto count = parse_unsigned(count_text.value_or("1000"));
  if (!since || *since > INT64_MAX || !count || *count == 0 || *count > kRowsMax)
    return error("EGeneral:Invalid arguments");

  std::deque<TradeRecord>& all = feed_.tape(pair).trades();
  const auto rows = static_cast<std::size_t>(*count);
  auto row = since_text ? std::ranges::upper_bound(
                              all, static_cast<std::int64_t>(*since), {},
                              [](const TradeRecord& record) { return nanoseconds(record.fill); })
                        : all.end() - static_cast<std::ptrdiff_t>(std::min(rows, all.size()));
  auto last = static_cast<std::int64_t>(*since);
  HttpReply reply;
  reply.body = R"({"error":[],"result":{")" + names_[pair].key + R"(":[)";
  for (std::size_t i = 0; i < rows && row != all.end(); ++i, ++row) {
    if (i > 0) reply.body += ',';
    write_row(reply.body, row->fill, settings_.pairs[pair]);
    last = nanoseconds(row->fill);
    ++row->rest_rows_sent;
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
