// The life of one connection to Redis, as a pure state machine: commands, bytes and time in, bytes
// and outcomes out. cache/redis_client.h does what the actions say.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/backoff.h"
#include "base/secret.h"
#include "cache/command.h"
#include "cache/redis_meter.h"
#include "cache/redis_url.h"

namespace tickwitness::cache {

struct RedisSettings {
  RedisAddress address;
  std::string user;              // empty: Redis's default user
  base::Secret password;         // empty: none is sent
  std::string client_name;       // as CLIENT LIST shows it: visible ASCII, no spaces; may be empty
  std::size_t queue_max = 1024;  // commands that wait or are under way
  std::size_t in_flight_max = 128;                      // of them sent and not answered
  base::Duration ping_every = std::chrono::seconds(5);  // zero: never
  base::Duration greeting_patience = std::chrono::seconds(5);
  base::BackoffSettings backoff{.max = std::chrono::seconds(15)};
  std::uint64_t seed = 0;  // of the backoff's jitter
};

// Not thread-safe. After each call the driver takes actions and outcomes, until there are none.
class RedisSession {
 public:
  struct Open {};
  struct Send {
    std::string bytes;
  };
  struct Close {};
  struct Report {  // for the log: a connection is there, or why it is not
    bool up = false;
    std::string why;
  };
  using Action = std::variant<Open, Send, Close, Report>;

  // A command with what became of it.
  struct Done {
    Command command;
    Outcome outcome;
  };

  // `meter` outlives the session.
  RedisSession(const RedisSettings& settings, RedisMeter& meter);
  ~RedisSession();
  RedisSession(const RedisSession&) = delete;
  RedisSession& operator=(const RedisSession&) = delete;

  void start(base::Now now);
  // Takes no more commands, gives those there are until `deadline`, then closes.
  void stop(base::Now now, base::Instant deadline);
  // When too many wait, the one that waited longest is dropped. While there is no connection
  // commands wait for it, with the patience they have.
  void submit(base::Now now, Command command);

  void on_open(base::Now now);
  void on_bytes(base::Now now, std::string_view bytes);
  void on_closed(base::Now now, std::string_view why);
  void on_time(base::Now now);

  std::vector<Action> take_actions();
  std::vector<Done> take_done();
  // When on_time() is to be called; nothing while it need not be.
  std::optional<base::Instant> wake_at() const;

  bool ready() const { return state_ == State::ready; }
  bool stopped() const { return state_ == State::stopped; }

 private:
  enum class State : std::uint8_t { idle, waiting, connecting, greeting, ready, closing, stopped };
  struct Waiting {
    Command command;
    base::Instant given, until;
    bool own = false;  // of the greeting, or a PING
  };

  void attempt();
  void greet(base::Now now);
  void tell(base::Now now, std::vector<std::string> words,
            void (RedisSession::*then)(base::Now, const Outcome&));
  void on_hello(base::Now now, const Outcome& outcome);
  void on_auth(base::Now now, const Outcome& outcome);
  void on_select(base::Now now, const Outcome& outcome);
  void on_ping(base::Now now, const Outcome& outcome);
  void select(base::Now now);
  void become_ready(base::Now now);
  void pump(base::Now now);
  void wait_for_rest(base::Now now);
  void send(Waiting waiting);
  void answer(base::Now now, Reply reply);
  void end_sent(base::Now now, Waiting sent, Outcome outcome);
  void drop(Waiting waiting, std::string_view why);
  void fail_connection(std::string why);
  void close_when_idle();

  RedisSettings settings_;
  RedisMeter& meter_;
  base::Backoff backoff_;
  State state_ = State::idle;
  std::deque<Waiting> waiting_, sent_;
  ReplyParser parser_;
  std::vector<Reply> replies_;  // reused
  std::vector<Action> actions_;
  std::vector<Done> done_;
  std::optional<base::Instant> attempt_at_, ready_at_, ping_at_, stop_at_;
  std::string why_;  // we closed the connection
};

}  // namespace tickwitness::cache
