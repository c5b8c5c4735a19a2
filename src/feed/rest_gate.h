// Which request to a venue's REST interface goes out, and when, as a pure decision: wishes, answers
// and time in, actions out. The driver (feed/rest_client) does what the actions say.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "exchange/rest.h"

namespace tickwitness::feed {

// What waits is sent in this order, the last first: a doubt about a live subscription cannot wait
// for the past.
enum class RestPriority : std::uint8_t { backfill, witness };

struct RestGateSettings {
  // Sustained distance of requests for trades of one market, and of all that are not for trades.
  base::Duration interval = std::chrono::seconds(1);
  std::uint32_t burst = 3;  // so many at once after a rest, ≥ 1
  // The same for all requests together.
  base::Duration venue_interval = std::chrono::milliseconds(250);
  std::uint32_t venue_burst = 10;
  std::uint32_t weight_per_minute = 0;  // what the venue allows an address; 0: it counts none
  std::uint32_t weight_percent = 50;    // our share of it: others may use the address
  std::size_t in_flight_max = 2;
  std::size_t waiting_max = 256;  // what comes then is refused
  base::Duration wait_max = std::chrono::seconds(60);
  base::Duration answer_within = std::chrono::seconds(15);
  base::Duration pause_first = std::chrono::seconds(5);  // after "too many requests", doubling
  base::Duration pause_max = std::chrono::seconds(60);
  base::Duration ban_pause = std::chrono::minutes(10);  // after a ban or a refusal of the edge
};

// As the venue's documentation and its users' experience ask for.
RestGateSettings rest_settings(market::Venue venue);

namespace rest_action {
struct Start {
  std::uint64_t id;
  exchange::RestRequest request;
};
// No longer waited for; its answer, should one come, is of no use.
struct GiveUp {
  std::uint64_t id;
  exchange::RestFailure failure;
  bool was_sent;
};
}  // namespace rest_action
using RestAction = std::variant<rest_action::Start, rest_action::GiveUp>;

// Not thread-safe. After each call the driver runs on_time, and again by deadline().
class RestGate {
 public:
  explicit RestGate(const RestGateSettings& settings) : settings_(settings) {}

  // The request's number, never 0; absent: too many are waiting already.
  std::optional<std::uint64_t> ask(base::Instant now, exchange::RestRequest request,
                                   RestPriority priority);
  // How a started request ended. `used_weight`: what the venue says this address has used in its
  // present minute. Numbers that are not under way are ignored.
  void on_done(base::Instant now, std::uint64_t id,
               const std::optional<exchange::RestFailure>& failure,
               std::optional<std::uint64_t> used_weight);
  void on_time(base::Instant now, std::vector<RestAction>& out);
  std::optional<base::Instant> deadline() const;

  // As the venue says of itself; settings are only a beginning.
  void set_weight_per_minute(std::uint32_t weight) { settings_.weight_per_minute = weight; }

  // What is left of what may be asked at once, 0 to 1; 0 during a pause.
  double allowance(base::Instant now) const;
  std::size_t waiting() const { return waiting_.size(); }
  std::size_t in_flight() const { return in_flight_.size(); }

 private:
  struct Waiting {
    std::uint64_t id;
    RestPriority priority;
    base::Instant since;
    exchange::RestRequest request;
  };
  struct InFlight {
    std::uint64_t id;
    base::Instant answer_by;
  };
  struct Spent {
    base::Instant until;
    std::uint64_t weight;
  };
  // Allows `burst` at once and one each interval: holds the moment at which all would be repaid.
  struct Pace {
    base::Instant repaid = base::Instant::min();
    base::Instant earliest(base::Duration interval, std::uint32_t burst) const;
    void take(base::Instant now, base::Duration interval);
    double left(base::Instant now, base::Duration interval, std::uint32_t burst) const;
  };

  Pace& own_pace(const exchange::RestRequest& request);
  base::Instant earliest(const Waiting& waiting) const;
  base::Instant weight_allows(std::uint32_t weight) const;
  std::uint64_t weight_budget() const;
  std::uint64_t weight_used(base::Instant now) const;
  void start(base::Instant now, std::size_t index, std::vector<RestAction>& out);
  void forget(base::Instant now);
  void pause(base::Instant now, const exchange::RestFailure& failure);
  exchange::RestFailure waited_in_vain(base::Instant now) const;

  RestGateSettings settings_;
  std::vector<Waiting> waiting_;  // in the order in which they are to be sent
  std::vector<InFlight> in_flight_;
  std::uint64_t next_id_ = 1;
  Pace venue_pace_, general_pace_;
  std::map<market::Symbol, Pace> trades_pace_;  // of markets asked for lately
  std::deque<Spent> spent_;                     // of ours, by time
  Spent foreign_{};                             // what others use of the same address
  base::Instant paused_until_ = base::Instant::min();
  std::uint32_t pauses_ = 0;  // in a row
  std::string pause_why_;
  exchange::RestProblem pause_problem_ = exchange::RestProblem::rate_limited;
};

}  // namespace tickwitness::feed
