#include "sim/world/world_fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/exchange/duration_text.h"

namespace tickwitness::sim {
namespace {

enum class Form : std::uint8_t { moment, lasting, amount };

struct WorldSpelling {
  WorldFaultKind kind;
  std::string_view name;
  Form form;
};

constexpr std::array kWorldSpellings{
    WorldSpelling{WorldFaultKind::black_hole, "black_hole", Form::lasting},
    WorldSpelling{WorldFaultKind::slow_network, "slow_network", Form::lasting},
    WorldSpelling{WorldFaultKind::shred, "shred", Form::lasting},
    WorldSpelling{WorldFaultKind::stall_engine, "stall_engine", Form::lasting},
    WorldSpelling{WorldFaultKind::stall_serve, "stall_serve", Form::lasting},
    WorldSpelling{WorldFaultKind::slow_page, "slow_page", Form::lasting},
    WorldSpelling{WorldFaultKind::step, "step", Form::amount},
    WorldSpelling{WorldFaultKind::drift, "drift", Form::amount},
    WorldSpelling{WorldFaultKind::crash, "crash", Form::moment},
    WorldSpelling{WorldFaultKind::reload, "reload", Form::moment},
    WorldSpelling{WorldFaultKind::stall_spool, "stall_spool", Form::lasting},
    WorldSpelling{WorldFaultKind::disk_full, "disk_full", Form::lasting},
    WorldSpelling{WorldFaultKind::sync_fails, "sync_fails", Form::lasting},
    WorldSpelling{WorldFaultKind::reads_fail, "reads_fail", Form::lasting},
    WorldSpelling{WorldFaultKind::database_down, "database_down", Form::lasting},
    WorldSpelling{WorldFaultKind::slow_commit, "slow_commit", Form::lasting},
    WorldSpelling{WorldFaultKind::commit_unknown, "commit_unknown", Form::lasting},
    WorldSpelling{WorldFaultKind::deadlock, "deadlock", Form::lasting},
    WorldSpelling{WorldFaultKind::connection_lost, "connection_lost", Form::moment},
};
static_assert(kWorldSpellings.size() == kWorldFaultKinds);
// A clock further off than this is broken, not drifting; MachineClock's own bound is wider.
constexpr base::Duration kDriftMax = std::chrono::milliseconds(50);

const WorldSpelling* spelling_of(std::string_view name) {
  const auto found = std::ranges::find(kWorldSpellings, name, &WorldSpelling::name);
  return found == kWorldSpellings.end() ? nullptr : &*found;
}

std::string_view name_of(std::string_view text) {
  return text.substr(0, text.find_first_of("=@"));
}

std::unexpected<base::Error> complain(std::string_view text, std::string_view what) {
  return base::fail(fmt::format("fault '{}': {}", text, what));
}

}  // namespace

std::string_view to_string(WorldFaultKind kind) {
  return std::ranges::find(kWorldSpellings, kind, &WorldSpelling::kind)->name;
}

bool is_world_fault(std::string_view text) {
  return spelling_of(name_of(text)) != nullptr;
}

std::string known_world_faults() {
  std::string list;
  for (const WorldSpelling& spelling : kWorldSpellings) {
    if (!list.empty()) list += ", ";
    list += spelling.name;
    list += spelling.form == Form::amount ? "=±V[@T]"
                                          : (spelling.form == Form::lasting ? "[@T[+D]]" : "[@T]");
  }
  return list;
}

base::Result<WorldFault> parse_world_fault(std::string_view text) {
  const WorldSpelling* spelling = spelling_of(name_of(text));
  if (spelling == nullptr) {
    return complain(text, fmt::format("not known; known are: {}", known_world_faults()));
  }
  WorldFault fault{.kind = spelling->kind};
  std::string_view rest = text.substr(spelling->name.size());
  const bool valued = rest.starts_with('=');
  if (valued != (spelling->form == Form::amount)) {
    return complain(text, valued ? "takes no value" : "needs a value, as in step=-3600s@20s");
  }
  if (valued) {
    const std::string_view value = rest.substr(1, rest.find('@') - 1);
    const auto amount = parse_duration(value);
    if (!amount)
      return complain(text, fmt::format("'{}' is no time; write 1500ms, 20s, 2m or 1h", value));
    if (fault.kind == WorldFaultKind::drift && std::chrono::abs(*amount) > kDriftMax) {
      return complain(text, "a drift is at most 50ms a second");
    }
    fault.amount = *amount;
    rest.remove_prefix(1 + value.size());
  }
  if (rest.empty()) return fault;
  std::string_view when = rest.substr(1);
  if (const auto plus = when.find('+', 1); plus != std::string_view::npos) {
    if (spelling->form != Form::lasting) return complain(text, "has no length");
    const auto length = parse_duration(when.substr(plus + 1));
    if (!length || *length <= base::Duration::zero()) {
      return complain(text, fmt::format("'{}' is no length; write 1500ms, 20s, 2m or 1h",
                                        when.substr(plus + 1)));
    }
    fault.length = *length;
    when = when.substr(0, plus);
  }
  const auto at = parse_duration(when);
  if (!at || *at < base::Duration::zero()) {
    return complain(
        text, fmt::format("'{}' is no time since the start; write 1500ms, 20s, 2m or 1h", when));
  }
  fault.at = *at;
  return fault;
}

std::string to_string(const WorldFault& fault) {
  const WorldSpelling& spelling =
      *std::ranges::find(kWorldSpellings, fault.kind, &WorldSpelling::kind);
  std::string text(spelling.name);
  if (spelling.form == Form::amount) text += "=" + duration_text(fault.amount);
  text += "@" + duration_text(fault.at);
  if (spelling.form == Form::lasting) text += "+" + duration_text(fault.length);
  return text;
}

}  // namespace tickwitness::sim
