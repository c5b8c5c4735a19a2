// The last events of a stream with their ids, so that a client that comes back can be given what it
// missed.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickwitness::serve {

// Not thread-safe. Format: WHATWG HTML, server-sent events; fields in the order id, event, data.
class EventLog {
 public:
  using Chunk = std::shared_ptr<const std::string>;

  // `first_id`: ids of a process start here; a start time keeps ids of two runs apart.
  EventLog(std::size_t events_max, std::uint64_t first_id)
      : events_max_(events_max), next_id_(first_id) {}

  // `data` must be one line.
  Chunk append(std::string_view event, std::string_view data);
  // Everything after `last_id`, which may be nothing; no value when it is unknown, of another run
  // or too long ago.
  std::optional<std::vector<Chunk>> after(std::string_view last_id) const;
  Chunk last() const { return last_; }

 private:
  struct Entry {
    std::uint64_t id;
    Chunk chunk;
  };
  std::size_t events_max_;
  std::uint64_t next_id_;
  std::deque<Entry> entries_;
  Chunk last_;
};

}  // namespace tickwitness::serve
