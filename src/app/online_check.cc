#include "app/online_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "config/nearest.h"

namespace tickwitness::app {
namespace {

using exchange::RestAnswer;
using exchange::RestProblem;

constexpr std::size_t kNamesMax = 5;

std::string host_of(const runtime::Endpoint& endpoint) {
  return fmt::format("{}:{}", endpoint.host, endpoint.port);
}

// What can be known from one question: the exchange's stamp was made between sending and receiving,
// and may be cut to its resolution.
struct Clock {
  base::Duration offset;  // of this machine's clock: negative when it is behind
  base::Duration uncertainty;

  base::Duration beyond() const {
    return (offset < base::Duration::zero() ? -offset : offset) - uncertainty;
  }
  std::string text() const {
    const bool agrees = beyond() <= base::Duration::zero();
    const std::string_view how = agrees                            ? "agrees with"
                                 : offset < base::Duration::zero() ? "is behind"
                                                                   : "is ahead of";
    return fmt::format("this machine's clock {} the exchange's: {:+.3f} s, ± {:.3f} s", how,
                       base::seconds(offset), base::seconds(uncertainty));
  }
};
Clock clock_of(base::Now sent, base::Now received, const exchange::VenueTime& time) {
  const base::Duration round_trip = received.mono - sent.mono;
  const base::WallTime middle = sent.wall + round_trip / 2;
  return {.offset = middle - time.time - time.resolution / 2,
          .uncertainty = round_trip / 2 + time.resolution / 2};
}

}  // namespace

std::string_view to_string(OnlineStep::State state) {
  switch (state) {
    case OnlineStep::State::ok:
      return "ok";
    case OnlineStep::State::failed:
      return "failed";
    case OnlineStep::State::skipped:
      return "skipped";
  }
  return "?";
}

OnlineCheck::OnlineCheck(Parts parts, std::vector<OnlineTarget> targets,
                         std::function<void(const OnlineStep&)> on_step,
                         std::function<void()> on_done)
    : parts_(std::move(parts)),
      targets_(std::make_move_iterator(targets.begin()), std::make_move_iterator(targets.end())),
      on_step_(std::move(on_step)),
      on_done_(std::move(on_done)),
      timer_(parts_.executor.make_timer()) {}

void OnlineCheck::start() {
  if (targets_.empty()) return on_done_();
  tasks_ = {&OnlineCheck::reach_rest, &OnlineCheck::time,         &OnlineCheck::status,
            &OnlineCheck::pairs,      &OnlineCheck::reach_stream, &OnlineCheck::open};
  next();
}

// In a turn of its own: no step runs inside another's callback.
void OnlineCheck::next() {
  parts_.executor.post([this] {
    if (tasks_.empty()) {
      targets_.pop_front();
      return start();
    }
    const Task task = tasks_.front();
    tasks_.pop_front();
    (this->*task)();
  });
}

std::vector<OnlineStep> reach_steps(const net::Reached& reached,
                                    const runtime::Endpoint& endpoint) {
  using State = OnlineStep::State;
  struct Stage {
    const char* name;
    std::optional<base::Instant> ended;
    std::string good;
  };
  std::vector<Stage> stages = {{"resolve", reached.resolved, endpoint.host},
                               {"connect", reached.connected, host_of(endpoint)}};
  if (endpoint.tls) stages.push_back({"tls", reached.secured, "its certificate is right"});
  std::vector<OnlineStep> steps;
  base::Instant from = reached.started;
  bool ended = false;
  for (Stage& stage : stages) {
    OnlineStep& step = steps.emplace_back();
    step.step = stage.name;
    if (ended) {
      step.state = State::skipped;
      step.detail = "its host is not reached";
    } else if (stage.ended) {
      step.took = *stage.ended - from;
      step.detail = std::move(stage.good);
      from = *stage.ended;
    } else {
      ended = true;
      step.state = State::failed;
      step.took = reached.ended - from;
      step.detail = reached.failure->detail;
    }
  }
  if (!endpoint.tls) {
    steps.push_back({.step = "tls",
                     .state = State::skipped,
                     .detail = "the address asks for none: anybody can read along"});
  }
  return steps;
}

void OnlineCheck::say(std::string_view step, State state, std::optional<base::Duration> took,
                      std::string detail) {
  on_step_({.exchange = targets_.front().name,
            .part = std::string(part_),
            .step = std::string(step),
            .state = state,
            .took = took,
            .detail = std::move(detail)});
}

bool OnlineCheck::skips(std::string_view step) {
  if (rest_reachable_) return false;
  say(step, State::skipped, std::nullopt, "its host is not reached");
  next();
  return true;
}

void OnlineCheck::reach_rest() {
  part_ = "rest";
  if (targets_.front().rest) return reach(*targets_.front().rest, rest_reachable_);
  rest_reachable_ = false;
  say("resolve", State::skipped, std::nullopt,
      "no rest_url is configured: gaps are not filled and silences not checked");
  tasks_.erase(tasks_.begin(), tasks_.begin() + 3);
  next();
}

void OnlineCheck::reach_stream() {
  part_ = "stream";
  reach(targets_.front().stream, stream_reachable_);
}

void OnlineCheck::reach(const runtime::Endpoint& endpoint, bool& reachable) {
  reachable = false;
  parts_.reach(endpoint, [this, endpoint, &reachable](const net::Reached& reached) {
    reachable = !reached.failure;
    for (OnlineStep& step : reach_steps(reached, endpoint))
      say(step.step, step.state, step.took, std::move(step.detail));
    next();
  });
}

void OnlineCheck::ask(const exchange::RestRequest& request, OnAnswer on_answer) {
  const base::Now sent = parts_.executor.clock().now();
  parts_.requester.get(*targets_.front().rest, request.target,
                       [sent, on_answer = std::move(on_answer)](
                           base::Now received, base::Result<runtime::HttpReply> reply) {
                         if (!reply)
                           return on_answer(sent, received, nullptr, reply.error().message);
                         const RestAnswer answer{.status = reply->status,
                                                 .body = reply->body,
                                                 .retry_after = reply->retry_after};
                         on_answer(sent, received, &answer, {});
                       });
}

void OnlineCheck::time() {
  if (skips("time")) return;
  const auto& protocol = targets_.front().rest_protocol;
  ask(protocol->request_time(), [this, protocol](base::Now sent, base::Now received,
                                                 const RestAnswer* answer, std::string_view error) {
    const base::Duration took = received.mono - sent.mono;
    const auto time = answer != nullptr
                          ? protocol->read_time(*answer)
                          : std::unexpected(exchange::RestFailure{.problem = RestProblem::network,
                                                                  .detail = std::string(error),
                                                                  .retry_after = {}});
    if (!time) {
      say("time", State::failed, took, time.error().detail);
      return next();
    }
    const Clock clock = clock_of(sent, received, *time);
    const bool wrong = clock.beyond() > kClockOff;
    say("time", wrong ? State::failed : State::ok, took,
        clock.text() + (wrong ? "; set it, by NTP for instance" : ""));
    next();
  });
}

void OnlineCheck::status() {
  if (skips("status")) return;
  const auto& protocol = targets_.front().rest_protocol;
  ask(protocol->request_status(),
      [this, protocol](base::Now sent, base::Now received, const RestAnswer* answer,
                       std::string_view error) {
        const base::Duration took = received.mono - sent.mono;
        if (answer == nullptr) {
          say("status", State::failed, took, std::string(error));
          return next();
        }
        const auto state = protocol->read_status(*answer);
        if (state) {
          const bool online = state->status == exchange::VenueStatus::online;
          say("status", online ? State::ok : State::failed, took,
              fmt::format("the exchange says: {}", state->text));
        } else {
          // Addresses of market data alone do not tell.
          const RestProblem problem = state.error().problem;
          const bool untold = problem == RestProblem::refused || problem == RestProblem::malformed;
          say("status", untold ? State::skipped : State::failed, took, state.error().detail);
        }
        next();
      });
}

void OnlineCheck::pairs() {
  if (skips("pairs")) return;
  const auto& protocol = targets_.front().rest_protocol;
  ask(protocol->request_instruments(targets_.front().pairs),
      [this, protocol](base::Now sent, base::Now received, const RestAnswer* answer,
                       std::string_view error) {
        const base::Duration took = received.mono - sent.mono;
        if (answer == nullptr) {
          say("pairs", State::failed, took, std::string(error));
          return next();
        }
        const auto list = protocol->read_instruments(*answer);
        if (list) return judge_pairs(*list, took);
        // One that there is not spoils the answer for all: which one it is, all that there are
        // tell.
        if (list.error().problem == RestProblem::unknown_symbol) return all_pairs(took);
        say("pairs", State::failed, took, list.error().detail);
        next();
      });
}

void OnlineCheck::all_pairs(base::Duration took) {
  const auto& protocol = targets_.front().rest_protocol;
  ask(protocol->request_instruments({}),
      [this, protocol, took](base::Now sent, base::Now received, const RestAnswer* answer,
                             std::string_view error) {
        const base::Duration both = took + (received.mono - sent.mono);
        if (answer != nullptr) {
          const auto list = protocol->read_instruments(*answer);
          if (list) return judge_pairs(*list, both);
          say("pairs", State::failed, both,
              "at least one of them is unknown; which one is not told: " + list.error().detail);
        } else {
          say("pairs", State::failed, both,
              fmt::format("at least one of them is unknown; which one is not told: {}", error));
        }
        next();
      });
}

void OnlineCheck::judge_pairs(const exchange::InstrumentList& list, base::Duration took) {
  std::vector<std::string_view> names;
  names.reserve(list.instruments.size());
  for (const auto& one : list.instruments) names.push_back(one.symbol.str());
  std::string unknown;
  std::size_t count = 0;
  for (const market::Symbol& pair : targets_.front().pairs) {
    if (std::ranges::find(names, pair.str()) != names.end()) continue;
    if (++count > kNamesMax) continue;
    const std::string_view near = config::nearest(pair.str(), names);
    unknown += fmt::format("{}{}{}", unknown.empty() ? "" : ", ", pair.str(),
                           near.empty() ? "" : fmt::format(" (did you mean {}?)", near));
  }
  if (count > kNamesMax) unknown += fmt::format(" and {} more", count - kNamesMax);
  if (count == 0) {
    say("pairs", State::ok, took,
        fmt::format("{} configured, the exchange has them", targets_.front().pairs.size()));
  } else {
    say("pairs", State::failed, took, "the exchange has no " + unknown);
  }
  next();
}

void OnlineCheck::open() {
  if (!stream_reachable_) {
    for (const auto* step : {"upgrade", "frame"}) {
      say(step, State::skipped, std::nullopt, "its host is not reached");
    }
    return next();
  }
  began_ = parts_.executor.clock().now().mono;
  upgraded_ = heard_ = false;
  channel_ = parts_.channels.make({.connect_timeout = kStepMax});
  channel_->open(
      targets_.front().stream,
      {.on_open = [this](base::Now) { await_frame(); },
       .on_message =
           [this](base::Now received, std::string_view text) {
             if (std::exchange(heard_, true)) return;
             targets_.front().protocol->decode(text, frame_);
             const bool good = frame_.kind != exchange::FrameKind::malformed;
             say("frame", good ? State::ok : State::failed,
                 std::max(base::Duration::zero(), received.mono - began_),
                 good
                     ? fmt::format("the first frame is understood: {}", to_string(frame_.kind))
                     : "the first frame is none of this exchange's: " + exchange::plain_text(text));
             end_stream();
           },
       .on_closed = [this](base::Now now,
                           const runtime::Closed& closed) { on_closed(now, closed); }});
}

void OnlineCheck::await_frame() {
  const base::Instant now = parts_.executor.clock().now().mono;
  say("upgrade", State::ok, now - began_, targets_.front().stream.path);
  upgraded_ = true;
  began_ = now;
  channel_->send(targets_.front().protocol->ping(1));  // some say nothing unless asked
  timer_->arm(now + kStepMax, [this] {
    heard_ = true;
    say("frame", State::failed, kStepMax, "no frame came");
    end_stream();
  });
}

void OnlineCheck::on_closed(base::Now now, const runtime::Closed& closed) {
  if (!upgraded_) {
    std::string why = closed.detail;
    if (closed.http_status != 0) {
      // In the words of the exchange's REST interface: it knows what each status means there.
      const auto failure =
          targets_.front().rest_protocol->read_time({.status = closed.http_status, .body = {}});
      if (!failure) why = failure.error().detail;
    }
    say("upgrade", State::failed, now.mono - began_, std::move(why));
    say("frame", State::skipped, std::nullopt, "there is no connection");
  } else if (!heard_) {
    say("frame", State::failed, now.mono - began_,
        fmt::format("the connection ended before one came ({}{}{})", to_string(closed.reason),
                    closed.detail.empty() ? "" : ": ", closed.detail));
  }
  timer_->cancel();
  next();
}

void OnlineCheck::end_stream() {
  timer_->cancel();
  channel_->close();
}

}  // namespace tickwitness::app
