#include "market/symbol.h"

#include <fmt/format.h>

#include <algorithm>

namespace tickwitness::market {
namespace {

constexpr char kSeparator = '-';

constexpr bool is_asset_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
}

bool is_asset(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_asset_char);
}

}  // namespace

base::Result<Symbol> Symbol::parse(std::string_view text) {
  const auto separator = text.find_first_of("-/");
  if (text.size() > kLengthMax || separator == std::string_view::npos ||
      !is_asset(text.substr(0, separator)) || !is_asset(text.substr(separator + 1)))
    return base::fail(fmt::format(
        "\"{:.40}\" is not a symbol: write BASE-QUOTE as in BTC-USD, at most {} characters", text,
        kLengthMax));
  Symbol symbol;
  std::copy(text.begin(), text.end(), symbol.text_.begin());
  symbol.text_[separator] = kSeparator;
  symbol.length_ = static_cast<std::uint8_t>(text.size());
  return symbol;
}

std::string_view Symbol::base() const {
  return str().substr(0, str().find(kSeparator));
}

std::string_view Symbol::quote() const {
  return empty() ? std::string_view{} : str().substr(str().find(kSeparator) + 1);
}

std::string Symbol::with(char separator) const {
  std::string text{str()};
  std::replace(text.begin(), text.end(), kSeparator, separator);
  return text;
}

}  // namespace tickwitness::market
