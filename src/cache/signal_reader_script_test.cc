// Signals of a Redis that says what the test says, in a time of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cache/signal_reader.h"
#include "cache/test_client.h"
#include "runtime/test_executor.h"

namespace tickwitness::cache {
namespace {
using runtime::test::HandExecutor;
using testing::ElementsAre;
using namespace std::chrono_literals;

using Words = std::vector<std::string>;

const std::string kNothingPending = "*2\r\n$3\r\n0-0\r\n*0\r\n";

// An answer to XAUTOCLAIM with these signals; `next`: where to go on.
std::string pending(const Words& ids, const std::string& next) {
  std::string answer = "*2\r\n+" + next + "\r\n*" + std::to_string(ids.size()) + "\r\n";
  for (const auto& id : ids) {
    answer += "*2\r\n+" + id +
              "\r\n*6\r\n+symbol\r\n+BTC-USD\r\n+side\r\n+buy\r\n+timestamp\r\n+1700000000123\r\n";
  }
  return answer;
}

class Script final : public runtime::ByteChannel {
 public:
  explicit Script(HandExecutor& executor) : executor_(executor), timer_(executor.make_timer()) {}

  void open(const runtime::Endpoint&, Events events) override {
    events_ = std::move(events);
    executor_.post([this] { events_.on_open(); });
  }
  void send(std::string bytes) override {
    std::vector<Reply> commands;
    ReplyParser parser;
    ASSERT_TRUE(parser.feed(bytes, commands));
    for (const Reply& command : commands) {
      Words words;
      for (const Reply& word : command.items) words.push_back(word.text);
      if (words[0] == "XREADGROUP") {  // nothing comes
        timer_->arm(executor_.now().mono + 1s, [this] { say("_\r\n"); });
      } else {
        executor_.post([this, answer = answer_to(words)] { say(answer); });
      }
      told.push_back(std::move(words));
    }
  }
  void close() override {
    timer_->cancel();
    executor_.post([this] { events_.on_closed({}); });
  }

  // To XAUTOCLAIM; empty: nothing is said.
  std::function<std::string(const Words&)> claim = [](const Words&) { return kNothingPending; };
  std::vector<Words> told;

 private:
  std::string answer_to(const Words& words) {
    return words[0] == "XAUTOCLAIM" ? claim(words) : "+OK\r\n";
  }
  void say(const std::string& answer) { events_.on_bytes(executor_.now(), answer); }

  HandExecutor& executor_;
  std::unique_ptr<runtime::Timer> timer_;
  Events events_;
};

struct World {
  explicit World(const SignalSettings& settings = {})
      : reader(settings, executor, client, metrics, log) {
    client.start();
  }
  static RedisSettings redis() {
    RedisSettings settings;
    settings.ping_every = 0s;
    return settings;
  }
  // The values of COUNT of all such commands so far.
  std::vector<std::string> counts(const std::string& command) const {
    std::vector<std::string> values;
    for (const Words& words : script.told) {
      if (words[0] == command) values.push_back(*(std::ranges::find(words, "COUNT") + 1));
    }
    return values;
  }
  std::size_t warnings() const {
    std::size_t found = 0;
    for (std::size_t at = lines.find("level=warning"); at != lines.npos;
         at = lines.find("level=warning", at + 1))
      ++found;
    return found;
  }
  double received() const {
    return test::value_of(registry, "tickwitness_signals_received_total", {"paper", "valid"});
  }

