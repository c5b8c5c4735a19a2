// Answers and announcements, through the codec.
#include "exchange/binance/control.h"

#include <gtest/gtest.h>

#include "exchange/binance/codec.h"

namespace tickwitness::exchange::binance {
namespace {

Frame decoded(std::string_view text) {
  Codec codec;
  Frame frame;
  codec.decode(text, frame);
  return frame;
}

base::WallTime milliseconds(std::int64_t count) {
  return base::WallTime(std::chrono::milliseconds(count));
}

std::string combined(std::string_view stream, std::string_view data) {
  return R"({"stream":")" + std::string(stream) + R"(","data":)" + std::string(data) + "}";
}

TEST(BinanceReplies, SpeakForTheWholeRequest) {
  const auto ack = decoded(R"({"result":null,"id":312})");
  ASSERT_EQ(ack.kind, FrameKind::subscribed);
  EXPECT_TRUE(ack.whole_request);
  EXPECT_EQ(ack.request_id, 312u);
  EXPECT_FALSE(ack.subscription);
  for (const std::string_view id : {R"("abc-1")", "null", "-5"}) {
    const auto other = decoded(R"({"id":)" + std::string(id) + R"(,"result":null})");
    EXPECT_EQ(other.kind, FrameKind::subscribed) << id;
    EXPECT_FALSE(other.request_id) << id;
  }
  const auto list = decoded(R"({"result":["btcusdt@aggTrade"],"id":9223372036854775807})");
  EXPECT_EQ(list.kind, FrameKind::pong);
  EXPECT_EQ(list.request_id, 9223372036854775807u);
  EXPECT_FALSE(list.whole_request);
  const auto property = decoded(R"({"result":true,"id":5})");
  EXPECT_EQ(property.kind, FrameKind::unsupported);
  EXPECT_EQ(property.detail, "result");
}

TEST(BinanceReplies, MayRefuse) {
  struct Case {
    std::string_view text;
    std::optional<std::uint64_t> request_id;
  };
  const Case cases[] = {
      {R"({"code":2,"msg":"Invalid request: unknown variant"})", std::nullopt},
      {R"({"code":2,"msg":"Invalid request: unknown variant","id":7})", 7u},
      {R"({"error":{"code":2,"msg":"Invalid request: unknown variant"},"id":8})", 8u},
      {R"({"id":null,"error":{"code":2,"msg":"Invalid request: unknown variant"}})", std::nullopt},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto frame = decoded(c.text);
    EXPECT_EQ(frame.kind, FrameKind::refused);
    EXPECT_EQ(frame.detail, "Invalid request: unknown variant");
    EXPECT_EQ(frame.request_id, c.request_id);
  }
}

TEST(BinanceFrames, AnnounceTheEndOfTheConnection) {
  constexpr std::string_view kEvent = R"({"e":"serverShutdown","E":1770123456789})";
  for (const auto& text : {std::string(kEvent), combined("!serverShutdown", kEvent)}) {
    const auto frame = decoded(text);
    EXPECT_EQ(frame.kind, FrameKind::shutdown) << text;
    EXPECT_EQ(frame.sent, milliseconds(1770123456789));
  }
  const auto untimed = decoded(R"({"e":"serverShutdown","E":"soon"})");
  EXPECT_EQ(untimed.kind, FrameKind::shutdown);
  EXPECT_FALSE(untimed.sent);
}

}  // namespace
}  // namespace tickwitness::exchange::binance
