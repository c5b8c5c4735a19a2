// The codec over recordings of the real exchange, whose contents were counted by others.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "base/test_recordings.h"
#include "exchange/kraken/checksum.h"
#include "exchange/kraken/codec.h"
#include "store/recording_reader.h"

namespace tickwitness::app {
namespace {

using base::kRecordings;

using exchange::Frame;
using exchange::FrameKind;

// Frames by kind, with the channel's name where the kind does not say it.
std::map<std::string, int> count(exchange::kraken::Codec& codec, const std::filesystem::path& path,
                                 Frame& last) {
  std::map<std::string, int> counts;
  auto reader = store::RecordingReader::open({path.string()});
  if (!reader) {
    ADD_FAILURE() << reader.error().message;
    return counts;
  }
  for (;;) {
    const auto next = reader->next();
    if (!next) ADD_FAILURE() << next.error().message;
    if (!next || !*next) return counts;
    codec.decode((*next)->text, last);
    std::string name(to_string(last.kind));
    if (!last.detail.empty()) name += " " + last.detail;
    ++counts[name];
    EXPECT_EQ(last.skipped, 0u);
  }
}

class RecordedKrakenFrames : public testing::Test {
 protected:
  void SetUp() override { TW_NEEDS_RECORDINGS(); }
  exchange::kraken::Codec codec_;
  Frame frame_;
};

// How many books of a recording have the checksum that came with them, in all and right.
std::pair<int, int> sums(const std::filesystem::path& path, market::Precision btc,
                         market::Precision eth) {
  exchange::kraken::Codec codec;
  Frame frame;
  std::map<std::string, market::OrderBook, std::less<>> books;
  std::pair<int, int> counts;
  auto reader = store::RecordingReader::open({path.string()});
  while (reader) {
    const auto line = reader->next();
    if (!line || !*line) return counts;
    codec.decode((*line)->text, frame);
    for (const auto& change : frame.books) {
      auto& book = books.try_emplace(std::string(change.symbol.str()), 10).first->second;
      if (frame.snapshot) book.clear();
      book.apply(frame.bids(change), frame.asks(change));
      const auto precision = change.symbol.base() == "ETH" ? eth : btc;
      ++counts.first;
      counts.second += exchange::kraken::book_checksum(book, precision) == change.checksum;
    }
  }
  return counts;
}

using Counts = std::map<std::string, int>;

TEST_F(RecordedKrakenFrames, BookSessionOf2026) {
  EXPECT_EQ(count(codec_, kRecordings / "frames/kraken-v2-btcusd-ethusd-book10-20260802.frames.gz",
                  frame_),
            (Counts{{"status online", 1},
                    {"subscribed", 4},  // book and trade
                    {"books", 22}}));
}

TEST_F(RecordedKrakenFrames, BookSessionOf2023WithMangledNumbers) {
  EXPECT_EQ(
      count(codec_, kRecordings / "frames/kraken-v2-btcusd-book10-20230730-floatmangled.frames.gz",
            frame_),
      (Counts{{"books", 510}}));
}

TEST_F(RecordedKrakenFrames, BooksHaveTheChecksumsThatTheExchangeSent) {
  const market::Precision btc{.price = 1, .quantity = 8}, eth{.price = 2, .quantity = 8};
  EXPECT_EQ(
      sums(kRecordings / "frames/kraken-v2-btcusd-ethusd-book10-20260802.frames.gz", btc, eth),
      std::pair(22, 22));
  // Zeros at the end are missing in this recording's text, and only what the market's precision
  // says brings them back.
  const auto mangled =
      kRecordings / "frames/kraken-v2-btcusd-book10-20230730-floatmangled.frames.gz";
  EXPECT_EQ(sums(mangled, btc, eth), std::pair(510, 510));
  EXPECT_EQ(sums(mangled, {}, {}), std::pair(510, 0));
}

TEST_F(RecordedKrakenFrames, InstrumentSnapshot) {
  EXPECT_EQ(count(codec_, kRecordings / "frames/kraken-v2-instrument-snapshot.frames.gz", frame_),
            (Counts{{"instruments", 1}}));
  EXPECT_TRUE(frame_.snapshot);
  ASSERT_EQ(frame_.instruments.size(), 683u);
  for (const auto& instrument : frame_.instruments) {
    if (instrument.symbol.str() != "BTC-USD") continue;
    EXPECT_EQ(instrument.price_precision, 1);
    EXPECT_EQ(instrument.quantity_precision, 8);
    EXPECT_EQ(instrument.status, "online");
    return;
  }
  FAIL() << "BTC-USD is missing";
}

// v1 is another protocol: nothing of it may be taken for v2.
TEST_F(RecordedKrakenFrames, V1SessionIsMalformedNotMisread) {
  const auto counts =
      count(codec_, kRecordings / "frames/kraken-v1-ticker-session.frames.gz", frame_);
  ASSERT_EQ(counts.size(), 1u);
  EXPECT_EQ(counts.begin()->first, "malformed");
}

// Documentation's own frames, pretty-printed, one a file.
TEST_F(RecordedKrakenFrames, DocumentedFrames) {
  const auto decode = [&](const char* name) {
    std::ifstream file(kRecordings / "kraken-v2/nautilus-frames" / name);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    codec_.decode(text, frame_);
    return frame_.kind;
  };
  EXPECT_EQ(decode("ws_trade_update.json"), FrameKind::trades);
  ASSERT_EQ(frame_.trades.size(), 2u);
  EXPECT_EQ(frame_.trades[1].quantity.str(), "0.00012460");
  EXPECT_EQ(decode("ws_ticker_snapshot.json"), FrameKind::quotes);
  EXPECT_EQ(frame_.quotes.at(0).bid->str(), "105944.20");
  EXPECT_EQ(decode("ws_ohlc_update.json"), FrameKind::candles);
  EXPECT_EQ(frame_.candles.at(0).volume.str(), "30927.68066226");
  EXPECT_EQ(decode("ws_pong.json"), FrameKind::pong);
  EXPECT_EQ(frame_.request_id, 42u);
  EXPECT_EQ(decode("ws_subscribe_response.json"), FrameKind::subscribed);
  EXPECT_EQ(frame_.subscription->channel, exchange::Channel::spread);
  EXPECT_EQ(decode("ws_book_update.json"), FrameKind::books);
}

}  // namespace
}  // namespace tickwitness::app
