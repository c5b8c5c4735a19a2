#include "exchange/kraken/usual_frames.h"

#include <gtest/gtest.h>

#include <string>

#include "exchange/kraken/codec.h"
#include "exchange/test_frames.h"

namespace tickwitness::exchange::kraken {
namespace {

// Frames as Kraken's servers of 2026 spell them.
const std::string_view kUsual[] = {
    R"({"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"sell",)"
    R"("price":68466.9,"qty":0.01919415,"ord_type":"market","trade_id":70635251,)"
    R"("timestamp":"2024-05-27T12:33:10.826003Z"}]})",
    R"({"channel":"trade","type":"snapshot","data":[{"symbol":"BTC/USD","side":"buy",)"
    R"("price":68466.9,"qty":12,"ord_type":"limit","trade_id":18446744073709551615,)"
    R"("timestamp":"2024-05-27T12:33:10.826003Z"},{"symbol":"ETH/EUR","side":"sell",)"
    R"("price":0.00000001,"qty":0.00005100,"ord_type":"market","trade_id":0,)"
    R"("timestamp":"2261-12-31T23:59:59.000000Z"}]})",
    R"({"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[)"
    R"({"price":63348.4,"qty":0.12158347},{"price":63348.1,"qty":0.78928964}],"asks":[)"
    R"({"price":63348.5,"qty":0.03310673}],"checksum":2976216659}]})",
    R"({"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[],"asks":[)"
    R"({"price":63351.6,"qty":0.00000000},{"price":63356.7,"qty":0.78918373}],)"
    R"("checksum":3161278731,"timestamp":"2026-08-02T05:43:31.208168Z"},{"symbol":"ETH/USD",)"
    R"("bids":[{"price":3000.01,"qty":1.5}],"asks":[],"checksum":1}]})",
};

// A space before a frame changes nothing of what it says, and sends it the general way.
std::string the_general_way(std::string_view text) {
  Codec codec;
  Frame frame;
  const std::string spaced = " " + std::string(text);
  EXPECT_FALSE(read_usual(spaced, frame));
  codec.decode(spaced, frame);
  return FrameText::of(frame);
}

TEST(KrakenUsualFrames, AreReadAsTheGeneralWayWould) {
  for (const auto text : kUsual) {
    SCOPED_TRACE(text);
    Frame frame;
    ASSERT_TRUE(read_usual(text, frame));
    EXPECT_NE(frame.kind, FrameKind::malformed);
    EXPECT_EQ(FrameText::of(frame), the_general_way(text));
  }
}

// Wherever a byte is changed, the frame is either left to the general way or read as it would be.
TEST(KrakenUsualFrames, WithAnyByteChangedAreReadAlike) {
  constexpr std::string_view kOthers = "\"0-9.,:]}xE\\ \xff";
  Codec codec;
  for (const auto usual : kUsual) {
    int left = 0;
    for (std::size_t at = 0; at < usual.size(); ++at) {
      std::string text(usual);
      for (const char other : kOthers) {
        text[at] = other;
        Frame frame;
        if (!read_usual(text, frame)) {
          EXPECT_EQ(FrameText::of(frame), FrameText::of(Frame{})) << text;
          ++left;
        }
        codec.decode(text, frame);
        EXPECT_EQ(FrameText::of(frame), the_general_way(text)) << text;
      }
    }
    EXPECT_GT(left, 0);
  }
}

TEST(KrakenUsualFrames, CutAnywhereOrFollowedByAnythingAreNone) {
  for (const auto usual : kUsual) {
    Frame frame;
    for (std::size_t length = 0; length < usual.size(); ++length) {
      // of its own size, so that a reader that goes too far is caught
      const std::string cut(usual.substr(0, length));
      EXPECT_FALSE(read_usual(cut, frame)) << cut;
    }
    EXPECT_FALSE(read_usual(std::string(usual) + "\n", frame));
    EXPECT_FALSE(read_usual(std::string(usual) + "}", frame));
    EXPECT_EQ(FrameText::of(frame), FrameText::of(Frame{}));
  }
}

}  // namespace
}  // namespace tickwitness::exchange::kraken
