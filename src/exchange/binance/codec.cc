#include "exchange/binance/codec.h"

#include "exchange/binance/events.h"
#include "exchange/binance/stream_scan.h"

namespace tickwitness::exchange::binance {

void Codec::decode(std::string_view text, Frame& out) {
  out.clear();
  if (text.size() <= JsonFrame::kBytesMax && scan_stream(text, symbols_, out)) return;
  decode_generally(text, out);
}

void Codec::decode_generally(std::string_view text, Frame& out) {
  out.clear();
  simdjson::dom::element root;
  auto bad = json_.parse(text, root);
  if (bad == Malformed::none) bad = read_frame(root, symbols_, out);
  if (bad == Malformed::none) return;
  out.clear();
  out.malformed = bad;
}

}  // namespace tickwitness::exchange::binance
