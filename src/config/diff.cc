#include "config/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "config/exchanges.h"
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

std::string describe(const FollowChange& change) {
  const StreamSubscription& wanted = change.what;
  std::string out = fmt::format("{} {} {}", change.exchange, to_string(wanted.stream), wanted.pair);
  if (wanted.interval_minutes != 0) out += fmt::format(" {} min", wanted.interval_minutes);
  return out;
}

// What is in `a` and not in `b`.
void add_without(std::string_view exchange, const std::vector<StreamSettings>& a,
                 const std::vector<StreamSettings>& b, std::vector<FollowChange>& out) {
  auto left = subscriptions(a);
  auto right = subscriptions(b);
  std::ranges::sort(left);
  std::ranges::sort(right);
  std::vector<StreamSubscription> difference;
  std::ranges::set_difference(left, right, std::back_inserter(difference));
  for (auto& one : difference) out.push_back({exchange, std::move(one)});
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
  for (const ExchangeKind& kind : exchange_kinds()) {
    const Exchange& now = kind.in(running);
    if (!now.enabled) continue;  // a restart would be needed first
    const Exchange& then = kind.in(wanted);
    add_without(kind.key, then.streams, now.streams, out.subscribe);
    add_without(kind.key, now.streams, then.streams, out.unsubscribe);
  }
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
