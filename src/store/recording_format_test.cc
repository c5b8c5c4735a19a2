#include "store/recording_format.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace tickwitness::store {
namespace {

using namespace std::chrono_literals;
using Kind = Record::Kind;

base::Now at(std::int64_t mono, std::int64_t wall) {
  return {base::Instant(base::Duration(mono)), base::WallTime(base::Duration(wall))};
}

const StreamName kMain{"kraken", "main", "wss://ws.kraken.com/v2"};
const StreamName kRest{"kraken", "rest", "https://api.kraken.com"};

// A record with text of its own, and its stream.
struct Kept {
  Kind kind = Kind::frame;
  std::uint32_t stream = 0;
  std::int64_t mono = 0, wall = 0;
  std::string target, text;
  std::uint64_t lost = 0;
  StreamName name;
  friend bool operator==(const Kept&, const Kept&) = default;

  Record record() const {
    return {.kind = kind,
            .stream = stream,
            .at = at(mono, wall),
            .target = target,
            .text = text,
            .lost = lost};
  }
};

struct Blocks {
  std::string bytes;
  std::vector<Kept> kept;
};

std::vector<Kept> read_block(std::string_view block) {
  const auto head = read_block_head(block.substr(0, kBlockHeadBytes));
  EXPECT_TRUE(head);
  if (!head) return {};
  EXPECT_EQ(head->stored_bytes, block.size() - kBlockHeadBytes);
  BlockReader reader;
  EXPECT_TRUE(reader.open(*head, block.substr(kBlockHeadBytes)));
  EXPECT_EQ(reader.records_left(), head->records);
  std::vector<Kept> kept;
  for (;;) {
    const auto record = reader.next();
    EXPECT_TRUE(record);
    if (!record || !*record) return kept;
    const Record& r = **record;
    kept.push_back({.kind = r.kind,
                    .mono = r.at.mono.time_since_epoch().count(),
                    .wall = r.at.wall.time_since_epoch().count(),
                    .target = std::string(r.target),
                    .text = std::string(r.text),
                    .lost = r.lost});
    if (r.kind != Kind::lost) kept.back().name = reader.name(r.stream);
  }
}

TEST(RecordingFormat, AHeadComesBackAndOneBadByteIsSeen) {
  const FileHead head{.instance = "left", .created = base::WallTime(1'700'000'000s)};
  std::string bytes;
  append_file_head(head, bytes);
  const std::size_t length = bytes.size();
  EXPECT_EQ(length, kFileHeadBytesMin + 4);
  const auto read = read_file_head(bytes + "what follows");
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->head.instance, "left");
  EXPECT_EQ((*read)->head.created, head.created);
  EXPECT_EQ((*read)->bytes, length);
  for (std::size_t cut = 0; cut < length; ++cut) {
    const auto torn = read_file_head(std::string_view(bytes).substr(0, cut));
    EXPECT_TRUE(torn && !*torn) << cut;
  }
  for (std::size_t i = 0; i < length; ++i) {
    std::string bad = bytes;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    const auto found = read_file_head(bad);
    EXPECT_TRUE(!found || !*found) << i;
  }
}

TEST(RecordingFormat, ALaterVersionIsSaid) {
  std::string bytes;
  append_file_head({.instance = "x"}, bytes);
  bytes[8] = 2;
  const auto read = read_file_head(bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "the recording has format 2; this program reads up to 1");
}

TEST(RecordingFormat, AnInstanceIsCutWhereTheHeadEnds) {
  std::string bytes;
  append_file_head({.instance = std::string(1000, 'i')}, bytes);
  EXPECT_EQ(bytes.size(), kFileHeadBytesMax);
  EXPECT_EQ((*read_file_head(bytes))->head.instance, std::string(255, 'i'));
}

TEST(RecordingFormat, EveryKindComesBackWhateverItsBytes) {
  const std::string binary("\0\n\r\xff\xc3(\x80{\"a\":1}", 14);
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  const std::vector<Kept> kept = {
      {.kind = Kind::open,
       .stream = 7,
       .mono = 5,
       .wall = 1'700'000'000'000'000'000,
       .name = kMain},
      {.kind = Kind::frame, .stream = 7, .mono = 6, .wall = kMax, .text = binary, .name = kMain},
      {.kind = Kind::rest, .mono = 4, .wall = kMin, .target = "u r l", .text = "[]", .name = kRest},
      {.kind = Kind::frame, .stream = 7, .mono = kMin, .wall = 0, .text = "", .name = kMain},
      {.kind = Kind::lost, .mono = kMax, .wall = 0, .lost = ~std::uint64_t{0}},
      {.kind = Kind::closed, .stream = 7, .mono = 9, .wall = 9, .text = "reset", .name = kMain},
  };
  BlockWriter writer;
  for (int round = 0; round < 2; ++round) {  // its memory is used again
    for (const auto& one : kept) writer.add(one.record(), one.name);
    EXPECT_EQ(writer.records(), kept.size());
    std::string block;
    ASSERT_TRUE(writer.finish(block));
    auto expected = kept;
    for (auto& one : expected) one.stream = 0;
    EXPECT_EQ(read_block(block), expected);
    EXPECT_EQ(writer.records(), 0U);
  }
}

RC_GTEST_PROP(RecordingFormat, AnyFramesComeBack, (const std::vector<std::string>& texts)) {
  BlockWriter writer;
  std::vector<Kept> kept;
  for (const auto& text : texts) {
    kept.push_back({.stream = *rc::gen::inRange(0U, 20U),
                    .mono = *rc::gen::arbitrary<std::int64_t>(),
                    .wall = *rc::gen::arbitrary<std::int64_t>(),
                    .text = text});
    kept.back().name = {"kraken", std::to_string(kept.back().stream), "u"};
    writer.add(kept.back().record(), kept.back().name);
  }
  std::string block;
  RC_ASSERT(writer.finish(block).has_value());
  for (auto& one : kept) one.stream = 0;
  RC_ASSERT(read_block(block) == kept);
}

TEST(RecordingFormat, EveryBadByteOfABlockIsSeen) {
  BlockWriter writer;
  for (int i = 0; i < 50; ++i) {
    const std::string text = "frame " + std::to_string(i * 7919);
    writer.add({.at = at(i, i), .text = text}, kMain);
  }
  std::string block;
  ASSERT_TRUE(writer.finish(block));
  for (std::size_t i = 0; i < block.size(); ++i) {
    std::string bad = block;
    bad[i] = static_cast<char>(bad[i] ^ 0x01);
    const auto head = read_block_head(bad);
    BlockReader reader;
    EXPECT_FALSE(head && reader.open(*head, std::string_view(bad).substr(kBlockHeadBytes))) << i;
  }
}

// What stands in a block is looked at, however right its sums are.
TEST(RecordingFormat, ASoundBlockOfNonsenseIsAnError) {
  BlockWriter writer;
  writer.add({.at = at(1, 1), .text = "first"}, kMain);
  writer.add({.kind = static_cast<Kind>(99), .at = at(2, 2), .text = "second"}, kMain);
  std::string block;
  ASSERT_TRUE(writer.finish(block));
  BlockReader reader;
  ASSERT_TRUE(
      reader.open(*read_block_head(block), std::string_view(block).substr(kBlockHeadBytes)));
  EXPECT_EQ((*reader.next())->text, "first");
  EXPECT_FALSE(reader.next());
  EXPECT_EQ(reader.records_left(), 1U);
}

}  // namespace
}  // namespace tickwitness::store
