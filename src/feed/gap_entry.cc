#include "feed/gap_entry.h"

#include <array>

namespace tickwitness::feed {
namespace {

using exchange::Channel;

constexpr std::array kStates{GapState::open, GapState::filling, GapState::filled,
                             GapState::unrecoverable};
constexpr std::array kCauses{GapCause::disconnect, GapCause::missing, GapCause::checksum,
                             GapCause::sequence, GapCause::crossed};
constexpr std::array kChannels{Channel::trade,      Channel::spread, Channel::ohlc,
                               Channel::instrument, Channel::book,   Channel::agg_trade};

template <class Values>
bool named(std::string_view word, const Values& values, typename Values::value_type& value) {
  for (const auto one : values) {
    if (to_string(one) != word) continue;
    value = one;
    return true;
  }
  return false;
}

}  // namespace

pipeline::GapEntry to_entry(const Gap& gap) {
  pipeline::GapEntry entry{.id = gap.id,
                           .venue = gap.venue,
                           .symbol = gap.symbol,
                           .channel = std::string(to_string(gap.channel)),
                           .connection = gap.connection,
                           .from = gap.from,
                           .to = gap.to,
                           .missing = gap.missing,
                           .lost = gap.lost,
                           .cause = std::string(to_string(gap.cause)),
                           .state = std::string(to_string(gap.state)),
                           .opened = gap.opened.wall,
                           .reason = gap.reason};
  if (gap.closed) entry.closed = gap.closed->wall;
  return entry;
}

std::optional<Gap> to_gap(const pipeline::GapEntry& entry, base::Instant read) {
  Gap gap{.id = entry.id,
          .venue = entry.venue,
          .symbol = entry.symbol,
          .connection = entry.connection,
          .from = entry.from,
          .to = entry.to,
          .missing = entry.missing,
          .lost = entry.lost,
          .opened = {read, entry.opened},
          .reason = entry.reason};
  const bool known = named(entry.channel, kChannels, gap.channel) &&
                     named(entry.cause, kCauses, gap.cause) &&
                     named(entry.state, kStates, gap.state);
  if (!known) return std::nullopt;
  if (entry.closed) gap.closed = base::Now{read, *entry.closed};
  return gap;
}

}  // namespace tickwitness::feed
