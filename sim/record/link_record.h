// One link of the engine as the world saw it: attempts, connections, ends, and the circuit breaker
// that the documentation promises, driven by these and nothing else.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "base/time.h"
#include "runtime/message_channel.h"
#include "sim/record/promises.h"

namespace tickwitness::sim {

enum class ModelBreaker : std::uint8_t { closed, open, half_open };
std::string_view to_string(ModelBreaker state);

struct LinkRecord {
  std::uint64_t attempts = 0;
  std::uint64_t reconnect_attempts = 0;  // of these, after it had been open
  std::uint64_t opens = 0;
  std::map<runtime::CloseReason, std::uint64_t> ended;   // had been open
  std::map<runtime::CloseReason, std::uint64_t> failed;  // had not
  std::uint64_t acks = 0;
  std::uint64_t refusals = 0;  // "Exceeded msg rate" is one
  bool connecting = false;
  bool open = false;
  bool closing = false;   // the engine asked for the end; it is still to come
  bool accepted = false;  // a subscription, on this connection
  bool proven = false;    // this connection was healthy by promises that are no longer valid
  bool finished = false;  // ended, and need not be replaced
  bool retired = false;
  base::Instant changed{};  // of any of the above
  base::Instant opened{}, accepted_at{}, closing_at{};

  ModelBreaker breaker = ModelBreaker::closed;
  base::Instant breaker_changed{};
  base::Instant open_until{};  // no attempt before; since the last trip
  int failures = 0;            // in a row, since anything forgave them
  std::uint64_t trips = 0;
  std::uint64_t attempts_while_open = 0;  // must stay 0

  std::uint64_t reconnects() const { return opens == 0 ? 0 : opens - 1; }
  // Until when the engine attends to what the connection brings or fails to bring.
  base::Instant attends_until(base::Instant now) const { return closing ? closing_at : now; }
  // The connection has lasted so long that its end is no failure.
  bool healthy(base::Instant now, base::Duration healthy_after) const;

  void on_attempt(base::Instant now);
  void on_open(base::Instant now);
  void on_accepted(base::Instant now);  // a subscription, or data of one
  void on_closing(base::Instant now);
  void on_ended(base::Instant now, runtime::CloseReason reason, bool finishing,
                const Promises& promises);
  void on_retired(base::Instant now);
  // New ones come; `before` were valid until now.
  void on_promises(base::Instant now, const Promises& before);

 private:
  void set_breaker(ModelBreaker state, base::Instant now);
  void fail(base::Instant now, const Promises& promises);
};

}  // namespace tickwitness::sim
