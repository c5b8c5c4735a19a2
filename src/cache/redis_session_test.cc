// The session by itself, in a time of the test's own.
#include "cache/redis_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "telemetry/read.h"

namespace tickwitness::cache {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

base::Now at(base::Duration t) {
  return {base::Instant(1000s + t), base::WallTime(1'700'000'000s + t)};
}

// What the session asks for, as words: "open", "send HELLO", "close", "up", "down: why".
struct Desk {
  explicit Desk(RedisSettings settings = {}) : session(settings, meter) { session.start(at(0s)); }

  std::vector<std::string> acts() {
    std::vector<std::string> words;
    for (const auto& action : session.take_actions()) {
      if (const auto* send = std::get_if<RedisSession::Send>(&action)) {
        ReplyParser parser;
        std::vector<Reply> commands;
        EXPECT_TRUE(parser.feed(send->bytes, commands));
        for (const Reply& command : commands) {
          std::string line = "send";
          for (const Reply& word : command.items) line += " " + word.text;
          words.push_back(line);
        }
      } else if (const auto* report = std::get_if<RedisSession::Report>(&action)) {
        words.push_back(report->up ? "up" : "down: " + report->why);
      } else {
        words.emplace_back(std::holds_alternative<RedisSession::Open>(action) ? "open" : "close");
      }
    }
    return words;
  }
  std::vector<std::string> outcomes() {
    std::vector<std::string> words;
    for (const auto& [command, outcome] : session.take_done()) {
      words.push_back(command.words.back() + " " +
                      (outcome ? outcome->text : std::string(to_string(outcome.error().why))));
    }
    return words;
  }
  void give(base::Duration t, const std::string& name, base::Duration patience = 2s) {
    session.submit(at(t), {.words = {"ECHO", name}, .on_outcome = {}, .patience = patience});
  }
  void be_ready() {
    session.on_open(at(0s));
    session.on_bytes(at(0s), "+OK\r\n");
    EXPECT_TRUE(session.ready());
    acts();
  }
  double value(std::string_view name) const {
    return telemetry::value(registry, name).value_or(-1);
  }

  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  RedisMeter meter{metrics};
  RedisSession session;
};

RedisSettings settings() {
  RedisSettings settings;
  settings.user = "bot";
  settings.password = base::Secret("pw");
  settings.client_name = "tw";
  settings.address.database = 2;
  return settings;
}

TEST(RedisSession, GreetsChoosesTheDatabaseThenPings) {
  Desk desk(settings());
  EXPECT_THAT(desk.acts(), ElementsAre("open"));
  desk.give(0s, "early");
  EXPECT_THAT(desk.acts(), IsEmpty());
  desk.session.on_open(at(1s));
  EXPECT_THAT(desk.acts(), ElementsAre("send HELLO 3 AUTH bot pw SETNAME tw"));
  desk.session.on_bytes(at(1s), "%1\r\n+proto\r\n:3\r\n");
  EXPECT_THAT(desk.acts(), ElementsAre("send SELECT 2"));
  desk.session.on_bytes(at(1s), "+OK\r\n");
  EXPECT_THAT(desk.acts(), ElementsAre("up", "send PING", "send ECHO early"));
  desk.session.on_bytes(at(1s), ">2\r\n+invalidate\r\n_\r\n+PONG\r\n+early\r\n");
  EXPECT_THAT(desk.outcomes(), ElementsAre("early early"));
  EXPECT_EQ(desk.value("tickwitness_redis_connected"), 1);
  EXPECT_EQ(desk.session.wake_at(), at(6s).mono);  // the next PING
  desk.session.on_time(at(6s));
  EXPECT_THAT(desk.acts(), ElementsAre("send PING"));
}

TEST(RedisSession, OlderRedisesAreGreetedByAuth) {
  Desk desk(settings());
  desk.session.on_open(at(0s));
  desk.acts();
  desk.session.on_bytes(at(0s), "-ERR unknown command 'HELLO'\r\n");
  EXPECT_THAT(desk.acts(), ElementsAre("send AUTH bot pw"));
  desk.session.on_bytes(at(0s), "-WRONGPASS invalid\r\n");
  EXPECT_THAT(desk.acts(), ElementsAre("close"));
  desk.session.on_closed(at(0s), "closed");
  EXPECT_THAT(desk.acts(), ElementsAre("down: password: WRONGPASS invalid"));
}

TEST(RedisSession, AttemptsWaitLongerEachTimeUntilAConnectionWasGood) {
  RedisSettings settings;
  settings.backoff = {.immediate_max = 0s, .first = 1s, .max = 4s, .jitter = 0};
  Desk desk(settings);
  base::Duration t = 0s;
  for (const base::Duration wait : {0s, 1s, 2s, 4s, 4s}) {
    EXPECT_THAT(desk.acts(), ElementsAre("open"));
    desk.session.on_closed(at(t), "refused");
    EXPECT_THAT(desk.acts(), ElementsAre("down: refused"));
    EXPECT_EQ(desk.session.wake_at(), at(t + wait).mono);
    t += wait;
    desk.session.on_time(at(t));
  }
  EXPECT_EQ(desk.value("tickwitness_redis_connection_errors_total"), 5);
  // One that answers and ends soon may end for what it is told each time: no better than none.
  for (const auto& [lasts, wait] : {std::pair<base::Duration, base::Duration>{9s, 4s}, {10s, 0s}}) {
    desk.session.on_open(at(t));
    desk.session.on_bytes(at(t), "+OK\r\n");  // greeted
    desk.session.on_bytes(at(t), "+PONG\r\n");
    t += lasts;
    desk.session.on_closed(at(t), "lost");
    EXPECT_EQ(desk.session.wake_at(), at(t + wait).mono);
    t += wait;
    desk.session.on_time(at(t));
  }
}

TEST(RedisSession, TheOldestThatWaitsMakesRoomAndWhatIsSentStays) {
  RedisSettings settings;
  settings.queue_max = 4;
  settings.in_flight_max = 2;
  settings.ping_every = 0s;
  Desk desk(settings);
  desk.be_ready();
  for (const auto* name : {"a", "b", "c", "d", "e", "f"}) desk.give(0s, name);
  EXPECT_THAT(desk.outcomes(), ElementsAre("c dropped", "d dropped"));
  EXPECT_THAT(desk.acts(), ElementsAre("send ECHO a", "send ECHO b"));
  EXPECT_EQ(desk.value("tickwitness_redis_queue_depth"), 4);
  desk.session.on_bytes(at(0s), "+1\r\n");
  EXPECT_THAT(desk.outcomes(), ElementsAre("a 1"));
  EXPECT_THAT(desk.acts(), ElementsAre("send ECHO e"));
  desk.session.on_closed(at(0s), "lost");
  EXPECT_THAT(desk.outcomes(), ElementsAre("b lost", "e lost"));
  EXPECT_EQ(desk.value("tickwitness_redis_queue_depth"), 1);
  desk.session.on_time(at(2s));
  EXPECT_THAT(desk.outcomes(), ElementsAre("f dropped"));
  EXPECT_EQ(desk.value("tickwitness_redis_commands_dropped_total"), 3);
  EXPECT_EQ(desk.value("tickwitness_redis_queue_depth"), 0);
}

TEST(RedisSession, NoAnswerInTimeEndsTheConnection) {
  RedisSettings settings;
  settings.ping_every = 0s;
  Desk desk(settings);
  desk.be_ready();
  desk.give(1s, "slow");
  desk.give(2s, "behind");
  EXPECT_EQ(desk.session.wake_at(), at(3s).mono);
  desk.acts();
  desk.session.on_time(at(3s));
  EXPECT_THAT(desk.acts(), ElementsAre("close"));
  EXPECT_THAT(desk.outcomes(), ElementsAre("slow timeout"));
  desk.session.on_bytes(at(3s), "+late\r\n");  // of what was given up
  desk.session.on_closed(at(3s), "closed");
  EXPECT_THAT(desk.outcomes(), ElementsAre("behind lost"));
  EXPECT_THAT(desk.acts(), ElementsAre("down: no answer to ECHO in time"));
}

TEST(RedisSession, AnAnswerThatIsOnItsWayIsWaitedForAMinute) {
  RedisSettings settings;
  settings.ping_every = 0s;
  Desk desk(settings);
  desk.be_ready();
  for (const auto* name : {"large", "behind", "endless"}) desk.give(0s, name);
  desk.acts();
  const auto bytes = [&](base::Duration t, std::string_view some) {
    desk.session.on_time(at(t));
    desk.session.on_bytes(at(t), some);
  };
  bytes(1s, "$5\r\n");
  bytes(2500ms, "lar");
  bytes(4s, "ge\r\n");
  EXPECT_THAT(desk.outcomes(), ElementsAre("large large"));
  bytes(5500ms, "+behind\r\n");
  EXPECT_THAT(desk.outcomes(), ElementsAre("behind behind"));
  bytes(5900ms, "$900\r\n");
  for (base::Duration t = 7s; t < 60s; t += 1s) bytes(t, "x");
  EXPECT_EQ(desk.session.wake_at(), at(60s).mono);
  desk.session.on_time(at(60s));
  EXPECT_THAT(desk.outcomes(), ElementsAre("endless timeout"));
}

TEST(RedisSession, WhatNobodyAskedForEndsIt) {
  RedisSettings settings;
  settings.ping_every = 0s;
  Desk desk(settings);
  desk.be_ready();
  desk.session.on_bytes(at(0s), "+who?\r\n");
  EXPECT_THAT(desk.acts(), ElementsAre("close"));
}

TEST(RedisSession, AtTheEndWhatWasGivenIsWaitedFor) {
  RedisSettings settings;
  settings.ping_every = 0s;
  Desk desk(settings);
  desk.be_ready();
  desk.give(0s, "last");
  desk.acts();
  desk.session.stop(at(0s), at(1s).mono);
  desk.give(0s, "after");
  EXPECT_THAT(desk.outcomes(), ElementsAre("after dropped"));
  EXPECT_THAT(desk.acts(), IsEmpty());
  desk.session.on_bytes(at(0s), "+last\r\n");
  EXPECT_THAT(desk.acts(), ElementsAre("close"));
  desk.session.on_closed(at(0s), "closed");
  EXPECT_TRUE(desk.session.stopped());
  EXPECT_EQ(desk.value("tickwitness_redis_connection_errors_total"), 0);
  EXPECT_FALSE(desk.session.wake_at());
}

TEST(RedisSession, AtTheEndItDoesNotWaitForEver) {
  RedisSettings settings;
  settings.ping_every = 0s;
  Desk desk(settings);
  desk.be_ready();
  desk.give(0s, "never", 10s);
  desk.acts();
  desk.session.stop(at(0s), at(1s).mono);
  EXPECT_EQ(desk.session.wake_at(), at(1s).mono);
  desk.session.on_time(at(1s));
  EXPECT_THAT(desk.acts(), ElementsAre("close"));
  desk.session.on_closed(at(1s), "closed");
  EXPECT_TRUE(desk.session.stopped());
  EXPECT_THAT(desk.outcomes(), ElementsAre("never lost"));
}

TEST(Failures, AreToldApartByTheirFirstWord) {
  const std::pair<std::string_view, Failure> cases[] = {
      {"LOADING Redis is loading", Failure::loading},
      {"READONLY You can't", Failure::readonly},
      {"OOM command not allowed", Failure::oom},
      {"NOPERM this user", Failure::noperm},
      {"NOAUTH Authentication", Failure::auth},
      {"WRONGPASS invalid", Failure::auth},
      {"MOVED 3999 127.0.0.1:6381", Failure::moved},
      {"ASK 1 h:1", Failure::moved},
      {"BUSY Redis is busy", Failure::busy},
      {"BUSYGROUP Consumer", Failure::error},
      {"ERR LOADING", Failure::error},
      {"", Failure::error}};
  for (const auto& [text, failure] : cases) EXPECT_EQ(failure_of(text), failure) << text;
}

}  // namespace
}  // namespace tickwitness::cache
