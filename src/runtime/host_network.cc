#include "runtime/host_network.h"

#include <utility>

#include "runtime/proc_text.h"

namespace tickwitness::runtime {
namespace {

constexpr std::size_t kSentField = 8;  // behind eight of what was received

std::uint64_t since(std::uint64_t before, std::uint64_t now) {
  return now >= before ? now - before : now;
}

}  // namespace

std::optional<Interfaces> parse_net_dev(std::string_view dev) {
  take_line(dev);  // two lines of heading
  if (!take_line(dev).contains("bytes")) return std::nullopt;
  Interfaces interfaces;
  while (!dev.empty()) {
    const std::string_view line = take_line(dev);
    const auto name_end = line.rfind(':');
    if (name_end == std::string_view::npos) return std::nullopt;
    const auto name = words_of(line.substr(0, name_end));
    const auto fields = words_of(line.substr(name_end + 1));
    if (name.size() != 1 || fields.size() <= kSentField) return std::nullopt;
    const auto received = whole_number(fields[0]);
    const auto sent = whole_number(fields[kSentField]);
    if (!received || !sent) return std::nullopt;
    if (name[0] != "lo") interfaces[std::string(name[0])] = {*received, *sent};
  }
  return interfaces;
}

NetworkBytes NetworkTotals::advance(Interfaces now) {
  NetworkBytes sum;
  for (const auto& [name, bytes] : now) {
    const NetworkBytes before = seen_[name];
    sum.received += since(before.received, bytes.received);
    sum.sent += since(before.sent, bytes.sent);
  }
  seen_ = std::move(now);
  return sum;
}

}  // namespace tickwitness::runtime
