#include "exchange/kraken/symbols.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tickwitness::exchange::kraken {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kOldNames{
    {{"BTC", "XBT"}, {"DOGE", "XDG"}}};

std::string_view old_name(std::string_view asset) {
  const auto* const found =
      std::ranges::find(kOldNames, asset, &decltype(kOldNames)::value_type::first);
  return found == kOldNames.end() ? asset : found->second;
}

std::string_view common_name(std::string_view asset) {
  const auto* const found =
      std::ranges::find(kOldNames, asset, &decltype(kOldNames)::value_type::second);
  return found == kOldNames.end() ? asset : found->first;
}

}  // namespace

base::Result<market::Symbol> from_kraken(std::string_view text) {
  if (text.find('/') == std::string_view::npos)
    return base::fail(fmt::format("\"{:.40}\" is not a Kraken v2 symbol such as BTC/USD", text));
  return market::Symbol::parse(text);
}

std::string to_kraken(const market::Symbol& symbol) {
  return symbol.with('/');
}

base::Result<market::Symbol> from_kraken_v1(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos)
    return base::fail(fmt::format("\"{:.40}\" is not a Kraken v1 symbol such as XBT/USD", text));
  const std::string_view base = common_name(text.substr(0, slash));
  const std::string_view quote = common_name(text.substr(slash + 1));
  // Frames arrive many times a second: no heap memory on the way.
  std::array<char, market::Symbol::kLengthMax + 1> joined;
  if (base.size() + 1 + quote.size() > market::Symbol::kLengthMax)
    return base::fail(fmt::format("\"{:.40}\" is too long for a symbol", text));
  char* end = std::ranges::copy(base, joined.data()).out;
  *end++ = '/';
  end = std::ranges::copy(quote, end).out;
  return market::Symbol::parse({joined.data(), end});
}

std::string to_kraken_v1(const market::Symbol& symbol) {
  return fmt::format("{}/{}", old_name(symbol.base()), old_name(symbol.quote()));
}

std::string to_rest(const market::Symbol& symbol) {
  return fmt::format("{}{}", old_name(symbol.base()), old_name(symbol.quote()));
}

}  // namespace tickwitness::exchange::kraken
