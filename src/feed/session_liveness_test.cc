// Silence, suspicion, witness, renewal: what a session does about subscriptions on a link that is
// well.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feed/session.h"
#include "feed/session_test_world.h"

namespace tickwitness::feed {
namespace {

using namespace session_test;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using State = SubscriptionState;

constexpr base::Duration kStep = 100ms;

struct Living : World {
  explicit Living(std::vector<Subscription> wanted = {kTrade}) {
    settings.stale_after = {.trade = 120s, .spread = 60s, .ohlc = 180s};
    session.emplace(settings, protocol, budget, base::Prng(1), wanted);
    session->start(now(), actions);
    open();
    std::uint64_t id = 1;
    for (const auto& subscription : wanted) ack(subscription, id++);
  }
  // One trade a second, heartbeats between.
  void trade_for(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      beat_until(t + 1s);
      trade();
    }
  }
  // The link is alive, this subscription is not.
  void beat_until(base::Duration end) {
    while (t < end) {
      run_until(std::min(t + kStep, end));
      heartbeat();
      session->on_time(now(), actions);
    }
  }
  // Silence until a witness is asked; how long that took.
  base::Duration silent_until_asked() {
    const base::Duration from = t;
    const auto before = count<action::Witness>();
    while (count<action::Witness>() == before && t - from < 600s) beat_until(t + kStep);
    return t - from;
  }
  // Up to the moment at which the heal's "unsub" is out; its id.
  std::uint64_t die() {
    silent_until_asked();
    witness(kTrade, Verdict::active);
    const auto texts = sent();
    const std::string& last = texts.back();
    EXPECT_THAT(last, testing::StartsWith("unsub "));
    return std::stoull(last.substr(6));
  }
  std::uint64_t last_id() const { return entry(kTrade).request_id; }
};

TEST(SessionLiveness, AnActivePairIsAskedAboutWithinFourSeconds) {
  Living w;
  w.trade_for(60);
  EXPECT_EQ(w.count<action::Witness>(), 0);
  EXPECT_LE(w.silent_until_asked(), 4s + kStep);
  EXPECT_EQ(w.state_of(kTrade), State::suspect);
  w.witness(kTrade, Verdict::active);
  EXPECT_EQ(w.state_of(kTrade), State::healing) << "at once, as nothing else is being renewed";
  EXPECT_EQ(w.session->counts().zombies, 1U);
  const auto found = std::ranges::find_if(
      w.actions, [](const Action& a) { return std::holds_alternative<action::Found>(a); });
  ASSERT_NE(found, w.actions.end());
  EXPECT_LE(std::get<action::Found>(*found).after, 5s);
  EXPECT_GE(std::get<action::Found>(*found).after, 2s);
}

TEST(SessionLiveness, BeforeItHasLearnedTheConfiguredLimitSpeaks) {
  Living w;
  w.trade_for(5);
  EXPECT_GE(w.silent_until_asked(), 120s);
}

// One hour of a pair that trades each minute or so: a witness may be asked, nobody is called dead.
TEST(SessionLiveness, AnHourOfAQuietPairRaisesNoFalseAlarm) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Living w;
    base::Prng random(seed);
    w.trade();
    const base::Duration end = w.t + 1h;
    base::Duration next = w.t;
    while (w.t < end) {
      next += std::chrono::milliseconds(random.below(120'000));
      while (w.t < next) {
        const auto asked = w.count<action::Witness>();
        w.beat_until(std::min(next, w.t + 1s));
        if (w.count<action::Witness>() != asked) w.witness(kTrade, Verdict::quiet);
        const State state = w.state_of(kTrade);
        ASSERT_TRUE(state == State::live || state == State::quiet);
      }
      w.trade();
      ASSERT_EQ(w.state_of(kTrade), State::live) << "data, at once";
    }
    EXPECT_EQ(w.session->counts().zombies, 0U);
    EXPECT_LE(w.count<action::Witness>(), 60);
    EXPECT_EQ(w.count<action::Disconnect>(), 0);
  }
}

TEST(SessionLiveness, EachQuietAnswerDoublesThePatienceUpToTheLimit) {
  Living w;
  w.trade_for(60);
  const base::Duration begin = w.t;
  std::vector<base::Duration> asked;
  while (asked.size() < 8) {
    w.silent_until_asked();
    asked.push_back(w.t - begin);
    w.witness(kTrade, Verdict::quiet);
    EXPECT_EQ(w.state_of(kTrade), State::quiet);
  }
  for (std::size_t i = 1; i < asked.size(); ++i) {
    const base::Duration wanted = asked[i - 1] + std::min<base::Duration>(asked[i - 1], 120s);
    EXPECT_NEAR(base::seconds(asked[i]), base::seconds(wanted), 0.5);
  }
  w.trade();
  EXPECT_LE(w.silent_until_asked(), 5s) << "forgotten with the silence";
}

TEST(SessionLiveness, WithoutAWitnessOnlyTheConfiguredLimitMakesASuspect) {
  Living w;
  w.trade_for(60);
  const base::Duration begin = w.t;
  std::vector<base::Duration> asked;
  while (w.t < begin + 130s) {
    const auto before = w.count<action::Witness>();
    w.beat_until(w.t + kStep);
    if (w.count<action::Witness>() != before) {
      asked.push_back(w.t - begin);
      w.witness(kTrade, Verdict::unknown);
    }
    EXPECT_EQ(w.state_of(kTrade), w.t - begin < 120s ? State::live : State::suspect);
  }
  ASSERT_GE(asked.size(), 5U);
  EXPECT_LE(asked.size(), 12U) << "asked again with longer and longer pauses";
  EXPECT_EQ(w.session->subscriptions().times_stale(), 1U);
  EXPECT_THAT(w.sent(), testing::Not(Contains(testing::StartsWith("unsub"))));
  w.trade();
  EXPECT_EQ(w.state_of(kTrade), State::live);
}

TEST(SessionLiveness, DataBeforeTheAnswerSettlesIt) {
  Living w;
  w.trade_for(60);
  w.silent_until_asked();
  w.trade();
  w.witness(kTrade, Verdict::active);
  EXPECT_EQ(w.state_of(kTrade), State::live);
  EXPECT_EQ(w.session->counts().zombies, 0U);
}

TEST(SessionLiveness, OnlyTheDeadOneIsRenewedAndInOrder) {
  Living w({kTrade, kSpread});
  w.trade_for(60);
  const auto id = w.die();
  EXPECT_THAT(w.sent(), Contains("unsub " + std::to_string(id) + ":trade"));
  EXPECT_EQ(w.sent().back(), "unsub " + std::to_string(id) + ":trade") << "not before the answer";
  EXPECT_EQ(w.count<action::Renew>(), 1);
  w.unsubscribed(id);
  EXPECT_THAT(w.sent().back(), testing::EndsWith(":trade"));
  EXPECT_THAT(w.sent().back(), testing::StartsWith("sub "));
  w.ack(kTrade, w.last_id());
  EXPECT_EQ(w.state_of(kTrade), State::healing) << "accepted is not yet data";
  w.trade();
  EXPECT_EQ(w.state_of(kTrade), State::live);
  EXPECT_THAT(w.session->subscriptions().heals(), ElementsAre(1U, 0U, 0U, 0U));
  EXPECT_EQ(w.count<action::Disconnect>(), 0);
  EXPECT_EQ(w.state_of(kSpread), State::suspect) << "it never had data, and is left alone";
}

TEST(SessionLiveness, AnUnansweredUnsubscribeDoesNotStopTheRenewal) {
  Living w;
  w.trade_for(60);
  w.die();
  w.beat_until(w.t + 4s);
  EXPECT_THAT(w.sent().back(), testing::Not(testing::StartsWith("sub ")));
  w.beat_until(w.t + 2s);
  EXPECT_EQ(w.entry(kTrade).renewal.unsubscribing(), false);
  EXPECT_THAT(w.sent(), Contains("sub " + std::to_string(w.last_id()) + ":trade"));
}

TEST(SessionLiveness, ARefusedUnsubscribeIsAsGoodAsAnAnswer) {
  Living w;
  w.trade_for(60);
  exchange::Frame refusal;
  refusal.kind = exchange::FrameKind::refused;
  refusal.request_id = w.die();
  refusal.detail = "Subscription Not Found";
  w.frame(refusal);
  EXPECT_THAT(w.sent().back(), testing::StartsWith("sub "));
  EXPECT_EQ(w.state_of(kTrade), State::healing);
}

// What the venue still sends of the old subscription is not used.
TEST(SessionLiveness, DataWhileItIsTakenBackIsDropped) {
  Living w({kTrade, kSpread});
  w.trade_for(60);
  exchange::Frame data;
  data.kind = exchange::FrameKind::trades;
  data.trades.push_back({.symbol = kBtc, .id = 5});
  EXPECT_FALSE(w.session->is_late(data));
  const auto id = w.die();
  EXPECT_TRUE(w.session->is_late(data));
  exchange::Frame other;
  other.kind = exchange::FrameKind::quotes;
  other.quotes.push_back({.symbol = kBtc});
  EXPECT_FALSE(w.session->is_late(other));
  w.frame(data);
  EXPECT_EQ(w.state_of(kTrade), State::healing);
  EXPECT_EQ(w.session->counts().frames_late, 1U);
  w.unsubscribed(id);
  EXPECT_FALSE(w.session->is_late(data));
}

// A snapshot may come from a store though the stream is dead: it is no cure.
TEST(SessionLiveness, AfterThreeRenewalsInVainTheConnectionIsReplacedOncePerFiveMinutes) {
  Living w;
  w.trade_for(60);
  const auto renew = [&] {
    const auto unsubs = [&] {
      return std::ranges::count_if(
          w.sent(), [](const std::string& text) { return text.starts_with("unsub"); });
    };
    const auto before = unsubs();
    w.silent_until_asked();
    w.witness(kTrade, Verdict::active);
    for (int i = 0; i < 3000 && unsubs() == before && w.count<action::Disconnect>() == 0; ++i) {
      w.beat_until(w.t + kStep);
    }
    if (w.count<action::Disconnect>() != 0) return;
    w.unsubscribed(*w.entry(kTrade).renewal.unsubscribe_id());
    w.ack(kTrade, w.last_id());
    w.trade(true);
    EXPECT_EQ(w.state_of(kTrade), State::live);
  };
  for (int i = 0; i < 3; ++i) {
    renew();
    ASSERT_EQ(w.count<action::Disconnect>(), 0) << i;
  }
  renew();
  ASSERT_EQ(w.count<action::Disconnect>(), 1);
  EXPECT_EQ(w.session->subscriptions().heals()[static_cast<std::size_t>(HealResult::silent)], 3U);
  // On the next connection it is still dead: within five minutes that one is not given up.
  w.session->on_closed(w.now(), {.reason = runtime::CloseReason::local});
  w.actions.clear();
  w.run_until(w.t + 2s);
  ASSERT_EQ(w.count<action::Connect>(), 1);
  w.open();
  w.ack(kTrade, w.last_id());
  w.trade(true);
  const base::Duration replaced = w.t;
  while (w.t < replaced + 100s) renew();
  EXPECT_EQ(w.count<action::Disconnect>(), 0);
  for (int i = 0; i < 5 && w.count<action::Disconnect>() == 0; ++i) renew();
  EXPECT_EQ(w.count<action::Disconnect>(), 1);
}

TEST(SessionLiveness, OnlySoManyAreRenewedAtOnce) {
  std::vector<Subscription> many;
  for (const char* name : {"A-USD", "B-USD", "C-USD", "D-USD", "E-USD"}) {
    many.push_back({.channel = Channel::trade, .symbol = *market::Symbol::parse(name)});
  }
  Living w(many);
  w.beat_until(w.t + 121s);
  EXPECT_EQ(w.count<action::Witness>(), 5);
  for (const auto& one : many) w.witness(one, Verdict::active);
  const auto in = [&](State state) {
    return std::ranges::count(w.session->subscriptions().entries(), state,
                              &SubscriptionEntry::state);
  };
  EXPECT_EQ(in(State::healing), 3);
  EXPECT_EQ(in(State::zombie), 2);
}

TEST(SessionLiveness, MaintenanceMutesEveryVerdictAndAWhileAfter) {
  Living w;
  w.trade_for(60);
  w.session->on_venue(w.now(), exchange::VenueStatus::maintenance);
  w.beat_until(w.t + 600s);
  EXPECT_EQ(w.count<action::Witness>(), 0);
  EXPECT_EQ(w.state_of(kTrade), State::live) << "shown as it was";
  EXPECT_EQ(w.session->subscriptions().times_stale(), 0U);
  w.session->on_venue(w.now(), exchange::VenueStatus::online);
  const base::Duration asked = w.silent_until_asked();
  EXPECT_GE(asked, SubscriptionTable::kGrace + 2s);
  EXPECT_LE(asked, SubscriptionTable::kGrace + 5s);
}

TEST(SessionLiveness, AnAnswerThatComesDuringMaintenanceChangesNothing) {
  Living w;
  w.trade_for(60);
  w.silent_until_asked();
  w.session->on_venue(w.now(), exchange::VenueStatus::cancel_only);
  w.witness(kTrade, Verdict::active);
  EXPECT_EQ(w.session->counts().zombies, 0U);
  EXPECT_THAT(w.sent(), testing::Not(Contains(testing::StartsWith("unsub"))));
}

TEST(SessionLiveness, OneAckMayAnswerAWholeRequest) {
  Living fresh(std::vector<Subscription>{});
  fresh.session->set_wanted(fresh.now(), {kTrade}, fresh.actions);
  EXPECT_FALSE(fresh.session->subscriptions().any_accepted());
  exchange::Frame ack;
  ack.kind = exchange::FrameKind::subscribed;
  ack.request_id = fresh.last_id();
  fresh.frame(ack);
  EXPECT_FALSE(fresh.session->subscriptions().any_accepted()) << "it names nothing";
  ack.whole_request = true;
  fresh.frame(ack);
  EXPECT_TRUE(fresh.session->subscriptions().any_accepted());
}

TEST(SessionLiveness, TheFirstDataIsWaitedForFromTheAckOn) {
  World w;
  w.settings.stale_after = {.trade = 5s, .spread = 5s, .ohlc = 180s};
  w.begin();
  w.open();
  w.run_until(4s);
  w.ack(kTrade, 1);
  w.run_until(5s);
  EXPECT_EQ(w.state_of(kSpread), State::suspect);
  EXPECT_EQ(w.state_of(kTrade), State::pending);
  w.run_until(9s);
  EXPECT_EQ(w.state_of(kTrade), State::suspect);
}

// 300 subscriptions in requests of one: nothing is lost, and no second holds more than five.
TEST(SessionLiveness, ThreeHundredComeUpPaced) {
  World w;
  std::vector<Subscription> many;
  for (int i = 0; i < 300; ++i) {
    many.push_back({.channel = Channel::trade,
                    .symbol = *market::Symbol::parse("S" + std::to_string(i) + "-USD")});
  }
  w.session.emplace(w.settings, w.protocol, w.budget, base::Prng(1), many);
  w.session->start(w.now(), w.actions);
  w.open();
  std::vector<std::size_t> sent_at{w.sent().size()};
  for (int tenth = 1; tenth <= 700; ++tenth) {
    w.run_until(tenth * 100ms);
    w.heartbeat();
    for (const auto& entry : w.session->subscriptions().entries()) {
      if (entry.request_id != 0 && !entry.answered) w.ack(entry.subscription, entry.request_id);
    }
    sent_at.push_back(w.sent().size());
  }
  for (std::size_t i = 9; i < sent_at.size(); ++i) EXPECT_LE(sent_at[i] - sent_at[i - 9], 5U) << i;
  EXPECT_EQ(w.session->counts().acks, 300U);
  EXPECT_EQ(w.session->counts().acks_overdue, 0U);
  EXPECT_EQ(w.count<action::Disconnect>(), 0);
}

TEST(SessionLiveness, TooManyMessagesAreFollowedByAPause) {
  World w;
  w.begin();
  w.open();
  exchange::Frame refusal;
  refusal.kind = exchange::FrameKind::refused;
  refusal.detail = "Exceeded msg rate";
  w.frame(refusal);
  w.frame(refusal);  // two seconds now
  const auto before = w.sent().size();
  const Subscription eth{.channel = Channel::trade, .symbol = *market::Symbol::parse("ETH-USD")};
  w.session->set_wanted(w.now(), {kTrade, kSpread, eth}, w.actions);
  w.run_until(1900ms);
  EXPECT_EQ(w.sent().size(), before);
  w.run_until(2s);
  EXPECT_THAT(w.sent(), Contains(testing::EndsWith(":trade")));
  EXPECT_GT(w.sent().size(), before);
}

TEST(SessionLiveness, PingsFiveTimesAtTheStartThenAtItsInterval) {
  Living w;
  std::vector<base::Duration> at;
  std::size_t seen = 0;
  while (w.t < 100s) {
    const auto pings = static_cast<std::size_t>(std::ranges::count_if(
        w.sent(), [](const std::string& text) { return text.starts_with("ping"); }));
    if (pings > seen) at.push_back(w.t);
    seen = pings;
    w.beat_until(w.t + kStep);
  }
  EXPECT_THAT(at, ElementsAre(0s, 2s, 4s, 6s, 8s, 38s, 68s, 98s));
}

}  // namespace
}  // namespace tickwitness::feed
