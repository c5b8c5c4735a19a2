// The codec of Kraken v1 over recordings of the real exchange, whose contents were counted and
// whose checksums were computed by others.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "base/test_recordings.h"
#include "exchange/kraken/checksum.h"
#include "exchange/kraken_v1/codec.h"
#include "market/order_book.h"
#include "store/recording_reader.h"

namespace tickwitness::app {
namespace {

using base::kRecordings;

using exchange::Frame;
using exchange::FrameKind;

class RecordedKrakenV1Frames : public testing::Test {
 protected:
  void SetUp() override { TW_NEEDS_RECORDINGS(); }

  // Each frame of the recording.
  template <class Use>
  void each(const char* name, Use use) {
    auto reader = store::RecordingReader::open({(kRecordings / "frames" / name).string()});
    ASSERT_TRUE(reader) << reader.error().message;
    for (;;) {
      const auto next = reader->next();
      ASSERT_TRUE(next) << next.error().message;
      if (!*next) return;
      if ((*next)->kind != store::RecordedLine::Kind::frame) continue;
      codec_.decode((*next)->text, frame_);
      std::string word(to_string(frame_.kind));
      if (!frame_.wire_channel.empty()) word += " " + std::string(frame_.wire_channel);
      if (frame_.snapshot) word += " snapshot";
      ++counts_[word];
      EXPECT_EQ(frame_.skipped, 0u) << (*next)->text;
      use();
    }
  }

  exchange::kraken_v1::Codec codec_;
  Frame frame_;
  std::map<std::string, int> counts_;
};

using Counts = std::map<std::string, int>;

TEST_F(RecordedKrakenV1Frames, BooksOfTenPairsHaveTheChecksumsThatKrakenSent) {
  std::map<market::Symbol, market::OrderBook> books;
  std::map<market::Symbol, market::Precision> precisions;
  int trades = 0, matches = 0, checksums = 0;
  each("kraken-v1-10pairs-20210417.frames.gz", [&] {
    trades += static_cast<int>(frame_.trades.size());
    for (const auto& change : frame_.books) {
      auto& book = books.try_emplace(change.symbol, 1000).first->second;
      auto& precision = precisions[change.symbol];
      if (frame_.snapshot) book.clear();
      for (const auto& level : frame_.levels) {
        precision.price = std::max(precision.price, level.price.scale());
        precision.quantity = std::max(precision.quantity, level.quantity.scale());
      }
      book.apply(frame_.bids(change), frame_.asks(change));
      if (!change.checksum) continue;
      ++checksums;
      matches += exchange::kraken::book_checksum(book, precision) == *change.checksum;
    }
  });
  EXPECT_EQ(counts_, (Counts{{"books book snapshot", 10},
                             {"books book", 4269},
                             {"quotes ticker", 18},
                             {"trades trade", 8},
                             {"heartbeat", 92},
                             {"subscribed", 30},
                             {"status", 3}}));
  EXPECT_EQ(books.size(), 10u);
  EXPECT_EQ(trades, 10);
  EXPECT_EQ(checksums, 4269);
  EXPECT_EQ(matches, 4269);
}

TEST_F(RecordedKrakenV1Frames, TickerSession) {
  std::vector<std::uint64_t> ids;
  each("kraken-v1-ticker-session.frames.gz", [&] {
    if (frame_.request_id) ids.push_back(*frame_.request_id);
  });
  EXPECT_EQ(counts_,
            (Counts{{"status", 1}, {"subscribed", 4}, {"quotes ticker", 4}, {"heartbeat", 4}}));
  EXPECT_EQ(ids, (std::vector<std::uint64_t>{12870497960778414923u}));
}

// Documentation's own frames, pretty-printed, one a file.
TEST_F(RecordedKrakenV1Frames, DocumentedFrames) {
  const auto decode = [&](const char* name) {
    std::ifstream file(kRecordings / "kraken-v1" / name);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    codec_.decode(text, frame_);
    EXPECT_FALSE(text.empty()) << name;
    return frame_.kind;
  };
  const std::pair<const char*, FrameKind> cases[] = {
      {"m4cx-doc-frames/bookSnapshot.json", FrameKind::books},
      {"m4cx-doc-frames/bookUpdate1.json", FrameKind::books},
      {"m4cx-doc-frames/bookUpdate2.json", FrameKind::books},
      {"m4cx-doc-frames/bookUpdate3.json", FrameKind::books},
      {"m4cx-doc-frames/bookUpdateRepublished.json", FrameKind::books},
      {"m4cx-doc-frames/heartbeat.json", FrameKind::heartbeat},
      {"m4cx-doc-frames/ohlc.json", FrameKind::candles},
      {"m4cx-doc-frames/ping.json", FrameKind::unsupported},
      {"m4cx-doc-frames/pong.json", FrameKind::pong},
      {"m4cx-doc-frames/spread.json", FrameKind::quotes},
      {"m4cx-doc-frames/subscribe1.json", FrameKind::unsupported},
      {"m4cx-doc-frames/subscribe2.json", FrameKind::unsupported},
      {"m4cx-doc-frames/subscriptionStatus1.json", FrameKind::subscribed},
      {"m4cx-doc-frames/subscriptionStatus2.json", FrameKind::unsubscribed},
      {"m4cx-doc-frames/subscriptionStatusError.json", FrameKind::refused},
      {"m4cx-doc-frames/systemStatus.json", FrameKind::status},
      {"m4cx-doc-frames/ticker.json", FrameKind::quotes},
      {"m4cx-doc-frames/trade.json", FrameKind::trades},
      {"m4cx-doc-frames/unsubscribe1.json", FrameKind::unsupported},
      {"xchange-frames/connectionDetails.json", FrameKind::status},
      {"xchange-frames/orderBookMessageSnapshot.json", FrameKind::books},
      {"xchange-frames/orderBookMessageUpdate00.json", FrameKind::books},
      {"xchange-frames/orderBookMessageUpdate01.json", FrameKind::books},
      {"xchange-frames/orderBookMessageUpdate02.json", FrameKind::books},
      {"xchange-frames/subscriptionConfirmation.json", FrameKind::subscribed},
      {"xchange-frames/ticker.json", FrameKind::quotes},
      {"xchange-frames/trades.json", FrameKind::trades},
  };
  for (const auto& [name, kind] : cases)
    EXPECT_EQ(to_string(decode(name)), to_string(kind)) << name;

  decode("m4cx-doc-frames/bookUpdate3.json");
  EXPECT_EQ(frame_.books.at(0).bids, 1u);
  EXPECT_EQ(frame_.books[0].asks, 2u);
  EXPECT_FALSE(frame_.books[0].checksum);
  decode("xchange-frames/orderBookMessageUpdate02.json");
  EXPECT_EQ(frame_.books.at(0).checksum, 3647725291u);
  decode("m4cx-doc-frames/subscriptionStatus2.json");
  EXPECT_EQ(frame_.request_id, 42u);
  EXPECT_EQ(frame_.subscription->interval_minutes, 5u);
}

}  // namespace
}  // namespace tickwitness::app
