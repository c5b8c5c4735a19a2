// What `check --online` asks of each configured exchange before anything is started: can its hosts
// be reached and believed, is it at work, does it have the pairs, how far apart are the clocks.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exchange/protocol.h"
#include "exchange/rest.h"
#include "net/reach.h"
#include "runtime/executor.h"
#include "runtime/http_requester.h"
#include "runtime/message_channel.h"

namespace tickwitness::app {

// One exchange.
struct OnlineTarget {
  std::string name;
  runtime::Endpoint stream;
  std::optional<runtime::Endpoint> rest;  // absent: not configured
  std::shared_ptr<exchange::Protocol> protocol;
  std::shared_ptr<exchange::RestProtocol> rest_protocol;
  std::vector<market::Symbol> pairs;  // each once
};

struct OnlineStep {
  enum class State : std::uint8_t {
    ok,
    failed,
    skipped  // not tried, or the exchange does not tell
  };
  std::string exchange;  // or "storage", "redis"
  std::string part;      // "rest", "stream"; of storage "disk", "database"; of Redis "server"
  std::string step;  // "resolve", "connect", "tls", "time", "status", "pairs", "upgrade", "frame"
  State state = State::ok;
  std::optional<base::Duration> took;  // absent: nothing was tried
  std::string detail;                  // one line for a person
};
std::string_view to_string(OnlineStep::State state);
// The steps "resolve", "connect" and "tls" of the way to a host, without exchange and part.
std::vector<OnlineStep> reach_steps(const net::Reached& reached, const runtime::Endpoint& endpoint);

// One exchange after the other, one step after the other, each at most kStepMax long; what cannot
// be tried because of a step before is skipped. On its executor's thread.
class OnlineCheck {
 public:
  static constexpr base::Duration kStepMax = std::chrono::seconds(10);
  // A clock that is off by more than this, beyond what the question itself leaves uncertain, fails.
  static constexpr base::Duration kClockOff = std::chrono::seconds(1);

  struct Parts {  // all outlive the check
    runtime::Executor& executor;
    runtime::HttpRequester& requester;  // gives up by itself within kStepMax
    runtime::MessageChannelFactory& channels;
    // Tries the way to a host, within kStepMax; calls back once, later.
    std::function<void(const runtime::Endpoint&, std::function<void(net::Reached)>)> reach;
  };
  // `on_step` is called after each step, `on_done` once, after the last.
  OnlineCheck(Parts parts, std::vector<OnlineTarget> targets,
              std::function<void(const OnlineStep&)> on_step, std::function<void()> on_done);
  OnlineCheck(const OnlineCheck&) = delete;
  OnlineCheck& operator=(const OnlineCheck&) = delete;

  void start();

 private:
  using State = OnlineStep::State;
  using Task = void (OnlineCheck::*)();
  using OnAnswer = std::function<void(base::Now sent, base::Now received,
                                      const exchange::RestAnswer* answer, std::string_view error)>;

  void next();
  void say(std::string_view step, State state, std::optional<base::Duration> took,
           std::string detail);
  bool skips(std::string_view step);
  void reach_rest();
  void reach_stream();
  void reach(const runtime::Endpoint& endpoint, bool& reachable);
  void ask(const exchange::RestRequest& request, OnAnswer on_answer);
  void time();
  void status();
  void pairs();
  void all_pairs(base::Duration took);
  void judge_pairs(const exchange::InstrumentList& list, base::Duration took);
  void open();
  void await_frame();
  void on_closed(base::Now now, const runtime::Closed& closed);
  void end_stream();

  Parts parts_;
  std::deque<OnlineTarget> targets_;  // the first is under way
  std::function<void(const OnlineStep&)> on_step_;
  std::function<void()> on_done_;
  std::deque<Task> tasks_;
  std::string_view part_;
  bool rest_reachable_ = false, stream_reachable_ = false;
  base::Instant began_{};  // the step of the stream
  bool upgraded_ = false, heard_ = false;
  std::unique_ptr<runtime::MessageChannel> channel_;
  std::unique_ptr<runtime::Timer> timer_;
  exchange::Frame frame_;
};

}  // namespace tickwitness::app
