// A session by hand: time that only tests move, and a protocol of plain words. For its tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "feed/session.h"

namespace tickwitness::feed::session_test {

using namespace std::chrono_literals;
using exchange::Channel;
using exchange::Subscription;

// Requests are "sub <id>:<n>", "unsub …", "ping <id>"; frames are made by the tests.
class FakeProtocol final : public exchange::Protocol {
 public:
  void decode(std::string_view, exchange::Frame&) override {}
  std::vector<exchange::Request> subscribe(std::span<const Subscription> wanted,
                                           std::uint64_t next_id) override {
    return make("sub", wanted, next_id);
  }
  std::vector<exchange::Request> unsubscribe(std::span<const Subscription> wanted,
                                             std::uint64_t next_id) override {
    return make("unsub", wanted, next_id);
  }
  std::string ping(std::uint64_t id) override { return "ping " + std::to_string(id); }
  std::vector<std::size_t> assign_connections(std::span<const Subscription> wanted) const override {
    return std::vector<std::size_t>(wanted.size(), 0);
  }
  exchange::BookSync book_sync() const override { return exchange::BookSync::checksum; }
  std::size_t book_depth() const override { return 10; }
  std::optional<std::uint32_t> checksum_of(const market::OrderBook&,
                                           market::Precision) const override {
    return std::nullopt;
  }

 private:
  static std::vector<exchange::Request> make(std::string verb, std::span<const Subscription> wanted,
                                             std::uint64_t id) {
    std::vector<exchange::Request> requests;
    for (const auto& subscription : wanted) {
      requests.push_back({.text = verb + " " + std::to_string(id) + ":" +
                                  std::string(to_string(subscription.channel)),
                          .id = id,
                          .subscriptions = {subscription}});
      ++id;
    }
    return requests;
  }
};

inline const market::Symbol kBtc = *market::Symbol::parse("BTC-USD");
inline const Subscription kTrade{.channel = Channel::trade, .symbol = kBtc};
inline const Subscription kSpread{.channel = Channel::spread, .symbol = kBtc};

struct World {
  FakeProtocol protocol;
  AttemptBudget budget{60, 600s};
  SessionSettings settings;
  base::Duration t{0};
  Actions actions;
  std::optional<Session> session;

  World() {
    settings.breaker = {.max_failures = 3, .timeout = 60s, .half_open_timeout = 30s};
    settings.backoff.jitter = 0;
    settings.stale_after = {.trade = 30s, .spread = 20s, .ohlc = 180s};
  }
  base::Now now() const { return {base::Instant(1000s + t), base::WallTime(1'700'000'000s + t)}; }
  void begin() {
    session.emplace(settings, protocol, budget, base::Prng(1), std::vector{kTrade, kSpread});
    session->start(now(), actions);
  }
  void open() { session->on_open(now(), actions); }
  void lose() { session->on_closed(now(), {.reason = runtime::CloseReason::remote}); }
  // Runs the session's own timers until `end`, recording when each action was asked for.
  void run_until(base::Duration end) {
    for (;;) {
      const auto deadline = session->deadline();
      const base::Duration at = deadline ? *deadline - base::Instant(1000s) : base::Duration::max();
      if (at > end) break;
      ASSERT_GE(at, t)
          << "a deadline in the past that on_time did not serve: the driver would spin";
      const bool same = at == t && ++spins > 10;
      ASSERT_FALSE(same) << "spinning";
      if (at != t) spins = 0;
      t = at;
      session->on_time(now(), actions);
    }
    t = end;
  }
  int spins = 0;
  std::vector<std::string> sent() {
    std::vector<std::string> texts;
    for (const auto& action : actions) {
      if (const auto* send = std::get_if<action::Send>(&action)) texts.push_back(send->text);
    }
    return texts;
  }
  template <class A>
  long count() const {
    return std::ranges::count_if(actions,
                                 [](const Action& a) { return std::holds_alternative<A>(a); });
  }
  void frame(exchange::Frame f) { session->on_frame(now(), f, actions); }
  void ack(const Subscription& subscription, std::uint64_t id) {
    exchange::Frame f;
    f.kind = exchange::FrameKind::subscribed;
    f.subscription = subscription;
    f.request_id = id;
    frame(f);
  }
  void heartbeat() {
    exchange::Frame f;
    f.kind = exchange::FrameKind::heartbeat;
    frame(f);
  }
  void trade(bool snapshot = false) {
    exchange::Frame f;
    f.kind = exchange::FrameKind::trades;
    f.snapshot = snapshot;
    f.trades.push_back({.symbol = kBtc, .id = 1});
    frame(f);
  }
  // As the driver does when it is asked.
  void witness(const Subscription& subscription, Verdict verdict) {
    session->on_witness(now(), subscription, verdict, actions);
  }
  void unsubscribed(std::uint64_t id) {
    exchange::Frame f;
    f.kind = exchange::FrameKind::unsubscribed;
    f.request_id = id;
    frame(f);
  }
  // It must be wanted.
  const SubscriptionEntry& entry(const Subscription& wanted) const {
    return *std::ranges::find(session->subscriptions().entries(), wanted,
                              &SubscriptionEntry::subscription);
  }
  SubscriptionState state_of(const Subscription& wanted) const { return entry(wanted).state; }
};

}  // namespace tickwitness::feed::session_test
