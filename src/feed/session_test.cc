#include "feed/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace tickwitness::feed {
namespace {

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

const market::Symbol kBtc = *market::Symbol::parse("BTC-USD");
const Subscription kTrade{.channel = Channel::trade, .symbol = kBtc};
const Subscription kSpread{.channel = Channel::spread, .symbol = kBtc};

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
  void trade() {
    exchange::Frame f;
    f.kind = exchange::FrameKind::trades;
    f.trades.push_back({.symbol = kBtc, .id = 1});
    frame(f);
  }
  SubscriptionState state_of(const Subscription& wanted) const {
    for (const auto& entry : session->subscriptions().entries()) {
      if (entry.subscription == wanted) return entry.state;
    }
    ADD_FAILURE() << "no such subscription";
    return SubscriptionState::refused;
  }
};

TEST(Session, ConnectsSubscribesAndPingsAtOnce) {
  World w;
  w.begin();
  EXPECT_EQ(w.count<action::Connect>(), 1);
  EXPECT_EQ(w.session->state(), LinkState::connecting);
  w.open();
  EXPECT_THAT(w.sent(), testing::ElementsAre("sub 1:trade", "sub 2:spread", "ping 3"));
  EXPECT_EQ(w.session->counts().attempts, 1u);
  EXPECT_EQ(w.session->counts().reconnects, 0u);
  EXPECT_EQ(w.state_of(kTrade), SubscriptionState::pending);
  w.ack(kTrade, 1);
  EXPECT_EQ(w.state_of(kTrade), SubscriptionState::pending) << "accepted is not yet data";
  w.trade();
  EXPECT_EQ(w.state_of(kTrade), SubscriptionState::live);
  EXPECT_EQ(w.session->counts().acks, 1u);
}

TEST(Session, ALinkThatBeatsWhileOneSubscriptionIsSilentReadsConnectedAndSuspect) {
  World w;
  w.begin();
  w.open();
  w.ack(kTrade, 1);
  w.ack(kSpread, 2);
  w.trade();
  for (int second = 1; second <= 29; ++second) {
    w.run_until(std::chrono::seconds(second));
    w.heartbeat();
  }
  EXPECT_EQ(w.state_of(kTrade), SubscriptionState::live);
  EXPECT_EQ(w.state_of(kSpread), SubscriptionState::suspect) << "20 s without data";
  w.run_until(30s);
  EXPECT_EQ(w.state_of(kTrade), SubscriptionState::suspect);
  EXPECT_EQ(w.session->state(), LinkState::connected);
  EXPECT_EQ(w.session->subscriptions().times_stale(), 2u);
  w.trade();
  EXPECT_EQ(w.state_of(kTrade), SubscriptionState::live) << "data, and only data, revives";
  EXPECT_EQ(w.state_of(kSpread), SubscriptionState::suspect);
  EXPECT_EQ(w.count<action::Disconnect>(), 0);
}

TEST(Session, SilentLinkIsCutAndReconnectedAtOnceThenWithBackoff) {
  World w;
  w.begin();
  w.open();
  w.run_until(10s);
  EXPECT_EQ(w.count<action::Disconnect>(), 1) << "no frame for link_timeout";
  w.lose();
  EXPECT_EQ(w.session->state(), LinkState::waiting);
  w.run_until(10s + 250ms);
  EXPECT_EQ(w.count<action::Connect>(), 2);
  w.lose();  // refused this time
  w.run_until(11s + 250ms);
  EXPECT_EQ(w.count<action::Connect>(), 3) << "1 s after the failure";
  EXPECT_EQ(w.session->counts().disconnections, 1u);
  EXPECT_EQ(w.session->counts().reconnect_attempts, 2u);
  w.open();
  EXPECT_EQ(w.session->counts().reconnects, 1u);
}

TEST(Session, BreakerTripsHalfOpensAndCloses) {
  World w;
  w.begin();
  for (int i = 0; i < 3; ++i) {
    w.lose();
    if (i < 2) w.run_until(w.t + 5s);
  }
  EXPECT_EQ(w.session->breaker().state(), BreakerState::open);
  EXPECT_EQ(w.session->breaker().trips(), 1u);
  const auto connects = w.count<action::Connect>();
  const base::Duration tripped = w.t;
  w.run_until(tripped + 59s);
  EXPECT_EQ(w.count<action::Connect>(), connects) << "open: no attempt";
  w.run_until(tripped + 61s);
  EXPECT_EQ(w.count<action::Connect>(), connects + 1);
  EXPECT_EQ(w.session->breaker().state(), BreakerState::half_open);
  w.open();
  w.heartbeat();
  EXPECT_EQ(w.session->breaker().state(), BreakerState::half_open) << "a heartbeat proves nothing";
  w.ack(kTrade, 1);
  EXPECT_EQ(w.session->breaker().state(), BreakerState::closed);
}

TEST(Session, ProbeWithoutAnAcceptedSubscriptionTripsAgain) {
  World w;
  w.settings.breaker = {.max_failures = 1, .timeout = 60s, .half_open_timeout = 5s};
  w.begin();
  w.lose();
  w.run_until(60s);
  ASSERT_EQ(w.session->breaker().state(), BreakerState::half_open);
  w.open();
  w.run_until(64s);
  w.heartbeat();
  EXPECT_EQ(w.count<action::Disconnect>(), 0);
  w.run_until(65s);
  EXPECT_EQ(w.count<action::Disconnect>(), 1);
  w.session->on_closed(w.now(), {.reason = runtime::CloseReason::local});
  EXPECT_EQ(w.session->breaker().trips(), 2u);
  EXPECT_THAT(w.session->breaker().reason(), testing::HasSubstr("half-open probe"));
}

