// Where a feed shows what it received, before anything is made of it: raw frames, replies, and when
// connections began and ended. Who listens must not hold the feed up.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "market/venue.h"

namespace tickwitness::pipeline {

// All calls on the feed's thread. Views are valid during the call only.
class FrameTap {
 public:
  using Stream = std::uint32_t;

  virtual ~FrameTap() = default;
  // Names what the other calls are about: a connection, or a venue's REST interface. The same names
  // give the same number.
  virtual Stream stream(market::Venue venue, std::string_view connection, std::string_view url) = 0;
  virtual void on_open(Stream stream, base::Now at) = 0;
  virtual void on_frame(Stream stream, base::Now received, std::string_view text) = 0;
  // Of a connection that was open. `reason`: a word of runtime::CloseReason first.
  virtual void on_closed(Stream stream, base::Now at, std::string_view reason) = 0;
  // `url`: the whole of what was asked for, without secrets.
  virtual void on_rest(Stream stream, base::Now received, std::string_view url,
                       std::string_view body) = 0;
};

}  // namespace tickwitness::pipeline
