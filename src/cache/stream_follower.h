// Follows streams of Redis: the newest entries of each when it begins, then all that come.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/redis_client.h"
#include "cache/stream.h"

namespace tickwitness::cache {

struct FollowSettings {
  std::vector<std::string> streams;  // a few
  // Entries of each that are asked for at first, at most kAnswerEntriesMax.
  std::size_t backlog = kAnswerEntriesMax;
  base::Duration block = std::chrono::seconds(1);
  base::Duration retry_after = std::chrono::seconds(1);
};

// All calls on the executor's thread. It speaks over a client of its own: waiting for entries holds
// up what comes behind.
class StreamFollower {
 public:
  struct Events {
    // Each entry once, oldest first, but for those that are too long. `age`: how long ago it was
    // added, by Redis's clock.
    std::function<void(const std::string& stream, const StreamEntry& entry, base::Duration age)>
        on_entry;
    // May be null. The streams are read, whether or not there is anything in them; or why not.
    std::function<void()> on_up;
    std::function<void(const std::string& why)> on_down;
  };

  // `client` was not started, and outlives the follower.
  StreamFollower(FollowSettings settings, runtime::Executor& executor, RedisClient& client,
                 Events events);
  ~StreamFollower();
  StreamFollower(const StreamFollower&) = delete;
  StreamFollower& operator=(const StreamFollower&) = delete;

 private:
  void begin();
  void look_back(std::size_t at, std::uint64_t now_ms);
  void take_backlog(std::size_t at, std::uint64_t now_ms, std::vector<StreamEntry> newest_first);
  void take(std::size_t at, const StreamEntry& entry, base::Duration age);
  void read();
  void again(const Failed& failed);

  FollowSettings settings_;
  runtime::Executor& executor_;
  RedisClient& client_;
  Events events_;
  std::unique_ptr<runtime::Timer> timer_;
  std::vector<std::optional<EntryId>> last_;  // of each stream
  std::uint64_t life_ = 0;                    // of the connection
};

}  // namespace tickwitness::cache
