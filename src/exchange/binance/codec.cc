#include "exchange/binance/codec.h"

#include "exchange/binance/control.h"
#include "exchange/binance/market_data.h"
#include "exchange/binance/stream_scan.h"

namespace tickwitness::exchange::binance {
namespace {

namespace dom = simdjson::dom;

bool has(dom::object object, std::string_view key) {
  return object[key].error() == simdjson::SUCCESS;
}

Malformed read_raw(dom::object frame, const SymbolTable& symbols, Frame& out) {
  const bool reply = !has(frame, "e") && !has(frame, "u") && !has(frame, "lastUpdateId");
  return reply ? read_reply(frame, out) : read_market_data(frame, {}, symbols, out);
}

Malformed read_frame(dom::element root, const SymbolTable& symbols, Frame& out) {
  dom::object frame, payload;
  dom::element data;
  std::string_view stream;
  if (root.get(frame)) return Malformed::wrong_type;
  if (!has(frame, "stream")) return read_raw(frame, symbols, out);
  if (const auto error = frame["stream"].get(stream)) return malformed_by(error);
  if (const auto error = frame["data"].get(data)) return malformed_by(error);
  if (data.is_array()) return unsupported(out, stream);  // of all markets
  if (const auto error = data.get(payload)) return malformed_by(error);
  if (stream.empty()) return Malformed::missing_field;
  return read_market_data(payload, stream, symbols, out);
}

}  // namespace

void Codec::decode(std::string_view text, Frame& out) {
  out.clear();
  if (text.size() <= JsonFrame::kBytesMax && scan_stream(text, symbols_, out)) return;
  decode_generally(text, out);
}

void Codec::decode_generally(std::string_view text, Frame& out) {
  out.clear();
  dom::element root;
  auto bad = json_.parse(text, root);
  if (bad == Malformed::none) bad = read_frame(root, symbols_, out);
  if (bad == Malformed::none) return;
  out.clear();
  out.malformed = bad;
}

}  // namespace tickwitness::exchange::binance
