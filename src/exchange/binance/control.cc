#include "exchange/binance/control.h"

#include "exchange/binance/wire.h"

namespace tickwitness::exchange::binance {
namespace {

namespace dom = simdjson::dom;

// The error of a request; {"code":2,"msg":"…"}, by itself or under the key `error`.
Malformed read_refusal(dom::object error, Frame& out) {
  std::string_view text;
  if (const auto bad = error["msg"].get(text)) return malformed_by(bad);
  out.kind = FrameKind::refused;
  append_detail(out, text);
  return Malformed::none;
}

}  // namespace

Malformed read_reply(dom::object reply, Frame& out) {
  std::uint64_t id = 0;
  dom::element result;
  dom::object nested;
  if (reply["id"].get(id) == simdjson::SUCCESS) out.request_id = id;
  if (const auto error = reply["error"].get(nested); error == simdjson::SUCCESS)
    return read_refusal(nested, out);
  else if (error != simdjson::NO_SUCH_FIELD)
    return malformed_by(error);
  if (reply["code"].error() == simdjson::SUCCESS) return read_refusal(reply, out);
  if (const auto error = reply["result"].get(result)) return malformed_by(error);
  if (result.is_null()) {
    out.kind = FrameKind::subscribed;
    out.whole_request = true;
    return Malformed::none;
  }
  if (!result.is_array()) return unsupported(out, "result");
  out.kind = FrameKind::pong;  // the list of subscriptions, which is asked for to have an answer
  return Malformed::none;
}

Malformed read_shutdown(dom::object event, Frame& out) {
  std::uint64_t time = 0;
  out.kind = FrameKind::shutdown;
  if (event["E"].get(time) == simdjson::SUCCESS) out.sent = time_of(time);
  return Malformed::none;
}

}  // namespace tickwitness::exchange::binance
