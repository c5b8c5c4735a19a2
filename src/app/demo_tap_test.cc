#include "app/demo_tap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/executor_asio.h"

namespace tickwitness::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using What = EngineNote::What;

constexpr base::Now kNow{base::Instant(std::chrono::hours(5)),
                         base::WallTime(std::chrono::seconds(1'767'323'070))};

// Channels that do what the test says, and tell what they were asked to.
struct Inner final : runtime::MessageChannelFactory {
  struct Channel final : runtime::MessageChannel {
    explicit Channel(Inner& owner) : inner(owner) { inner.channels.push_back(this); }
    void open(const runtime::Endpoint& endpoint, Events wanted) override {
      inner.asked.push_back("open " + endpoint.host);
      events = std::move(wanted);
    }
    void send(std::string text) override { inner.asked.push_back("send " + text); }
    void close() override { inner.asked.emplace_back("close"); }
    Inner& inner;
    Events events;
  };
  std::unique_ptr<runtime::MessageChannel> make(const runtime::ChannelLimits&) override {
    return std::make_unique<Channel>(*this);
  }
  std::vector<Channel*> channels;
  std::vector<std::string> asked;
};

class DemoTapTest : public testing::Test {
 protected:
  std::unique_ptr<runtime::MessageChannel> channel() { return tap.make({}); }
  // What the engine is told, and how many notes there were by then.
  runtime::MessageChannel::Events events() {
    return {.on_open = [this](base::Now) { tell("open"); },
            .on_message = [this](base::Now, std::string_view text) { tell(std::string(text)); },
            .on_closed =
                [this](base::Now, const runtime::Closed& closed) {
                  tell(std::string(to_string(closed.reason)));
                }};
  }
  void tell(std::string what) {
    for (auto& note : notes.take().engine) taken.push_back(std::move(note));
    told.push_back(std::move(what) + " after " + std::to_string(taken.size()));
  }
  std::vector<What> whats() {
    for (auto& note : notes.take().engine) taken.push_back(std::move(note));
    std::vector<What> all;
    for (const auto& note : taken) all.push_back(note.what);
    return all;
  }

  runtime::AsioExecutor executor;
  DemoNotes notes;
  Inner inner;
  DemoTap tap{{{runtime::Endpoint{}.port, &notes}}, executor, inner};
  std::vector<EngineNote> taken;
  std::vector<std::string> told;
};

TEST_F(DemoTapTest, NotesWhatTheEngineIsToldBeforeItIs) {
  const auto first = channel();
  const auto second = channel();
  second->open({.host = "there"}, events());
  const auto& from_below = inner.channels[1]->events;
  from_below.on_open(kNow);
  second->send("ask");
  from_below.on_message(kNow, "answer");
  from_below.on_closed(kNow, {.reason = runtime::CloseReason::reset});
  EXPECT_THAT(inner.asked, ElementsAre("open there", "send ask"));
  EXPECT_THAT(told, ElementsAre("open after 2", "answer after 4", "reset after 5"));
  EXPECT_THAT(whats(),
              ElementsAre(What::attempt, What::open, What::sent, What::delivered, What::ended));
  for (const auto& note : taken) EXPECT_EQ(note.link, 2U);
  EXPECT_EQ(taken[1].now.mono, kNow.mono);
  EXPECT_EQ(taken[2].text, "ask");
  EXPECT_EQ(taken[3].print, MessagePrint::of("answer"));
  EXPECT_EQ(taken[4].reason, runtime::CloseReason::reset);
}

TEST_F(DemoTapTest, NotesNoWishThatHasNoEffect) {
  const auto one = channel();
  one->close();
  one->send("nobody is there");
  EXPECT_THAT(whats(), IsEmpty());
  one->open({}, events());
  one->send("too soon");
  one->close();
  one->close();
  one->send("too late");
  inner.channels[0]->events.on_closed(kNow, {});
  one->close();
  EXPECT_THAT(whats(), ElementsAre(What::attempt, What::closing, What::ended));
}

TEST_F(DemoTapTest, WhatGoesToAnotherPortPassesWithoutANote) {
  const auto one = channel();
  one->open({.host = "elsewhere", .port = 1}, events());
  inner.channels[0]->events.on_open(kNow);
  one->send("ask");
  inner.channels[0]->events.on_message(kNow, "answer");
  one->close();
  inner.channels[0]->events.on_closed(kNow, {.reason = runtime::CloseReason::local});
  EXPECT_THAT(inner.asked, ElementsAre("open elsewhere", "send ask", "close"));
  EXPECT_THAT(told, ElementsAre("open after 0", "answer after 0", "local after 0"));
  EXPECT_THAT(whats(), IsEmpty());
}

TEST_F(DemoTapTest, NotesOfEachPortAreApartAndSayWhenAChannelIsLetGo) {
  DemoNotes others;
  DemoTap both({{runtime::Endpoint{}.port, &notes}, {1, &others}}, executor, inner);
  both.make({});  // never opened: nobody's
  auto one = both.make({});
  one->open({.host = "elsewhere", .port = 1}, events());
  one.reset();
  EXPECT_THAT(whats(), IsEmpty());
  std::vector<What> all;
  for (const auto& note : others.take().engine) all.push_back(note.what);
  EXPECT_THAT(all, ElementsAre(What::attempt, What::dropped));
}

TEST_F(DemoTapTest, FinishingIsNotedInItsTurnOnTheEnginesThread) {
  tap.finishing();
  EXPECT_THAT(whats(), IsEmpty());
  executor.post([this] { executor.stop(); });
  executor.run();
  EXPECT_THAT(whats(), ElementsAre(What::finishing));
}

}  // namespace
}  // namespace tickwitness::app
