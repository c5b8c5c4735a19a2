#include "exchange/binance/symbols.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tickwitness::exchange::binance {
namespace {

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Longer ones first where one ends with another (FDUSD, USD).
constexpr std::array<std::string_view, 31> kQuotes{
    "FDUSD", "USDT", "USDC", "TUSD", "BUSD", "USDP", "USDS", "AEUR", "EURI", "DOGE", "BIDR",
    "IDRT",  "BVND", "USD1", "BTC",  "ETH",  "BNB",  "EUR",  "TRY",  "GBP",  "BRL",  "AUD",
    "JPY",   "ZAR",  "UAH",  "ARS",  "RUB",  "PLN",  "NGN",  "XRP",  "USD"};

std::optional<market::Symbol> split(std::string_view text) {
  std::array<char, market::Symbol::kLengthMax> joined;
  if (text.size() + 1 > joined.size()) return std::nullopt;
  for (const std::string_view quote : kQuotes) {
    if (text.size() <= quote.size() || !text.ends_with(quote)) continue;
    char* end = std::copy_n(text.data(), text.size() - quote.size(), joined.data());
    *end++ = '-';
    end = std::ranges::copy(quote, end).out;
    const auto symbol = market::Symbol::parse({joined.data(), end});
    return symbol ? std::optional(*symbol) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::string to_binance(const market::Symbol& symbol) {
  std::string text(symbol.base());
  text += symbol.quote();
  std::ranges::transform(text, text.begin(), upper);
  return text;
}

std::string stream_symbol(const market::Symbol& symbol) {
  std::string text = to_binance(symbol);
  std::ranges::transform(text, text.begin(), lower);
  return text;
}

std::optional<SymbolTable::Key> SymbolTable::key_of(std::string_view text) {
  Key key{};
  if (text.empty() || text.size() > sizeof key) return std::nullopt;
  std::memcpy(key.data(), text.data(), text.size());
  return key;
}

std::size_t SymbolTable::hash(const Key& key) {
  constexpr std::uint64_t kOdd = 0x9E37'79B9'7F4A'7C15;
  std::uint64_t mixed = key[0] * kOdd;
  mixed = (mixed ^ mixed >> 32 ^ key[1]) * kOdd;
  mixed = (mixed ^ mixed >> 32 ^ key[2]) * kOdd;
  return mixed ^ mixed >> 32;
}

// Where the key is, or belongs. There is always a free place.
SymbolTable::Entry& SymbolTable::place(const Key& key) {
  const std::size_t mask = entries_.size() - 1;
  std::size_t at = hash(key) & mask;
  while (!entries_[at].symbol.empty() && entries_[at].key != key) at = (at + 1) & mask;
  return entries_[at];
}

void SymbolTable::grow() {
  constexpr std::size_t kFirst = 64;
  std::vector<Entry> old(std::max(kFirst, 2 * entries_.size()));
  std::swap(old, entries_);
  for (const Entry& entry : old)
    if (!entry.symbol.empty()) place(entry.key) = entry;
}

void SymbolTable::learn(std::string_view text, const market::Symbol& symbol) {
  const auto key = key_of(text);
  if (!key || symbol.empty()) return;
  if (2 * (size_ + 1) > entries_.size()) grow();
  Entry& entry = place(*key);
  if (entry.symbol.empty()) ++size_;
  entry = {.key = *key, .symbol = symbol};
}

void SymbolTable::learn(const market::Symbol& symbol) {
  learn(to_binance(symbol), symbol);
}

std::optional<market::Symbol> SymbolTable::find(std::string_view text) const {
  const auto key = key_of(text);
  if (!key) return std::nullopt;
  if (!entries_.empty()) {
    const std::size_t mask = entries_.size() - 1;
    for (std::size_t at = hash(*key) & mask; !entries_[at].symbol.empty(); at = (at + 1) & mask)
      if (entries_[at].key == *key) return entries_[at].symbol;
  }
  return split(text);
}

}  // namespace tickwitness::exchange::binance
