// What a recording is made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace tickwitness::store {

// Streams of one recorder, and of one block.
inline constexpr std::size_t kStreamsMax = 1024;

// Target and text of one record together: more than the longest message that a feed accepts.
inline constexpr std::size_t kRecordBytesMax = std::size_t{68} << 20;

// Who sent something: a connection, or a venue's REST interface.
struct StreamName {
  std::string exchange;    // "kraken"
  std::string connection;  // "main"
  std::string url;         // "wss://ws.kraken.com/v2"
  friend bool operator==(const StreamName&, const StreamName&) = default;
};

// The views belong to whoever hands the record out. Numbers of kinds are part of the format.
struct Record {
  enum class Kind : std::uint8_t { open = 1, closed = 2, frame = 3, rest = 4, lost = 5 };
  Kind kind = Kind::frame;
  std::uint32_t stream = 0;  // not of `lost`, which is about all of them
  base::Now at{};
  std::string_view target = {};  // rest: the URL
  std::string_view text = {};    // frame: as received; rest: the body; closed: the reason
  std::uint64_t lost = 0;        // lost: how many records are missing here
};

}  // namespace tickwitness::store
