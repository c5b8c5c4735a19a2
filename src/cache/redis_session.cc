#include "cache/redis_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tickwitness::cache {
namespace {

// A connection that lasted so long was good: the next attempt is a first one.
constexpr base::Duration kGoodAfter = std::chrono::seconds(10);
// From a command to the end of its answer, where the answer has begun in time and goes on.
constexpr base::Duration kAnswerMax = std::chrono::seconds(60);

// Of an error, without what it quotes of the command: that may have been a password.
std::string one_line(std::string_view text) {
  constexpr std::size_t kMax = 200;
  text = text.substr(0, text.find(", with args beginning with"));
  return std::string(text.substr(0, kMax));
}

// What Redis says to a HELLO that it does not know, older ones and some that stand in for it.
bool knows_no_hello(const Failed& failed) {
  return failed.detail.find("NOPROTO") != std::string::npos ||
         failed.detail.find("unknown command") != std::string::npos;
}

}  // namespace

RedisSession::RedisSession(const RedisSettings& settings, RedisMeter& meter)
    : settings_(settings), meter_(meter), backoff_(settings.backoff, base::Prng(settings.seed)) {}

RedisSession::~RedisSession() {
  meter_.depth(-static_cast<std::ptrdiff_t>(waiting_.size() + sent_.size()));
}

void RedisSession::start(base::Now) {
  if (state_ == State::idle) attempt();
}

void RedisSession::attempt() {
  attempt_at_.reset();
  why_.clear();
  parser_ = ReplyParser();
  state_ = State::connecting;
  actions_.emplace_back(Open{});
}

void RedisSession::stop(base::Now now, base::Instant deadline) {
  stop_at_ = deadline;
  if (state_ == State::idle || state_ == State::waiting) {
    state_ = State::stopped;
    while (!waiting_.empty()) {
      drop(std::move(waiting_.front()), "there was no connection at the end");
      waiting_.pop_front();
    }
  }
  on_time(now);
}

void RedisSession::submit(base::Now now, Command command) {
  Waiting waiting{.command = std::move(command), .given = now.mono, .until = {}};
  waiting.until = now.mono + waiting.command.patience;
  meter_.depth(1);
  if (stop_at_ || state_ == State::stopped) return drop(std::move(waiting), "it is being stopped");
  if (waiting_.size() + sent_.size() >= settings_.queue_max) {
    if (waiting_.empty()) return drop(std::move(waiting), "too many are under way");
    drop(std::exchange(waiting_.front(), {}), "too many wait");
    waiting_.pop_front();
  }
  waiting_.push_back(std::move(waiting));
  pump(now);
}

void RedisSession::on_open(base::Now now) {
  state_ = State::greeting;
  greet(now);
}

void RedisSession::greet(base::Now now) {
  std::vector<std::string> words{"HELLO", "3"};
  if (!settings_.password.empty()) {
    words.insert(words.end(), {"AUTH", settings_.user.empty() ? "default" : settings_.user,
                               settings_.password.reveal()});
  }
  if (!settings_.client_name.empty()) words.insert(words.end(), {"SETNAME", settings_.client_name});
  tell(now, std::move(words), &RedisSession::on_hello);
}

void RedisSession::tell(base::Now now, std::vector<std::string> words,
                        void (RedisSession::*then)(base::Now, const Outcome&)) {
  Command command{
      .words = std::move(words),
      .on_outcome = [this, then](base::Now at,
                                 const Outcome& outcome) { (this->*then)(at, outcome); },
      .patience = settings_.greeting_patience};
  meter_.depth(1);
  send({.command = std::move(command),
        .given = now.mono,
        .until = now.mono + settings_.greeting_patience,
        .own = true});
}

void RedisSession::on_hello(base::Now now, const Outcome& outcome) {
  if (outcome) return select(now);
  if (!knows_no_hello(outcome.error()))
    return fail_connection(fmt::format("greeting: {}", outcome.error().detail));
  if (settings_.password.empty()) return select(now);
  std::vector<std::string> words{"AUTH"};
  if (!settings_.user.empty()) words.push_back(settings_.user);
  words.push_back(settings_.password.reveal());
  tell(now, std::move(words), &RedisSession::on_auth);
}

