// The text of a frame as a JSON document that was checked whole, for codecs that need not hurry.
#pragma once

#include <simdjson.h>

#include <string_view>
#include <vector>

#include "exchange/messages.h"

namespace tickwitness::exchange {

// Not thread-safe; keeps its buffers from frame to frame and allocates only when a frame is larger
// than any before.
class JsonFrame {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{8} << 20;
  static constexpr std::size_t kDepthMax = 64;

  // Malformed::none and the root of the document, which is valid until the next call; else why
  // it is none.
  Malformed parse(std::string_view text, simdjson::dom::element& root);

 private:
  simdjson::dom::parser parser_;
  std::vector<char> buffer_;  // simdjson reads some bytes beyond the text
};

// missing_field or wrong_type: what a lookup in a document that was checked can fail with. A number
// beyond the range of the type that was asked for is a bad_number.
Malformed malformed_by(simdjson::error_code error);

// Texts of the venue that are passed on (errors, names) are cut here.
inline constexpr std::size_t kDetailBytesMax = 200;
void append_detail(Frame& out, std::string_view text);

// A good frame that nobody handles; `what` names its channel or method. Malformed::none.
Malformed unsupported(Frame& out, std::string_view what);

}  // namespace tickwitness::exchange
