#include "sim/exchange/fault.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>

#include "sim/exchange/duration_text.h"

namespace tickwitness::sim {
namespace {

constexpr base::Duration kMoment{0};
constexpr base::Duration kToTheEnd = base::Duration::max();

enum class At : std::uint8_t { both, kraken, binance };

struct Spelling {
  FaultKind kind;
  std::string_view name;
  bool timed;
  base::Duration length;  // when none is given
  At at = At::both;

  bool measured() const { return timed && length != kMoment; }
  bool known_at(market::Venue venue) const {
    return at == At::both || (at == At::kraken) == (venue == market::Venue::kraken);
  }
};

constexpr std::array kSpellings{
    Spelling{FaultKind::disconnect, "disconnect", true, kMoment},
    Spelling{FaultKind::reset, "reset", true, kMoment},
    Spelling{FaultKind::silent, "silent", true, kToTheEnd},
    Spelling{FaultKind::refuse_subscription, "refuse_subscription", false, kToTheEnd, At::kraken},
    Spelling{FaultKind::malformed, "malformed", true, kMoment, At::kraken},
    Spelling{FaultKind::bad_utf8, "bad_utf8", true, kMoment, At::kraken},
    Spelling{FaultKind::down, "down", true, std::chrono::seconds(20)},
    Spelling{FaultKind::hang, "hang", true, std::chrono::seconds(20)},
    Spelling{FaultKind::unanswered, "unanswered", true, std::chrono::seconds(20)},
    Spelling{FaultKind::flood, "flood", true, std::chrono::seconds(5)},
    Spelling{FaultKind::zombie, "zombie", true, kMoment},
    Spelling{FaultKind::drop, "drop", true, std::chrono::seconds(20)},
    Spelling{FaultKind::duplicate, "duplicate", true, std::chrono::seconds(20)},
    Spelling{FaultKind::reorder, "reorder", true, std::chrono::seconds(20)},
    Spelling{FaultKind::corrupt_book, "corrupt_book", true, kMoment, At::kraken},
    Spelling{FaultKind::wrong_checksum, "wrong_checksum", true, kMoment, At::kraken},
    Spelling{FaultKind::instrument_change, "instrument_change", true, kMoment, At::kraken},
    Spelling{FaultKind::maintenance, "maintenance", true, std::chrono::seconds(20), At::kraken},
    Spelling{FaultKind::rate_limited, "rate_limited", true, std::chrono::seconds(20)},
    Spelling{FaultKind::rest_errors, "rest_errors", true, std::chrono::seconds(20)},
    Spelling{FaultKind::rest_refuses, "rest_refuses", true, kToTheEnd},
    Spelling{FaultKind::msg_rate, "msg_rate", true, std::chrono::seconds(5), At::kraken},
    Spelling{FaultKind::drop_depth, "drop_depth", true, kMoment, At::binance},
    Spelling{FaultKind::rotation, "rotation", true, kMoment, At::binance},
    Spelling{FaultKind::skew, "skew", false, kToTheEnd},
};

std::unexpected<base::Error> bad_time(std::string_view text, std::string_view time) {
  return base::fail(fmt::format(
      "fault '{}': '{}' is not a time; write it like 1500ms, 20s, 2m or 1h (at most 7 days)", text,
      time));
}

base::Result<Fault> parse_skew(std::string_view text) {
  const std::string_view value = text.substr(std::string_view("skew=").size());
  const auto amount = parse_duration(value);
  if (!amount) return bad_time(text, value);
  Fault fault{.kind = FaultKind::skew};
  fault.amount = *amount;
  return fault;
}

}  // namespace

std::string_view to_string(FaultKind kind) {
  for (const Spelling& spelling : kSpellings)
    if (spelling.kind == kind) return spelling.name;
  return "";
}

base::Duration length_of(const Fault& fault) {
  if (fault.length) return *fault.length;
  for (const Spelling& spelling : kSpellings)
    if (spelling.kind == fault.kind) return spelling.length;
  return kMoment;
}

std::string known_faults(market::Venue venue) {
  std::string list;
  for (const Spelling& spelling : kSpellings) {
    if (!spelling.known_at(venue)) continue;
    if (!list.empty()) list += ", ";
    list += spelling.name;
    if (spelling.kind == FaultKind::skew) list += "=±T";
    if (spelling.measured()) {
      list += "[@T[+D]]";
    } else if (spelling.timed) {
      list += "[@T]";
    }
  }
  return list;
}

base::Result<Fault> parse_fault(std::string_view text, market::Venue venue) {
  if (text.starts_with("skew=")) return parse_skew(text);
  const std::size_t at = text.find('@');
  const std::string_view name = text.substr(0, at);
  const Spelling* found = nullptr;
  for (const Spelling& spelling : kSpellings)
    if (spelling.name == name && spelling.kind != FaultKind::skew && spelling.known_at(venue))
      found = &spelling;
  if (found == nullptr)
    return base::fail(
        fmt::format("fault '{}' is not known; known are: {}", text, known_faults(venue)));
  Fault fault{.kind = found->kind};
  if (at == std::string_view::npos) return fault;
  if (!found->timed)
    return base::fail(fmt::format("fault '{}' holds from the start; leave the time out", text));
  std::string_view when = text.substr(at + 1);
  if (const std::size_t plus = when.find('+', 1); plus != std::string_view::npos) {
    if (!found->measured())
      return base::fail(fmt::format("fault '{}' has no length; leave the part from '+' out", text));
    const auto length = parse_duration(when.substr(plus + 1));
    if (!length || *length <= base::Duration::zero()) return bad_time(text, when.substr(plus + 1));
    fault.length = *length;
    when = when.substr(0, plus);
  }
  const auto start = parse_duration(when);
  if (!start || *start < base::Duration::zero()) return bad_time(text, when);
  fault.at = *start;
  return fault;
}

std::string to_string(const Fault& fault) {
  std::string text(to_string(fault.kind));
  for (const Spelling& spelling : kSpellings) {
    if (spelling.kind != fault.kind) continue;
    if (spelling.kind == FaultKind::skew) text += "=" + duration_text(fault.amount);
    if (spelling.timed) text += "@" + duration_text(fault.at);
    if (fault.length) text += "+" + duration_text(*fault.length);
  }
  return text;
}

}  // namespace tickwitness::sim
