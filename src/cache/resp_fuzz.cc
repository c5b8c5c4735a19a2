// Any bytes, in any pieces: the same replies, and within the limits.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cache/resp.h"

namespace {
using namespace tickwitness::cache;

constexpr RespLimits kLimits{.text_bytes_max = 64,
                             .list_bytes_max = 96,
                             .list_items_max = 8,
                             .reply_bytes_max = 512,
                             .items_max = 32,
                             .depth_max = 4,
                             .skip_bytes_max = 256,
                             .skip_items_max = 64};

void check(bool holds) {
  if (!holds) std::abort();
}

struct Found {
  std::vector<Reply> replies;
  std::string problem;
};

Found parse(std::string_view wire, std::size_t step) {
  Found found;
  ReplyParser parser(kLimits);
  for (std::size_t at = 0; at < wire.size(); at += step) {
    if (auto fed = parser.feed(wire.substr(at, step), found.replies); !fed) {
      found.problem = fed.error().message;
      check(!parser.feed("+OK\r\n", found.replies));  // an error is final
      break;
    }
  }
  return found;
}

std::size_t check_limits(const Reply& reply, std::size_t depth) {
  check(depth <= kLimits.depth_max);
  const bool line = reply.is(Reply::Kind::error) || reply.is(Reply::Kind::text);
  check(line || reply.text.empty());
  check(reply.is_list() || reply.is(Reply::Kind::push) || reply.items.empty());
  if (reply.is(Reply::Kind::map)) check(reply.items.size() % 2 == 0);
  check(reply.items.size() <= kLimits.list_items_max);
  std::size_t items = 1;
  for (const Reply& item : reply.items) items += check_limits(item, depth + 1);
  return items;
}

bool same(const Reply& a, const Reply& b) {
  if (a.kind != b.kind || a.text != b.text || a.integer != b.integer) return false;
  if (a.number != b.number && !(std::isnan(a.number) && std::isnan(b.number))) return false;
  if (a.items.size() != b.items.size()) return false;
  for (std::size_t i = 0; i < a.items.size(); ++i)
    if (!same(a.items[i], b.items[i])) return false;
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view wire(reinterpret_cast<const char*>(data), size);
  const Found whole = parse(wire, std::max<std::size_t>(size, 1));
  for (const std::size_t step : {1, 3, 7}) {
    const Found pieces = parse(wire, step);
    check(whole.problem == pieces.problem && whole.replies.size() == pieces.replies.size());
    for (std::size_t i = 0; i < whole.replies.size(); ++i)
      check(same(whole.replies[i], pieces.replies[i]));
  }
  for (const Reply& reply : whole.replies) check(check_limits(reply, 0) <= kLimits.items_max);
  return 0;
}
