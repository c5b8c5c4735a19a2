#include "market/symbol.h"

#include <fmt/format.h>

#include <algorithm>

namespace tickwitness::market {
namespace {

constexpr char kSeparator = '-';

enum class CharKind : std::uint8_t { other, asset, separator };

constexpr auto kCharKinds = [] {
  std::array<CharKind, 256> kinds{};
  for (unsigned char c = '0'; c <= '9'; ++c) kinds[c] = CharKind::asset;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) kinds[c] = CharKind::asset;
  for (unsigned char c = 'a'; c <= 'z'; ++c) kinds[c] = CharKind::asset;
  kinds['.'] = CharKind::asset;
  kinds['-'] = kinds['/'] = CharKind::separator;
  return kinds;
}();

}  // namespace

base::Result<Symbol> Symbol::parse(std::string_view text) {
  Symbol symbol;
  std::size_t separators = 0, separator = 0, others = 0;
  const std::size_t length = std::min(text.size(), kLengthMax);
  for (std::size_t i = 0; i < length; ++i) {
    const auto kind = kCharKinds[static_cast<unsigned char>(text[i])];
    others += kind == CharKind::other;
    separators += kind == CharKind::separator;
    if (kind == CharKind::separator) separator = i;
    symbol.text_[i] = kind == CharKind::separator ? kSeparator : text[i];
  }
  if (text.size() > kLengthMax || others > 0 || separators != 1 || separator == 0 ||
      separator + 1 == text.size())
    return base::fail(fmt::format(
        "\"{:.40}\" is not a symbol: write BASE-QUOTE as in BTC-USD, at most {} characters", text,
        kLengthMax));
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
