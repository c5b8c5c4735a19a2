#include "config/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "config/fields.h"
#include "config/values.h"

namespace tickwitness::config {
namespace {

bool equal(const Field& field, Settings& a, Settings& b) {
  return std::visit([&](auto* left) { return *left == *std::get<decltype(left)>(field.ref(b)); },
                    field.ref(a));
}

void copy(const Field& field, Settings& from, Settings& to) {
  std::visit([&](auto* source) { *std::get<decltype(source)>(field.ref(to)) = *source; },
             field.ref(from));
}

std::string describe(const StreamSubscription& wanted) {
  std::string out = fmt::format("{} {}", to_string(wanted.stream), wanted.pair);
  if (wanted.interval_minutes != 0) out += fmt::format(" {} min", wanted.interval_minutes);
  return out;
}

// What is in `a` and not in `b`.
std::vector<StreamSubscription> without(const std::vector<StreamSettings>& a,
                                        const std::vector<StreamSettings>& b) {
  auto left = subscriptions(a);
  auto right = subscriptions(b);
  std::ranges::sort(left);
  std::ranges::sort(right);
  std::vector<StreamSubscription> out;
  std::ranges::set_difference(left, right, std::back_inserter(out));
  return out;
}

}  // namespace

Diff diff(const Settings& running, const Settings& wanted) {
  Diff out;
  out.effective = running;
  Settings before = running;
  Settings after = wanted;
  for (const Field& field : fields()) {
    if (equal(field, before, after)) continue;
    out.changes.push_back(
        {std::string(field.path), render(field, before), render(field, after), field.live});
    if (field.live) copy(field, after, out.effective);
  }
  out.subscribe = without(wanted.kraken.streams, running.kraken.streams);
  out.unsubscribe = without(running.kraken.streams, wanted.kraken.streams);
  return out;
}

bool Diff::needs_restart() const {
  return !std::ranges::all_of(changes, &Change::live);
}

std::string Diff::str() const {
  if (changes.empty()) return "nothing changed\n";
  std::string out;
  for (const Change& change : changes)
    out += fmt::format("{}: {} → {}{}\n", change.path, change.before, change.after,
                       change.live ? "" : " (waits for a restart)");
  for (const auto& wanted : subscribe) out += fmt::format("subscribe {}\n", describe(wanted));
  for (const auto& wanted : unsubscribe) out += fmt::format("unsubscribe {}\n", describe(wanted));
  return out;
}

}  // namespace tickwitness::config