  HandExecutor executor;
  std::string lines;
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  RedisMeter meter{metrics};
  runtime::Log log{executor.clock(), base::LogFormat::logfmt, {}, [this](std::string_view line) {
                     lines += line;
                   }};
  std::unique_ptr<Script> channel = std::make_unique<Script>(executor);
  Script& script = *channel;
  RedisClient client{redis(), executor, std::move(channel), meter, log};
  SignalReader reader;
};

TEST(RedisMeter, WhatAnEngineAsksForBeginsAtZero) {
  telemetry::Registry registry;
  telemetry::Catalog metrics{registry};
  const RedisMeter meter{metrics};
  for (const char* result : {"success", "failure"}) {
    EXPECT_EQ(test::value_of(registry, "tickwitness_redis_operations_total", {"xack", result}), 0);
  }
}

TEST(SignalScript, WhatAPassThatBreaksOffHasSeenIsCountedOnce) {
  World world;
  int passes = 0;
  world.script.claim = [&](const Words& words) {
    if (words[1] == "signals:live") return kNothingPending;
    if (words[5] == "0-0") return pending({"1-0"}, "2-0");
    return ++passes < 4 ? "-ERR not now\r\n" : pending({"2-0"}, "0-0");
  };
  world.executor.run_until(10s);
  EXPECT_EQ(passes, 4);
  EXPECT_EQ(world.received(), 2);
  EXPECT_EQ(test::value_of(world.registry, "tickwitness_signals_pending", {"paper"}), 2);
}

TEST(SignalScript, WhatGoesOnIsWarnedOfOnceUntilItChanges) {
  World world;
  std::string answer = "-NOPERM this user has no permissions\r\n";
  world.script.claim = [&](const Words&) { return answer; };
  world.executor.run_until(10s);
  EXPECT_EQ(world.warnings(), 1U) << world.lines;
  answer = "-OOM command not allowed\r\n";
  world.executor.run_until(20s);
  EXPECT_EQ(world.warnings(), 2U) << world.lines;
  EXPECT_GE(world.counts("XAUTOCLAIM").size(), 19U);  // each second, though
  answer = kNothingPending;
  world.executor.run_until(30s);
  // It works; that it does not any more is news.
  answer = "-OOM command not allowed\r\n";
  world.script.close();
  world.executor.run_until(40s);
  EXPECT_EQ(world.warnings(), 3U) << world.lines;
}

TEST(SignalScript, FullStreamsAreLookedAtOnceAMinute) {
  World world({.pending_max = 1});
  std::string answer = pending({"1-0"}, "0-0");
  world.script.claim = [&](const Words&) { return answer; };
  world.executor.run_until(59s);
  EXPECT_EQ(world.counts("XAUTOCLAIM").size(), 2U);
  EXPECT_EQ(world.counts("XREADGROUP").size(), 0U);
  world.executor.run_until(61s);
  EXPECT_EQ(world.counts("XAUTOCLAIM").size(), 4U);
  answer = kNothingPending;
  world.executor.run_until(121s);
  EXPECT_GE(world.counts("XREADGROUP").size(), 1U);
}

TEST(SignalScript, WhatLiesBehindTheEndOfAPassIsStillHeld) {
  World world({.pending_max = 1});
  std::string answer = pending({"1-0", "2-0"}, "0-0");
  world.script.claim = [&](const Words& words) {
    return words[1] == "signals:live" ? pending({"1-0"}, "0-0") : answer;
  };
  const auto held = [&] {
    return test::value_of(world.registry, "tickwitness_signals_pending", {"paper"});
  };
  world.executor.run_until(59s);
  EXPECT_EQ(held(), 2);
  answer = pending({"1-0"}, "2-0");  // that is enough for this pass
  world.executor.run_until(61s);
  EXPECT_EQ(held(), 2);
  answer = pending({"2-0"}, "0-0");
  world.executor.run_until(121s);
  EXPECT_EQ(held(), 1);
  EXPECT_EQ(world.received(), 2);
}

TEST(SignalScript, APageThatTakesTooLongIsAskedForInSmallerOnes) {
  World world;
  world.script.claim = [&](const Words& words) {
    return std::stoi(words.back()) > 12 ? "" : kNothingPending;
  };
  world.executor.run_until(30s);
  EXPECT_THAT(world.counts("XAUTOCLAIM"), ElementsAre("50", "25", "12", "13", "6", "7"));
  auto counts = world.counts("XREADGROUP");
  ASSERT_GE(counts.size(), 4U);
  counts.resize(4);
  EXPECT_THAT(counts, ElementsAre("8", "9", "10", "11"));
}

}  // namespace
}  // namespace tickwitness::cache
