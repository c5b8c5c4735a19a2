// What a reload changes: which settings are applied to the running process, which wait for a
// restart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"

namespace tickwitness::config {

struct Change {
  std::string path;    // "exchanges.kraken.stale_after_seconds.trade"
  std::string before;  // as YAML; secrets redacted
  std::string after;
  bool live = false;  // false: only a restart applies it
  friend bool operator==(const Change&, const Change&) = default;
};

struct FollowChange {
  std::string_view exchange;  // ExchangeKind::key
  StreamSubscription what;
  friend bool operator==(const FollowChange&, const FollowChange&) = default;
};

struct Diff {
  std::vector<Change> changes;  // in the order of docs/configuration.md
  // What runs after the reload: the running settings with the live changes applied.
  Settings effective;
  std::vector<FollowChange> subscribe, unsubscribe;  // at the exchanges that are followed

  bool empty() const { return changes.empty(); }
  bool needs_restart() const;
  std::string str() const;  // for the operator, one change a line; "nothing changed" when empty
};

Diff diff(const Settings& running, const Settings& wanted);

}  // namespace tickwitness::config
