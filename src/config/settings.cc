#include "config/settings.h"

namespace tickwitness::config {

std::vector<StreamSubscription> subscriptions(const std::vector<StreamSettings>& streams) {
  std::vector<StreamSubscription> out;
  for (const StreamSettings& stream : streams) {
    for (const std::string& pair : stream.pairs) {
      if (stream.name != Stream::ohlc) out.push_back({stream.name, pair, 0});
      if (stream.name == Stream::ohlc)
        for (const std::uint32_t minutes : stream.intervals)
          out.push_back({stream.name, pair, minutes});
    }
  }
  return out;
}

std::string_view to_string(Stream stream) {
  switch (stream) {
    case Stream::trade:
      return "trade";
    case Stream::spread:
      return "spread";
    case Stream::ohlc:
      return "ohlc";
    case Stream::book:
      return "book";
    case Stream::agg_trade:
      break;
  }
  return "agg_trade";
}

}  // namespace tickwitness::config
