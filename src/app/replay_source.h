// Whose frames a recording has, and which of them are replayed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "market/venue.h"
#include "store/recording_reader.h"

namespace tickwitness::app {

// What the frames of a recording are written in.
enum class WireDialect : std::uint8_t { kraken_v1, kraken_v2, binance };
// By the looks of a frame; nothing when it could be any.
std::optional<WireDialect> dialect_of(std::string_view frame);

// What frames are written in, and whose they are: venues may speak alike.
struct ReplaySource {
  WireDialect dialect;
  market::Venue venue;
  // The venue that the dialect is named after.
  static ReplaySource of(WireDialect dialect);
  // As the engine talks to the venue, and records it.
  static ReplaySource of(market::Venue venue);
  friend bool operator==(const ReplaySource&, const ReplaySource&) = default;
};
// "kraken-v2", "binance_us": a name for --exchange.
std::string_view to_string(const ReplaySource& source);

// Chooses lines of a recording. Not thread-safe.
class ReplayChoice {
 public:
  // For people: all that parse() takes.
  static constexpr std::string_view kNames = "kraken, kraken-v1, kraken-v2, binance or binance_us";
  // An empty name: the first line that tells decides. Nothing for a name that there is not.
  static std::optional<ReplayChoice> parse(std::string_view name);

  // Lines are to be shown once each, in their order. Those that name no exchange are wanted always.
  bool wants(const store::RecordedLine& line);
  // Once the choice or a line has told.
  const std::optional<ReplaySource>& source() const { return source_; }
  // For people, after the last line; nothing where all was as it should be. That nothing was
  // replayed, with what there is instead; that there was more than was replayed.
  std::optional<std::string> nothing_wanted() const;
  std::optional<std::string> left_out() const;

 private:
  ReplayChoice() = default;
  std::string others() const;

  std::string name_;
  std::optional<market::Venue> venue_;
  std::optional<ReplaySource> source_;
  bool seen_ = false;                                         // anything that is wanted
  std::map<std::string, std::uint64_t, std::less<>> others_;  // lines by exchange
};

}  // namespace tickwitness::app