void RedisSession::on_auth(base::Now now, const Outcome& outcome) {
  if (outcome) return select(now);
  fail_connection(fmt::format("password: {}", outcome.error().detail));
}

void RedisSession::select(base::Now now) {
  if (settings_.address.database == 0) return become_ready(now);
  tell(now, {"SELECT", std::to_string(settings_.address.database)}, &RedisSession::on_select);
}

void RedisSession::on_select(base::Now now, const Outcome& outcome) {
  if (outcome) return become_ready(now);
  fail_connection(
      fmt::format("database {}: {}", settings_.address.database, outcome.error().detail));
}

void RedisSession::become_ready(base::Now now) {
  state_ = State::ready;
  ready_at_ = now.mono;
  actions_.emplace_back(Report{.up = true, .why = {}});
  if (settings_.ping_every > base::Duration::zero()) ping_at_ = now.mono;
  on_time(now);
  pump(now);
}

void RedisSession::on_ping(base::Now, const Outcome& outcome) {
  meter_.pinged(outcome.has_value());
}

void RedisSession::pump(base::Now now) {
  if (state_ != State::ready) return;
  while (!waiting_.empty() && sent_.size() < settings_.in_flight_max) {
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    next.given = now.mono;
    send(std::move(next));
  }
}

void RedisSession::send(Waiting waiting) {
  if (actions_.empty() || !std::holds_alternative<Send>(actions_.back()))
    actions_.emplace_back(Send{});
  append_command(std::get<Send>(actions_.back()).bytes, waiting.command.words);
  sent_.push_back(std::move(waiting));
}

void RedisSession::on_bytes(base::Now now, std::string_view bytes) {
  if (state_ != State::greeting && state_ != State::ready) return;
  replies_.clear();
  const bool in_reply = parser_.in_reply();
  const auto fed = parser_.feed(bytes, replies_);
  if (in_reply || parser_.in_reply()) wait_for_rest(now);
  for (Reply& reply : replies_) {
    if (state_ == State::closing) return;
    if (!reply.is(Reply::Kind::push)) answer(now, std::move(reply));
  }
  if (!fed) return fail_connection(fed.error().message);
  pump(now);
  close_when_idle();
}

// An answer that is on its way is not late, nor are those behind it: a large one would never come
// over a slow line.
void RedisSession::wait_for_rest(base::Now now) {
  for (Waiting& sent : sent_) {
    const base::Instant rest = std::min(now.mono + sent.command.patience, sent.given + kAnswerMax);
    sent.until = std::max(sent.until, rest);
  }
}

void RedisSession::answer(base::Now now, Reply reply) {
  if (sent_.empty()) return fail_connection("a reply that nobody asked for");
  Waiting sent = std::move(sent_.front());
  sent_.pop_front();
  if (!reply.is(Reply::Kind::error)) return end_sent(now, std::move(sent), std::move(reply));
  end_sent(now, std::move(sent),
           std::unexpected(Failed{.why = failure_of(reply.text), .detail = one_line(reply.text)}));
}

void RedisSession::end_sent(base::Now now, Waiting sent, Outcome outcome) {
  meter_.depth(-1);
  meter_.ended(sent.command, now.mono - sent.given, outcome);
  // What our own lead to is part of them; the others' outcomes are the driver's to tell.
  if (sent.own) return sent.command.on_outcome(now, outcome);
  done_.push_back({.command = std::move(sent.command), .outcome = std::move(outcome)});
}

void RedisSession::drop(Waiting waiting, std::string_view why) {
  meter_.depth(-1);
  meter_.dropped();
  done_.push_back({.command = std::move(waiting.command),
                   .outcome = std::unexpected(Failed{.why = Failure::dropped,
                                                     .detail = fmt::format("not sent: {}", why)})});
}