TEST(Session, AConnectionThatProvedHealthyMayEndWithoutBlame) {
  World w;
  w.settings.breaker.max_failures = 1;
  w.begin();
  w.open();
  w.ack(kTrade, 1);
  w.ack(kSpread, 2);
  for (int second = 1; second <= 60; ++second) {
    w.run_until(std::chrono::seconds(second));
    w.trade();
  }
  w.lose();
  EXPECT_EQ(w.session->breaker().trips(), 0u);
  EXPECT_EQ(w.state_of(kTrade), SubscriptionState::pending) << "what was live went with the link";
}

TEST(Session, AConnectionThatLastedIsHealthyThoughTheTimerCameTooLateToSaySo) {
  for (const auto lasted : {59s, 60s}) {
    World w;
    w.settings.breaker.max_failures = 1;
    w.begin();
    w.open();
    w.ack(kTrade, 1);
    w.t = lasted;  // a thread that stood still: neither timers nor frames were handled
    w.lose();
    EXPECT_EQ(w.session->breaker().trips(), lasted < 60s ? 1u : 0u);
  }
}

TEST(Session, RefusalMarksWhatItNames) {
  World w;
  w.begin();
  w.open();
  exchange::Frame refusal;
  refusal.kind = exchange::FrameKind::refused;
  refusal.request_id = 2;
  refusal.symbol = kBtc;
  refusal.detail = "Currency pair not supported BTC/USD";
  w.frame(refusal);
  EXPECT_EQ(w.state_of(kSpread), SubscriptionState::refused);
  EXPECT_EQ(w.state_of(kTrade), SubscriptionState::pending);
  EXPECT_EQ(w.session->counts().refusals, 1u);
  refusal.request_id = 1;
  refusal.detail = "Already subscribed";
  w.frame(refusal);
  EXPECT_EQ(w.state_of(kTrade), SubscriptionState::pending)
      << "it is subscribed: an answer got lost";
  EXPECT_TRUE(w.session->subscriptions().any_accepted());
}

TEST(Session, UnansweredRequestsAreRepeatedThenTheConnectionIsGivenUp) {
  World w;
  w.begin();
  w.open();
  w.ack(kTrade, 1);
  for (int second = 1; second <= 30; ++second) {
    w.run_until(std::chrono::seconds(second));
    w.heartbeat();
    if (second == 11) {
      EXPECT_THAT(w.sent(), testing::Contains("sub 4:spread"));
    }
  }
  EXPECT_EQ(w.count<action::Disconnect>(), 1);
  EXPECT_EQ(w.session->counts().acks_overdue, 2u);
}

TEST(Session, AttemptsNeverExceedTheBudgetOfAnyTenMinutes) {
  World w;
  w.settings.breaker.max_failures = 1'000'000;
  w.settings.backoff = {.immediate_max = 0s, .first = 1s, .max = 1s, .jitter = 0};
  w.begin();
  std::vector<base::Duration> attempts{w.t};
  while (attempts.size() < 200) {
    w.lose();
    const auto before = w.count<action::Connect>();
    w.run_until(*w.session->next_attempt() - base::Instant(1000s));
    ASSERT_EQ(w.count<action::Connect>(), before + 1);
    attempts.push_back(w.t);
  }
  for (std::size_t i = 60; i < attempts.size(); ++i)
    EXPECT_GE(attempts[i] - attempts[i - 60], 600s);
}

TEST(Session, BannedByStatusPausesTenMinutesAndMaintenanceFiveSeconds) {
  World w;
  w.begin();
  w.session->on_closed(
      w.now(), {.reason = runtime::CloseReason::upgrade, .detail = "429", .http_status = 429});
  EXPECT_GE(*w.session->next_attempt(), w.now().mono + 600s);
  World m;
  m.begin();
  m.open();
  exchange::Frame status;
  status.kind = exchange::FrameKind::status;
  status.venue_status = exchange::VenueStatus::maintenance;
  m.frame(status);
  m.lose();
  EXPECT_GE(*m.session->next_attempt(), m.now().mono + 5s);
}

TEST(Session, ReloadTouchesOnlyWhatChanged) {
  World w;
  w.begin();
  w.open();
  w.ack(kTrade, 1);
  w.ack(kSpread, 2);
  w.trade();
  w.actions.clear();
  const Subscription eth{.channel = Channel::trade, .symbol = *market::Symbol::parse("ETH-USD")};
  w.session->set_wanted(w.now(), {kTrade, eth}, w.actions);
  EXPECT_THAT(w.sent(), testing::ElementsAre("unsub 4:spread", "sub 5:trade"));
  EXPECT_EQ(w.state_of(kTrade), SubscriptionState::live);
  EXPECT_EQ(w.state_of(eth), SubscriptionState::pending);
}

TEST(Session, StopIsFinal) {
  World w;
  w.begin();
  w.open();
  w.session->stop(w.now(), w.actions);
  EXPECT_EQ(w.count<action::Disconnect>(), 1);
  w.session->on_closed(w.now(), {.reason = runtime::CloseReason::local});
  EXPECT_EQ(w.session->state(), LinkState::stopped);
  EXPECT_FALSE(w.session->deadline());
  EXPECT_EQ(w.session->counts().disconnections, 1u);
}

}  // namespace
}  // namespace tickwitness::feed
