#include "feed/rotation.h"

#include <gtest/gtest.h>

#include <set>

namespace tickwitness::feed {
namespace {

using namespace std::chrono_literals;
using exchange::Channel;
using exchange::Subscription;
using Look = Rotation::Look;

const Subscription kTrade{.channel = Channel::trade, .symbol = *market::Symbol::parse("BTC-USD")};
const Subscription kSpread{.channel = Channel::spread, .symbol = kTrade.symbol};

base::Instant at(base::Duration t) {
  return base::Instant(1000s + t);
}

TEST(Rotation, IsDueAtItsAgeLessAShareOfItsOwn) {
  std::set<base::Instant> all;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Rotation rotation(32h, base::Prng(seed));
    EXPECT_FALSE(rotation.due());
    rotation.on_opened(at(0s));
    ASSERT_TRUE(rotation.due());
    EXPECT_GE(*rotation.due(), at(31h));
    EXPECT_LE(*rotation.due(), at(32h));
    EXPECT_EQ(rotation.due(), rotation.due());
    all.insert(*rotation.due());
  }
  EXPECT_EQ(all.size(), 50U);
}

TEST(Rotation, WithoutAnAgeOnlyAnAnnouncementMakesItDue) {
  Rotation rotation(std::nullopt, base::Prng(1));
  rotation.on_opened(at(0s));
  EXPECT_FALSE(rotation.due());
  rotation.on_announced(at(5s));
  EXPECT_EQ(rotation.due(), at(5s));
  rotation.on_closed();
  EXPECT_FALSE(rotation.due());
}

// What old and young have heard, and what is to be done a second and three seconds after the young
// one had its answers.
struct Case {
  const char* what;
  std::vector<const char*> old, young;  // "trade data", "spread ack", "trade refused"
  Look after_1s, after_3s;
};

void hear(SubscriptionTable& table, const std::vector<const char*>& words, base::Instant now) {
  table.set({kTrade, kSpread});
  table.on_requested(kTrade, 1, now);
  table.on_requested(kSpread, 2, now);
  for (const std::string_view word : words) {
    const Subscription& which = word.starts_with("trade") ? kTrade : kSpread;
    if (word.ends_with("ack")) table.on_accepted(which, now);
    if (word.ends_with("data")) table.on_data(which, 1, false, now);
    if (word.ends_with("refused")) {
      table.on_refused(which == kTrade ? 1 : 2, std::nullopt, "no");
    }
  }
}

TEST(Rotation, ASuccessorTakesOverOnceItHasWhatTheOldOneHas) {
  const Case cases[] = {
      {"quiet",
       {"trade ack", "spread ack"},
       {"trade ack", "spread ack"},
       Look::wait,
       Look::hand_over},
      {"an answer is missing", {"trade ack", "spread ack"}, {"trade ack"}, Look::wait, Look::wait},
      {"both speak",
       {"trade data", "spread data"},
       {"trade data", "spread data"},
       Look::wait,
       Look::hand_over},
      {"it is silent where the old one speaks",
       {"trade data", "spread data"},
       {"trade data", "spread ack"},
       Look::wait,
       Look::wait},
      {"it alone was refused",
       {"trade ack", "spread ack"},
       {"trade refused", "spread ack"},
       Look::wait,
       Look::wait},
      {"both were refused",
       {"trade refused", "spread ack"},
       {"trade refused", "spread ack"},
       Look::wait,
       Look::hand_over},
      {"it alone was not refused",
       {"trade refused", "spread ack"},
       {"trade ack", "spread ack"},
       Look::wait,
       Look::hand_over},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    SubscriptionTable old{StaleAfter{}}, young{StaleAfter{}};
    hear(young, c.young, at(1s));
    Rotation rotation(std::nullopt, base::Prng(1));
    EXPECT_EQ(rotation.look(at(1s), old, young, std::nullopt), Look::wait) << "not open yet";
    EXPECT_EQ(rotation.look(at(1s), old, young, at(1s)), Look::wait);
    hear(old, c.old, at(2s));
    EXPECT_EQ(rotation.look(at(2s), old, young, at(1s)), c.after_1s);
    EXPECT_EQ(rotation.look(at(4s), old, young, at(1s)), c.after_3s);
    EXPECT_EQ(rotation.look(at(61s), old, young, at(1s)),
              c.after_3s == Look::wait ? Look::give_up : Look::hand_over);
  }
}

TEST(Rotation, AfterASuccessorThatWasOfNoUseThereIsAPause) {
  SubscriptionTable old{StaleAfter{}}, young{StaleAfter{}};
  hear(young, {}, at(1s));
  Rotation rotation(1h, base::Prng(1));
  rotation.on_opened(at(0s));
  rotation.on_announced(at(1s));
  EXPECT_EQ(rotation.look(at(61s), old, young, at(1s)), Look::give_up);
  EXPECT_EQ(rotation.due(), at(121s));
}

}  // namespace
}  // namespace tickwitness::feed
