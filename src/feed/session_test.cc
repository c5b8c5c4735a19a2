#include "feed/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feed/session_test_world.h"

namespace tickwitness::feed {
namespace {

using namespace session_test;

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
      EXPECT_THAT(w.sent(), testing::Contains("sub 8:spread"));
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
  for (const int status : {403, 429, 451, 503}) {
    World w;
    w.begin();
    w.session->on_closed(
        w.now(), {.reason = runtime::CloseReason::upgrade, .detail = "no", .http_status = status});
    EXPECT_EQ(*w.session->next_attempt() >= w.now().mono + 600s, status != 503) << status;
  }
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
