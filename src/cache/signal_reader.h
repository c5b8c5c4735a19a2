// Reads trading signals out of the streams signals:paper and signals:live, as one consumer of a
// group. What is no signal is written down in signals:refused and then acknowledged. Nothing acts
// on signals yet: those that are good are counted and stay pending, so that none is lost to whom
// they are for.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/redis_client.h"
#include "cache/signal.h"
#include "telemetry/catalog.gen.h"

namespace tickwitness::cache {

struct SignalSettings {
  std::string group = "tickwitness";                     // each group gets every signal once
  base::Duration block = std::chrono::seconds(1);        // a wait for signals at Redis
  base::Duration retry_after = std::chrono::seconds(1);  // after an error
  std::size_t pending_max = 10'000;  // of one stream; beyond them nothing more is read of it
  base::Duration look_again_after = std::chrono::seconds(60);  // whether they are still so many
};

// All calls on the executor's thread. It speaks over a client of its own: waiting for signals holds
// up what comes behind.
class SignalReader {
 public:
  static constexpr const char* kRefused = "signals:refused";
  static constexpr const char* kConsumer = "engine";

  // `client` was not started; it and the others outlive the reader.
  SignalReader(SignalSettings settings, runtime::Executor& executor, RedisClient& client,
               telemetry::Catalog& metrics, runtime::Log& log);
  ~SignalReader();
  SignalReader(const SignalReader&) = delete;
  SignalReader& operator=(const SignalReader&) = delete;

 private:
  struct Stream {
    telemetry::label::SignalStream label;
    std::string name;
    std::map<EntryId, bool> held;  // pending; whether it is a signal
    std::map<EntryId, bool> seen;  // in the pass over what is pending that is under way
  };

  void begin();
  void create_group(std::size_t at);
  void claim(std::size_t at, const std::string& from);
  void end_pass(Stream& stream, const std::string& next);
  void read();
  void on_read(const Outcome& outcome);
  std::vector<std::string> streams_with_room() const;
  void take(Stream& stream, const StreamEntry& entry, std::map<EntryId, bool>& into);
  void refuse(Stream& stream, const StreamEntry& entry, const std::string& problem);
  void acknowledge(Stream& stream, EntryId id);
  void again(const std::string& what, const Failed& failed);
  void show(const Stream& stream) const;

  SignalSettings settings_;
  RedisClient& client_;
  telemetry::Catalog& metrics_;
  runtime::Log& log_;
  runtime::Executor& executor_;
  std::unique_ptr<runtime::Timer> timer_;
  std::array<Stream, 2> streams_;
  std::size_t page_;    // entries of one stream that are asked for at a time
  std::string warned_;  // of what it was warned last; empty once it works
  std::optional<base::Instant> look_again_at_;
  std::uint64_t life_ = 0;  // of the connection; answers of an earlier one change nothing
};

}  // namespace tickwitness::cache
