// Entries of Redis's streams, out of the replies that carry them. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cache/resp.h"

namespace tickwitness::cache {

// "1699999999999-0": the milliseconds of Redis's clock, and a number among those of one of them.
struct EntryId {
  std::uint64_t milliseconds = 0;
  std::uint64_t sequence = 0;
  static std::optional<EntryId> parse(std::string_view text);
  std::string str() const;
  friend auto operator<=>(const EntryId&, const EntryId&) = default;
};

// So many entries in one answer can be read, however long they are.
inline constexpr std::size_t kAnswerEntriesMax = 150;

using StreamFields = std::vector<std::pair<std::string, std::string>>;

struct StreamEntry {
  EntryId id;
  StreamFields fields;
  bool too_long = false;  // longer than is taken; `fields` lacks what was
  // The first value of that name; null: there is none.
  const std::string* find(std::string_view name) const;
};

// Of XRANGE, XREVRANGE, and a part of the others; what has been deleted meanwhile is left out.
// Nothing: the reply is no such list.
std::optional<std::vector<StreamEntry>> read_entries(const Reply& reply);

// Of XREAD and XREADGROUP: streams by name. A null, which says that nothing came, is empty.
std::optional<std::vector<std::pair<std::string, std::vector<StreamEntry>>>> read_streams(
    const Reply& reply);

// Of XAUTOCLAIM: where to go on ("0-0": it was all), and what was taken over.
struct Claimed {
  std::string next;
  std::vector<StreamEntry> entries;
};
std::optional<Claimed> read_claimed(const Reply& reply);

}  // namespace tickwitness::cache
