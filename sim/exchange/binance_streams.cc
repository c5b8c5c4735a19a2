#include "sim/exchange/binance_streams.h"

#include <algorithm>

#include "sim/exchange/binance_settings.h"

namespace tickwitness::sim {
namespace {

constexpr std::string_view kKline = "kline_";

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::string_view suffix_of(const Stream& stream) {
  switch (stream.kind) {
    case StreamKind::trade:
      return "trade";
    case StreamKind::aggregate:
      return "aggTrade";
    case StreamKind::quote:
      return "bookTicker";
    case StreamKind::depth:
      return stream.variant == 0 ? "depth@100ms" : "depth";
    case StreamKind::kline:
      return kKline;
  }
  return "";
}

}  // namespace

Streams::Streams(const std::vector<std::string>& symbols) : listeners_(symbols.size()) {
  for (const std::string& symbol : symbols) prefixes_.push_back(lower(binance_symbol(symbol)));
}

std::optional<Stream> Streams::find(std::string_view name) const {
  const std::size_t at = name.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  const auto prefix = std::ranges::find(prefixes_, name.substr(0, at));
  if (prefix == prefixes_.end()) return std::nullopt;
  Stream found{.pair = static_cast<std::size_t>(prefix - prefixes_.begin())};
  const std::string_view suffix = name.substr(at + 1);
  if (suffix.starts_with(kKline)) {
    const auto* const interval =
        std::ranges::find(kKlineIntervals, suffix.substr(kKline.size()), &KlineInterval::name);
    if (interval == kKlineIntervals.end()) return std::nullopt;
    found.kind = StreamKind::kline;
    found.variant = static_cast<std::size_t>(interval - kKlineIntervals.begin());
    return found;
  }
  for (const Stream& stream : all_of(found.pair))
    if (stream.kind != StreamKind::kline && suffix_of(stream) == suffix) return stream;
  return std::nullopt;
}

std::string Streams::name(const Stream& stream) const {
  std::string name = prefixes_[stream.pair] + '@';
  name += suffix_of(stream);
  if (stream.kind == StreamKind::kline) name += kKlineIntervals[stream.variant].name;
  return name;
}

const std::vector<ConnectionId>& Streams::listeners(const Stream& stream) const {
  return listeners_[stream.pair][slot(stream)];
}

void Streams::add(const Stream& stream, ConnectionId connection) {
  std::vector<ConnectionId>& list = listeners_[stream.pair][slot(stream)];
  if (std::ranges::find(list, connection) == list.end()) list.push_back(connection);
}

void Streams::remove(const Stream& stream, ConnectionId connection) {
  std::erase(listeners_[stream.pair][slot(stream)], connection);
}

std::vector<Stream> Streams::all_of(std::size_t pair) {
  std::vector<Stream> all;
  for (const StreamKind kind : {StreamKind::trade, StreamKind::aggregate, StreamKind::quote})
    all.push_back({kind, pair, 0});
  for (std::size_t i = 0; i < kDepthPaces.size(); ++i) all.push_back({StreamKind::depth, pair, i});
  for (std::size_t i = 0; i < kKlineIntervals.size(); ++i)
    all.push_back({StreamKind::kline, pair, i});
  return all;
}

std::size_t Streams::slot(const Stream& stream) {
  constexpr std::size_t kDepth = 3;
  if (stream.kind == StreamKind::depth) return kDepth + stream.variant;
  if (stream.kind == StreamKind::kline) return kDepth + kDepthPaces.size() + stream.variant;
  return static_cast<std::size_t>(stream.kind);
}

}  // namespace tickwitness::sim
