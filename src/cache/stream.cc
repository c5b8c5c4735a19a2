#include "cache/stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tickwitness::cache {
namespace {

constexpr RespLimits kStreamLimits;
constexpr std::size_t kFrameBytes = 16;  // on the wire, around each of an entry's texts
constexpr std::size_t kEntryItems =
    kStreamLimits.list_items_max + 4;  // with its number and its lists
static_assert(kAnswerEntriesMax * kEntryItems <= kStreamLimits.items_max);
static_assert(kAnswerEntriesMax * (kStreamLimits.list_bytes_max + kFrameBytes * kEntryItems) <=
              kStreamLimits.reply_bytes_max);

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<StreamEntry> read_entry(const Reply& reply) {
  if (!reply.is(Reply::Kind::array) || reply.items.size() != 2) return std::nullopt;
  const auto id = EntryId::parse(reply.items[0].text);
  const Reply& list = reply.items[1];
  const bool too_long = list.is(Reply::Kind::too_long);
  if (!id || (!list.is_list() && !too_long) || list.items.size() % 2 != 0) return std::nullopt;
  StreamEntry entry{.id = *id, .fields = {}, .too_long = too_long};
  for (std::size_t i = 0; i < list.items.size(); i += 2) {
    const Reply& name = list.items[i];
    const Reply& value = list.items[i + 1];
    if (name.is(Reply::Kind::too_long) || value.is(Reply::Kind::too_long)) {
      entry.too_long = true;
    } else {
      entry.fields.emplace_back(name.text, value.text);
    }
  }
  return entry;
}

}  // namespace

std::optional<EntryId> EntryId::parse(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  const auto milliseconds = number(text.substr(0, dash));
  const auto sequence = number(text.substr(dash + 1));
  if (!milliseconds || !sequence) return std::nullopt;
  return EntryId{.milliseconds = *milliseconds, .sequence = *sequence};
}

std::string EntryId::str() const {
  return fmt::format("{}-{}", milliseconds, sequence);
}

const std::string* StreamEntry::find(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &std::pair<std::string, std::string>::first);
  return found == fields.end() ? nullptr : &found->second;
}

std::optional<std::vector<StreamEntry>> read_entries(const Reply& reply) {
  if (!reply.is(Reply::Kind::array)) return std::nullopt;
  std::vector<StreamEntry> entries;
  for (const Reply& item : reply.items) {
    const bool deleted = item.is(Reply::Kind::null) ||
                         (item.items.size() == 2 && item.items[1].is(Reply::Kind::null));
    if (deleted) continue;
    auto entry = read_entry(item);
    if (!entry) return std::nullopt;
    entries.push_back(*std::move(entry));
  }
  return entries;
}

std::optional<std::vector<std::pair<std::string, std::vector<StreamEntry>>>> read_streams(
    const Reply& reply) {
  std::vector<std::pair<std::string, std::vector<StreamEntry>>> streams;
  if (reply.is(Reply::Kind::null)) return streams;
  if (!reply.is_list()) return std::nullopt;
  const auto add = [&](const Reply& name, const Reply& list) {
    auto entries = read_entries(list);
    if (!entries) return false;
    streams.emplace_back(name.text, *std::move(entries));
    return true;
  };
  const bool map = reply.is(Reply::Kind::map);  // RESP3; before, pairs
  for (std::size_t i = 0; i < reply.items.size(); i += map ? 2 : 1) {
    const std::vector<Reply>& pair = map ? reply.items : reply.items[i].items;
    const std::size_t at = map ? i : 0;
    if (pair.size() < at + 2 || !add(pair[at], pair[at + 1])) return std::nullopt;
  }
  return streams;
}

std::optional<Claimed> read_claimed(const Reply& reply) {
  if (!reply.is(Reply::Kind::array) || reply.items.size() < 2) return std::nullopt;
  auto entries = read_entries(reply.items[1]);
  if (!entries || !EntryId::parse(reply.items[0].text)) return std::nullopt;
  return Claimed{.next = reply.items[0].text, .entries = *std::move(entries)};
}

}  // namespace tickwitness::cache
