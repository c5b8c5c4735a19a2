#include "exchange/kraken_v1/codec.h"

#include "exchange/kraken_v1/control.h"
#include "exchange/kraken_v1/market_data.h"

namespace tickwitness::exchange::kraken_v1 {
namespace {

namespace dom = simdjson::dom;

// Events are objects, market data are arrays.
Malformed read(dom::element root, Frame& out) {
  dom::object event;
  dom::array data;
  if (root.get(event) == simdjson::SUCCESS) return read_event(event, out);
  if (root.get(data) == simdjson::SUCCESS) return read_market_data(data, out);
  return Malformed::wrong_type;
}

}  // namespace

void Codec::decode(std::string_view text, Frame& out) {
  out.clear();
  dom::element root;
  auto bad = json_.parse(text, root);
  if (bad == Malformed::none) bad = read(root, out);
  if (bad == Malformed::none) return;
  out.clear();
  out.malformed = bad;
}

}  // namespace tickwitness::exchange::kraken_v1
