#include "exchange/json_frame.h"

#include <algorithm>
#include <cstring>

namespace tickwitness::exchange {

Malformed JsonFrame::parse(std::string_view text, simdjson::dom::element& root) {
  if (text.size() > kBytesMax) return Malformed::too_large;
  const std::size_t needed = text.size() + simdjson::SIMDJSON_PADDING;
  if (buffer_.size() < needed) buffer_.resize(std::max(needed, 2 * buffer_.size()));
  std::ranges::copy(text, buffer_.begin());
  std::memset(buffer_.data() + text.size(), 0, simdjson::SIMDJSON_PADDING);
  // In steps, so that frames that grow slowly do not allocate each time.
  const std::size_t capacity = parser_.capacity();
  if (capacity < text.size() &&
      parser_.allocate(std::max(text.size(), 2 * capacity), kDepthMax) != simdjson::SUCCESS)
    return Malformed::too_large;
  const auto error = parser_.parse(buffer_.data(), text.size(), false).get(root);
  if (!error) return Malformed::none;
  if (!simdjson::validate_utf8(text)) return Malformed::encoding;
  if (error == simdjson::DEPTH_ERROR) return Malformed::too_deep;
  return error == simdjson::NUMBER_ERROR ? Malformed::bad_number : Malformed::json;
}

Malformed malformed_by(simdjson::error_code error) {
  if (error == simdjson::NO_SUCH_FIELD) return Malformed::missing_field;
  return error == simdjson::NUMBER_OUT_OF_RANGE ? Malformed::bad_number : Malformed::wrong_type;
}

void append_detail(Frame& out, std::string_view text) {
  out.detail += text.substr(0, kDetailBytesMax - std::min(kDetailBytesMax, out.detail.size()));
}

Malformed unsupported(Frame& out, std::string_view what) {
  out.kind = FrameKind::unsupported;
  append_detail(out, what);
  return Malformed::none;
}

}  // namespace tickwitness::exchange
