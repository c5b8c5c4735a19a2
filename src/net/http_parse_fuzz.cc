// Any bytes, in any pieces: the parser neither crashes nor takes more than its limits, and finds
// the same requests whether the bytes come at once or one by one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "net/http_parse.h"

namespace {
using namespace tickwitness::net;

constexpr std::size_t kHeaderMax = 512;
constexpr std::size_t kBodyMax = 128;

struct Found {
  std::vector<Request> requests;
  int error = 0;
};

void check(bool holds) {
  if (!holds) std::abort();
}

Found parse(std::string_view wire, std::size_t step) {
  Found found;
  std::string buffer;
  while (!wire.empty() || !buffer.empty()) {
    RequestParser parser(kHeaderMax, kBodyMax);
    ParseState state = ParseState::need_more;
    bool waits = false;
    while (state == ParseState::need_more) {
      if (waits || buffer.empty()) {
        if (wire.empty()) return found;
        const std::size_t size = std::min(step, wire.size());
        buffer += wire.substr(0, size);
        wire.remove_prefix(size);
      }
      std::size_t consumed = 0;
      state = parser.feed(buffer, consumed);
      check(consumed <= buffer.size());
      buffer.erase(0, consumed);
      waits = true;
    }
    if (state == ParseState::failed) {
      found.error = parser.error_status();
      check(found.error >= 400 && found.error < 500);
      return found;
    }
    found.requests.push_back(parser.take());
    check(found.requests.back().body.size() <= kBodyMax);
    check(found.requests.back().path.starts_with('/'));
  }
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view wire(reinterpret_cast<const char*>(data), size);
  const Found whole = parse(wire, std::max<std::size_t>(size, 1));
  const Found pieces = parse(wire, 1);
  check(whole.requests.size() == pieces.requests.size());
  for (std::size_t i = 0; i < whole.requests.size(); ++i) {
    check(whole.requests[i].target == pieces.requests[i].target);
    check(whole.requests[i].body == pieces.requests[i].body);
    check(whole.requests[i].headers.size() == pieces.requests[i].headers.size());
  }
  return 0;
}
