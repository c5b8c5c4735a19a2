#include "serve/event_log.h"

#include <fmt/format.h>

#include <charconv>

namespace tickwitness::serve {

EventLog::Chunk EventLog::append(std::string_view event, std::string_view data) {
  const std::uint64_t id = next_id_++;
  last_ = std::make_shared<const std::string>(
      fmt::format("id: {}\nevent: {}\ndata: {}\n\n", id, event, data));
  entries_.push_back({.id = id, .chunk = last_});
  if (entries_.size() > events_max_) entries_.pop_front();
  return last_;
}

std::optional<std::vector<EventLog::Chunk>> EventLog::after(std::string_view last_id) const {
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(last_id.data(), last_id.data() + last_id.size(), id);
  if (error != std::errc{} || end != last_id.data() + last_id.size()) return std::nullopt;
  if (entries_.empty() || id + 1 < entries_.front().id || id >= next_id_) {
    return std::nullopt;
  }
  std::vector<Chunk> missed;
  for (const auto& entry : entries_) {
    if (entry.id > id) missed.push_back(entry.chunk);
  }
  return missed;
}

}  // namespace tickwitness::serve
