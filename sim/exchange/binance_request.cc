#include "sim/exchange/binance_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "sim/exchange/json_reader.h"

namespace tickwitness::sim {
namespace {

constexpr std::uint64_t kUnknownProperty = 0, kWrongType = 1, kInvalidRequest = 2, kNoJson = 3;
constexpr std::size_t kIdLengthMax = 36;
constexpr std::array<std::pair<std::string_view, BinanceMethod>, 5> kMethods{{
    {"SUBSCRIBE", BinanceMethod::subscribe},
    {"UNSUBSCRIBE", BinanceMethod::unsubscribe},
    {"LIST_SUBSCRIPTIONS", BinanceMethod::list},
    {"SET_PROPERTY", BinanceMethod::set_property},
    {"GET_PROPERTY", BinanceMethod::get_property},
}};

struct Complaint {
  std::uint64_t code;
  std::string text;
};
using Check = std::optional<Complaint>;

bool is_whole(std::string_view number) {
  return number.find_first_of(".eE") == std::string_view::npos && number.size() <= 20;
}

bool is_plain(std::string_view text) {
  return !text.empty() && text.size() <= kIdLengthMax &&
         text.find_first_not_of(
             "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") ==
             std::string_view::npos;
}

// As JSON; nothing for one that cannot be.
std::optional<std::string> read_id(const Json* id) {
  if (id == nullptr || id->type == Json::Type::null) return "null";
  if (id->type == Json::Type::number && is_whole(id->text)) return id->text;
  if (id->type == Json::Type::string && is_plain(id->text)) return '"' + id->text + '"';
  return std::nullopt;
}

Check read_streams(const Json* params, BinanceRequest& out) {
  if (params == nullptr || params->type != Json::Type::array || params->items.empty())
    return Complaint{kInvalidRequest, "Invalid request: params must be an array of stream names"};
  for (const Json& name : params->items) {
    if (name.type != Json::Type::string)
      return Complaint{kInvalidRequest, "Invalid request: stream names must be strings"};
    out.streams.push_back(name.text);
  }
  return std::nullopt;
}

Check read_property(const Json* params, BinanceRequest& out) {
  const std::size_t wanted = out.method == BinanceMethod::set_property ? 2 : 1;
  if (params == nullptr || params->type != Json::Type::array || params->items.empty() ||
      params->items[0].type != Json::Type::string)
    return Complaint{kInvalidRequest, "Invalid request: property name must be a string"};
  if (params->items.size() > wanted)
    return Complaint{kInvalidRequest, "Invalid request: too many parameters"};
  if (params->items[0].text != "combined") return Complaint{kUnknownProperty, "Unknown property"};
  if (wanted == 1) return std::nullopt;
  if (params->items.size() < wanted || params->items[1].type != Json::Type::boolean)
    return Complaint{kWrongType, "Invalid value type: expected Boolean"};
  out.combined = params->items[1].boolean;
  return std::nullopt;
}

Check read_method(const Json& document, std::size_t size, BinanceRequest& out) {
  const Json* const method = document.find("method");
  if (method == nullptr)
    return Complaint{
        kInvalidRequest,
        fmt::format("Invalid request: missing field `method` at line 1 column {}", size)};
  const auto* const known = std::ranges::find(kMethods, std::string_view(method->text),
                                              &std::pair<std::string_view, BinanceMethod>::first);
  if (method->type != Json::Type::string || known == kMethods.end())
    return Complaint{kInvalidRequest,
                     "Invalid request: unknown variant, expected one of `SUBSCRIBE`, "
                     "`UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`"};
  out.method = known->second;
  if (out.method == BinanceMethod::list) return std::nullopt;
  const Json* const params = document.find("params");
  if (out.method == BinanceMethod::subscribe || out.method == BinanceMethod::unsubscribe)
    return read_streams(params, out);
  return read_property(params, out);
}

}  // namespace

std::optional<std::uint64_t> BinanceRequest::number() const {
  std::uint64_t number = 0;
  const char* const end = id.data() + id.size();
  const auto [at, error] = std::from_chars(id.data(), end, number);
  if (error != std::errc() || at != end) return std::nullopt;
  return number;
}

ParsedBinanceRequest parse_binance_request(std::string_view text) {
  ParsedBinanceRequest parsed;
  const std::optional<Json> document = parse_json(text);
  if (!document || document->type != Json::Type::object) {
    parsed.error =
        BinanceError{kNoJson, "Invalid JSON: expected value at line 1 column 1", std::nullopt};
    return parsed;
  }
  const std::optional<std::string> id = read_id(document->find("id"));
  if (!id) {
    parsed.error = BinanceError{
        kInvalidRequest, "Invalid request: request ID must be an unsigned integer", std::nullopt};
    return parsed;
  }
  parsed.request.id = *id;
  if (auto complaint = read_method(*document, text.size(), parsed.request))
    parsed.error = BinanceError{complaint->code, std::move(complaint->text),
                                *id == "null" ? std::nullopt : id};
  return parsed;
}

}  // namespace tickwitness::sim
