// The feed's side of the recorder: what is shown to it goes into the ring.
#pragma once

#include <string_view>
#include <vector>

#include "pipeline/frame_tap.h"
#include "store/frame_ring.h"

namespace tickwitness::store {

// On the feed's thread. The ring outlives it.
class RingTap final : public pipeline::FrameTap {
 public:
  explicit RingTap(FrameRing& ring) : ring_(ring) {}

  // After kStreamsMax different ones all further ones are lost, and counted.
  Stream stream(market::Venue venue, std::string_view connection, std::string_view url) override;
  void on_open(Stream stream, base::Now at) override;
  void on_frame(Stream stream, base::Now received, std::string_view text) override;
  void on_closed(Stream stream, base::Now at, std::string_view reason) override;
  void on_rest(Stream stream, base::Now received, std::string_view url,
               std::string_view body) override;

 private:
  struct Known {
    StreamName name;
    bool told = false;  // to the other side
  };
  void push(const Record& record);

  FrameRing& ring_;
  std::vector<Known> streams_;
};

}  // namespace tickwitness::store
