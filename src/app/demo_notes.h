// What happened at the two ends of the demo's wire, handed over from the threads on which it
// happened to the one that judges.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "runtime/message_channel.h"
#include "sim/exchange/parcel.h"
#include "sim/exchange/subscribers.h"
#include "sim/world/event_hash.h"

namespace tickwitness::app {

// What tells a message from every other.
struct MessagePrint {
  std::uint64_t hash = 0;
  std::size_t bytes = 0;
  static MessagePrint of(std::string_view text) {
    sim::EventHash hash;
    hash.add(text);
    return {hash.value(), text.size()};
  }
  friend bool operator==(const MessagePrint&, const MessagePrint&) = default;
};

// The exchange hands a message to a socket. Its connections begin with a message that bears an
// identity of its own.
struct ShippedNote {
  sim::ConnectionId connection = 0;
  base::Instant at{};
  MessagePrint print;
  sim::Parcel parcel;
};

// The exchange answers over REST with these trades of a pair (index into Settings::pairs).
struct RestNote {
  std::size_t pair = 0;
  std::vector<std::uint64_t> trades;
};

// By the clocks of the engine's executor.
struct EngineNote {
  // `dropped`: the engine has no use for the link any more, after its end or without one.
  enum class What : std::uint8_t {
    attempt,
    open,
    sent,
    delivered,
    closing,
    ended,
    dropped,
    finishing
  };
  What what = What::attempt;
  std::uint64_t link = 0;  // as sim::Ledger numbers them; finishing is about all
  base::Now now;
  std::string text;                                           // sent only
  MessagePrint print;                                         // delivered only
  runtime::CloseReason reason = runtime::CloseReason::local;  // ended only
};

// Thread-safe. What was shipped before it was delivered is never taken after it.
class DemoNotes {
 public:
  struct Batch {
    std::vector<ShippedNote> shipped;
    std::vector<RestNote> answered;
    std::vector<EngineNote> engine;  // in their order
    bool healed = false;
  };

  void add(const ShippedNote& note) {
    const std::scoped_lock lock(mutex_);
    batch_.shipped.push_back(note);
  }
  void add(EngineNote note) {
    const std::scoped_lock lock(mutex_);
    batch_.engine.push_back(std::move(note));
  }
  void add(RestNote note) {
    const std::scoped_lock lock(mutex_);
    batch_.answered.push_back(std::move(note));
  }
  // The exchange commits no fault any more.
  void add_healed() {
    const std::scoped_lock lock(mutex_);
    batch_.healed = true;
  }
  // To be called ten times a second: nothing else bounds what waits.
  Batch take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(batch_, {});
  }

 private:
  std::mutex mutex_;
  Batch batch_;
};

}  // namespace tickwitness::app
