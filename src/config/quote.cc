#include "config/quote.h"

#include "base/utf8.h"

namespace tickwitness::config {

std::string quote(std::string_view text) {
  static constexpr std::size_t kBytesMax = 60;
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    if (at >= kBytesMax) {
      out += "…";
      break;
    }
    const base::CodePoint c = base::utf8_at(text, at);
    if (c.bytes == 0 || base::is_deceptive(c.value))
      out += '?';
    else
      out.append(text, at, c.bytes);
    at += c.bytes == 0 ? 1 : c.bytes;
  }
  return out += '"';
}

}  // namespace tickwitness::config
