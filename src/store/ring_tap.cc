#include "store/ring_tap.h"

#include <algorithm>
#include <string>

namespace tickwitness::store {

RingTap::Stream RingTap::stream(market::Venue venue, std::string_view connection,
                                std::string_view url) {
  const StreamName name{.exchange = std::string(to_string(venue)),
                        .connection = std::string(connection),
                        .url = std::string(url)};
  const auto known = std::ranges::find(streams_, name, &Known::name);
  const auto index = static_cast<Stream>(known - streams_.begin());
  if (known == streams_.end() && streams_.size() < kStreamsMax) streams_.push_back({.name = name});
  return index;
}

void RingTap::push(const Record& record) {
  if (record.stream >= streams_.size()) return ring_.lose();
  Known& known = streams_[record.stream];
  if (!known.told) known.told = ring_.push_name(record.stream, known.name);
  if (!known.told) return ring_.lose();
  ring_.push(record);
}

void RingTap::on_open(Stream stream, base::Now at) {
  push({.kind = Record::Kind::open, .stream = stream, .at = at});
}

void RingTap::on_frame(Stream stream, base::Now received, std::string_view text) {
  push({.kind = Record::Kind::frame, .stream = stream, .at = received, .text = text});
}

void RingTap::on_closed(Stream stream, base::Now at, std::string_view reason) {
  push({.kind = Record::Kind::closed, .stream = stream, .at = at, .text = reason});
}

void RingTap::on_rest(Stream stream, base::Now received, std::string_view url,
                      std::string_view body) {
  push({.kind = Record::Kind::rest, .stream = stream, .at = received, .target = url, .text = body});
}

}  // namespace tickwitness::store
