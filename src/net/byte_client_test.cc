#include "net/byte_client.h"

#include <gtest/gtest.h>

#include <optional>

#include "net/testing.h"

namespace tickwitness::net {
namespace {
using runtime::Closed;
using runtime::CloseReason;
using namespace std::chrono_literals;

struct Talk {
  explicit Talk(std::uint16_t port, const runtime::ChannelLimits& limits = {})
      : client(loop.executor, limits) {
    open(port);
  }
  void open(std::uint16_t port) {
    client.open({.tls = false, .host = "127.0.0.1", .port = port},
                {.on_open = [this] { opened = true; },
                 .on_bytes = [this](base::Now, std::string_view bytes) { got += bytes; },
                 .on_closed =
                     [this](const Closed& one) {
                       closed = one;
                       ++ends;
                     }});
  }
  bool until_open() {
    return loop.until([this] { return opened; });
  }
  bool until_closed() {
    return loop.until([this] { return closed.has_value(); });
  }

  testing::Loop loop;
  ByteClient client;
  bool opened = false;
  int ends = 0;
  std::string got;
  std::optional<Closed> closed;
};

TEST(ByteClient, BytesGoBothWaysAndTheEndIsTold) {
  testing::SilentListener listener;
  Talk talk(listener.port());
  talk.client.send("too early: there is nobody yet");
  ASSERT_TRUE(talk.until_open());
  talk.client.send("one ");
  talk.client.send("two ");
  talk.client.send(std::string(100'000, 'x'));
  ASSERT_TRUE(talk.loop.until([&] { return listener.received().size() == 100'008; }));
  EXPECT_TRUE(listener.received().starts_with("one two xxx"));
  listener.answer("answer");
  ASSERT_TRUE(talk.loop.until([&] { return talk.got == "answer"; }));
  listener.end_answer();
  ASSERT_TRUE(talk.until_closed());
  EXPECT_EQ(talk.closed->reason, CloseReason::remote);
}

TEST(ByteClient, ClosingIsTheOwnersAndOnce) {
  const testing::SilentListener listener;
  Talk talk(listener.port());
  ASSERT_TRUE(talk.until_open());
  talk.client.close();
  talk.client.close();
  EXPECT_FALSE(talk.closed);  // not from within
  ASSERT_TRUE(talk.until_closed());
  EXPECT_EQ(talk.closed->reason, CloseReason::local);
  talk.loop.drain();
  EXPECT_EQ(talk.ends, 1);
  talk.opened = false;
  talk.open(listener.port());  // and again
  EXPECT_TRUE(talk.until_open());
}

TEST(ByteClient, NobodyThereAndNothingTaken) {
  testing::SilentListener nobody;
  nobody.close();
  Talk refused(nobody.port());
  ASSERT_TRUE(refused.until_closed());
  EXPECT_EQ(refused.closed->reason, CloseReason::refused);

  const testing::SilentListener listener;  // reads nothing
  Talk full(listener.port(), {.send_queue_bytes_max = 1U << 20});
  ASSERT_TRUE(full.until_open());
  for (int i = 0; i < 40 && !full.closed; ++i) {
    full.client.send(std::string(512 * 1024, 'x'));
    full.loop.drain();
  }
  ASSERT_TRUE(full.until_closed());
  EXPECT_EQ(full.closed->reason, CloseReason::timeout);
}

TEST(ByteClient, GoneItIsSilent) {
  const testing::SilentListener listener;
  testing::Loop loop;
  bool told = false;
  {
    ByteClient client(loop.executor);
    client.open({.tls = false, .host = "127.0.0.1", .port = listener.port()},
                {.on_open = [&] { told = true; },
                 .on_bytes = [&](base::Now, std::string_view) { told = true; },
                 .on_closed = [&](const Closed&) { told = true; }});
  }
  loop.drain();
  loop.executor.run_one_for(20ms);
  EXPECT_FALSE(told);
}

}  // namespace
}  // namespace tickwitness::net
