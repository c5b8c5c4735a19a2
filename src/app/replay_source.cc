#include "app/replay_source.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <ranges>

namespace tickwitness::app {
namespace {

using market::Venue;

constexpr std::array kSources = {
    ReplaySource{WireDialect::kraken_v1, Venue::kraken},
    ReplaySource{WireDialect::kraken_v2, Venue::kraken},
    ReplaySource{WireDialect::binance, Venue::binance},
    ReplaySource{WireDialect::binance, Venue::binance_us},
};

std::optional<Venue> venue_named(std::string_view name) {
  for (std::size_t i = 0; i < market::kVenues; ++i) {
    const auto venue = static_cast<Venue>(i);
    if (to_string(venue) == name) return venue;
  }
  return std::nullopt;
}

}  // namespace

std::optional<WireDialect> dialect_of(std::string_view frame) {
  const auto has = [head = frame.substr(0, 256)](std::string_view key) {
    return head.find(key) != std::string_view::npos;
  };
  if (frame.starts_with('[') || has("\"event\":")) return WireDialect::kraken_v1;
  if (has("\"channel\":") || has("\"method\":")) return WireDialect::kraken_v2;
  if (has("\"stream\":") || has("\"e\":") || has("\"lastUpdateId\":") || has("\"u\":")) {
    return WireDialect::binance;
  }
  return std::nullopt;
}

ReplaySource ReplaySource::of(WireDialect dialect) {
  return *std::ranges::find(kSources, dialect, &ReplaySource::dialect);
}

ReplaySource ReplaySource::of(Venue venue) {
  if (venue == Venue::kraken) return of(WireDialect::kraken_v2);
  return {WireDialect::binance, venue};
}

std::string_view to_string(const ReplaySource& source) {
  switch (source.dialect) {
    case WireDialect::kraken_v1:
      return "kraken-v1";
    case WireDialect::kraken_v2:
      return "kraken-v2";
    case WireDialect::binance:
      break;
  }
  return to_string(source.venue);
}

std::optional<ReplayChoice> ReplayChoice::parse(std::string_view name) {
  ReplayChoice choice;
  choice.name_ = name;
  if (name.empty()) return choice;
  const auto named = [&](const ReplaySource& source) { return to_string(source) == name; };
  if (const auto source = std::ranges::find_if(kSources, named); source != kSources.end()) {
    choice.source_ = *source;
    choice.venue_ = source->venue;
    return choice;
  }
  choice.venue_ = venue_named(name);  // which of its protocols it is, the lines tell
  if (!choice.venue_) return std::nullopt;
  return choice;
}

bool ReplayChoice::wants(const store::RecordedLine& line) {
  if (line.exchange.empty()) {
    if (line.kind != store::RecordedLine::Kind::frame) return true;
    seen_ = true;
    const auto dialect = source_ ? std::nullopt : dialect_of(line.text);
    if (!dialect) return true;
    const ReplaySource like = ReplaySource::of(*dialect);
    if (venue_.value_or(like.venue) != like.venue) return true;
    source_ = like;
    venue_ = like.venue;
    return true;
  }
  const auto venue = venue_named(line.exchange);
  if (!venue_) venue_ = venue;
  if (!venue || venue != venue_) {
    ++others_.try_emplace(std::string(line.exchange), 0).first->second;
    return false;
  }
  seen_ = true;
  if (!source_) source_ = ReplaySource::of(*venue);
  return true;
}

std::string ReplayChoice::others() const {
  return fmt::format("{}", fmt::join(std::views::keys(others_), " and "));
}

std::optional<std::string> ReplayChoice::nothing_wanted() const {
  if (!seen_ && !others_.empty()) {
    const std::string_view wanted =
        name_.empty() ? std::string_view("an exchange that is known") : std::string_view(name_);
    return fmt::format("nothing of {} was recorded here; it is of {}", wanted, others());
  }
  if (source_) return std::nullopt;
  if (venue_) return fmt::format("no frame looks like one of {}", to_string(*venue_));
  return fmt::format("no frame tells whose protocol it is; say --exchange {}", kNames);
}

std::optional<std::string> ReplayChoice::left_out() const {
  if (others_.empty()) return std::nullopt;
  std::uint64_t lines = 0;
  for (const auto& [exchange, count] : others_) lines += count;
  return fmt::format("{} lines of {} were left out; --exchange chooses", lines, others());
}

}  // namespace tickwitness::app
