// The codec of Binance over recordings of the real exchange, whose contents were counted by others.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "base/test_recordings.h"
#include "exchange/binance/codec.h"
#include "exchange/binance/stream_scan.h"
#include "store/recording_reader.h"

namespace tickwitness::app {
namespace {

using base::kRecordings;

using exchange::Frame;

class RecordedBinanceFrames : public testing::Test {
 protected:
  void SetUp() override { TW_NEEDS_RECORDINGS(); }

  void read(const char* name) {
    auto reader = store::RecordingReader::open({(kRecordings / "frames" / name).string()});
    ASSERT_TRUE(reader) << reader.error().message;
    for (;;) {
      const auto next = reader->next();
      ASSERT_TRUE(next) << next.error().message;
      if (!*next) return;
      if ((*next)->kind == store::RecordedLine::Kind::open) continue;
      const auto text = (*next)->text;
      codec_.decode(text, frame_);
      std::string word(to_string(frame_.kind));
      if (!frame_.wire_channel.empty()) word += " " + std::string(frame_.wire_channel);
      if (frame_.snapshot) word += " snapshot";
      ++counts_[word];
      check_ids();
      frame_.clear();
      fast_ += exchange::binance::scan_stream(text, codec_.symbols(), frame_);
    }
  }

  // Trades are numbered without a hole, changes of books follow each other; the best prices never
  // go back.
  void check_ids() {
    for (const auto& trade : frame_.trades) {
      auto& last = last_trade_[trade.symbol];
      trade_gaps_ += last != 0 && trade.id != last + 1;
      last = trade.id;
    }
    for (const auto& quote : frame_.quotes) {
      auto& last = last_quote_[quote.symbol];
      quotes_back_ += quote.update_id.value() <= last;
      last = *quote.update_id;
    }
    for (const auto& book : frame_.books) {
      if (frame_.snapshot) continue;
      auto& last = last_change_[book.symbol];
      depth_gaps_ += last != 0 && book.first_id.value() != last + 1;
      last = book.last_id.value();
    }
  }

  exchange::binance::Codec codec_;
  Frame frame_;
  std::map<std::string, int> counts_;
  std::map<market::Symbol, std::uint64_t> last_trade_, last_quote_, last_change_;
  int trade_gaps_ = 0, quotes_back_ = 0, depth_gaps_ = 0;
  int fast_ = 0;  // frames that the fast way took
};

using Counts = std::map<std::string, int>;

TEST_F(RecordedBinanceFrames, FiveMinutesOfOneMarket) {
  read("binance-btcusdt-20240808.frames.gz");
  EXPECT_EQ(counts_, (Counts{{"books depth", 3451},
                             {"books depth snapshot", 1},
                             {"quotes bookTicker", 28040},
                             {"trades trade", 9757}}));
  EXPECT_EQ(fast_, 3451 + 28040 + 9757);
  EXPECT_EQ(last_change_.size(), 1u);
  EXPECT_EQ(trade_gaps_, 0);
  EXPECT_EQ(quotes_back_, 0);
  EXPECT_EQ(depth_gaps_, 0);
}

TEST_F(RecordedBinanceFrames, HalfAMinuteOfFourMarkets) {
  read("binance-4pairs-20211012.frames.gz");
  EXPECT_EQ(counts_, (Counts{{"books depth", 177},
                             {"books depth snapshot", 4},
                             {"quotes bookTicker", 84},
                             {"trades aggTrade", 2},
                             {"candles kline", 2}}));
  EXPECT_EQ(fast_, 177 + 84 + 2);
  EXPECT_EQ(last_change_.size(), 4u);
  EXPECT_EQ(quotes_back_, 0);
  EXPECT_EQ(depth_gaps_, 0);
}

}  // namespace
}  // namespace tickwitness::app