void RedisSession::fail_connection(std::string why) {
  if (state_ == State::closing) return;
  state_ = State::closing;
  why_ = std::move(why);
  actions_.emplace_back(Close{});
}

void RedisSession::on_closed(base::Now now, std::string_view why) {
  const std::string reason = why_.empty() ? std::string(why) : why_;
  const bool asked = stop_at_ && why_.empty() && state_ == State::closing;
  state_ = State::closing;  // what fails now fails with its connection
  while (!sent_.empty()) {
    Waiting sent = std::move(sent_.front());
    sent_.pop_front();
    if (sent.own) sent.command.on_outcome = [](base::Now, const Outcome&) {};
    end_sent(now, std::move(sent),
             std::unexpected(Failed{.why = Failure::lost, .detail = one_line(reason)}));
  }
  ping_at_.reset();
  if (ready_at_ && now.mono - *ready_at_ >= kGoodAfter) backoff_.reset();
  ready_at_.reset();
  if (!asked) {
    meter_.connection_error();
    actions_.emplace_back(Report{.up = false, .why = reason});
  }
  if (settings_.ping_every > base::Duration::zero()) meter_.pinged(false);
  if (stop_at_) {
    state_ = State::stopped;
    while (!waiting_.empty()) {
      drop(std::exchange(waiting_.front(), {}), "the connection ended");
      waiting_.pop_front();
    }
    return;
  }
  state_ = State::waiting;
  attempt_at_ = now.mono + backoff_.next();
}

void RedisSession::on_time(base::Now now) {
  const auto over = [&](const Waiting& waiting) { return waiting.until <= now.mono; };
  for (auto late = std::ranges::find_if(waiting_, over); late != waiting_.end();
       late = std::ranges::find_if(waiting_, over)) {
    drop(std::move(*late), "there was no connection in time");
    waiting_.erase(late);
  }
  const bool open = state_ == State::greeting || state_ == State::ready;
  if (const auto late = std::ranges::find_if(sent_, over); open && late != sent_.end()) {
    Waiting slow = std::move(*late);
    sent_.erase(late);
    const std::string why = fmt::format("no answer to {} in time", slow.command.words.front());
    fail_connection(why);
    if (slow.own) slow.command.on_outcome = [](base::Now, const Outcome&) {};
    end_sent(now, std::move(slow), std::unexpected(Failed{.why = Failure::timeout, .detail = why}));
  }
  if (state_ == State::waiting && attempt_at_ && *attempt_at_ <= now.mono) attempt();
  if (state_ == State::ready && ping_at_ && *ping_at_ <= now.mono) {
    ping_at_ = now.mono + settings_.ping_every;
    tell(now, {"PING"}, &RedisSession::on_ping);
  }
  close_when_idle();
  if (stop_at_ && *stop_at_ <= now.mono && state_ != State::stopped && state_ != State::closing) {
    state_ = State::closing;
    actions_.emplace_back(Close{});
  }
}

void RedisSession::close_when_idle() {
  if (!stop_at_ || state_ != State::ready || !waiting_.empty() || !sent_.empty()) return;
  state_ = State::closing;
  actions_.emplace_back(Close{});
}

std::vector<RedisSession::Action> RedisSession::take_actions() {
  return std::exchange(actions_, {});
}

std::vector<RedisSession::Done> RedisSession::take_done() {
  return std::exchange(done_, {});
}

std::optional<base::Instant> RedisSession::wake_at() const {
  std::optional<base::Instant> at;
  const auto sooner = [&](std::optional<base::Instant> other) {
    if (other && (!at || *other < *at)) at = other;
  };
  if (state_ == State::stopped) return at;
  for (const Waiting& waiting : waiting_) sooner(waiting.until);
  if (state_ == State::greeting || state_ == State::ready) {
    for (const Waiting& sent : sent_) sooner(sent.until);
    sooner(ping_at_);
    sooner(stop_at_);
  }
  if (state_ == State::waiting) sooner(attempt_at_);
  if (state_ == State::connecting) sooner(stop_at_);
  return at;
}

}  // namespace tickwitness::cache
