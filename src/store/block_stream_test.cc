#include "store/block_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/prng.h"

namespace tickwitness::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const StreamName kMain{"kraken", "main", "wss://a"};

std::string block_of(int first, int last) {
  BlockWriter writer;
  for (int i = first; i <= last; ++i) {
    const std::string text = std::to_string(i);
    writer.add(
        {.at = {base::Instant(base::Duration(i)), base::WallTime(base::Duration(i))}, .text = text},
        kMain);
  }
  std::string block;
  EXPECT_TRUE(writer.finish(block));
  return block;
}

std::string head_of() {
  std::string head;
  append_file_head({.instance = "test"}, head);
  return head;
}

struct Read {
  std::vector<std::string> lines;
  Damage damage;
  std::vector<std::string> notes;
  std::string error;
  bool head = false;
};

// `piece`: bytes that come at once.
Read read(const std::string& bytes, std::size_t piece = 7) {
  std::size_t at = 0;
  Content content([&](std::span<char> into) {
    const std::size_t count = bytes.copy(into.data(), std::min(into.size(), piece), at);
    at += count;
    return base::Result<std::size_t>(count);
  });
  BlockStream blocks(content);
  Read result;
  for (;;) {
    const auto next = blocks.next();
    if (!next) result.error = next.error().message;
    if (!next || !*next) break;
    const bool lost = (*next)->kind == Record::Kind::lost;
    result.lines.push_back(lost ? "lost " + std::to_string((*next)->lost)
                                : std::string((*next)->text));
  }
  result.damage = blocks.damage();
  result.notes = blocks.notes();
  result.head = blocks.head().has_value();
  return result;
}

TEST(BlockStream, ReadsWholeFilesAndFilesJoined) {
  const std::string file = head_of() + block_of(1, 2) + block_of(3, 3);
  for (const std::size_t piece : {1U, 7U, 1000U}) {
    const auto result = read(file, piece);
    EXPECT_THAT(result.lines, ElementsAre("1", "2", "3"));
    EXPECT_EQ(result.damage, Damage{});
    EXPECT_TRUE(result.head);
  }
  EXPECT_THAT(read(file + head_of() + block_of(4, 4)).lines, ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(read(head_of()).lines, IsEmpty());
  EXPECT_THAT(read("").notes, IsEmpty());
}

// Wherever a crash ends the file, what was whole before is there, and the rest is counted.
TEST(BlockStream, EveryTornTailIsToldAndCostsNoOtherBlock) {
  const std::string start = head_of() + block_of(1, 2);
  const std::string file = start + block_of(3, 40);
  for (std::size_t length = start.size(); length < file.size(); ++length) {
    const auto result = read(file.substr(0, length));
    EXPECT_THAT(result.lines, ElementsAre("1", "2")) << length;
    EXPECT_EQ(result.damage, (Damage{.torn_bytes = length - start.size()}));
    EXPECT_EQ(result.notes.size(), length == start.size() ? 0U : 1U);
  }
  const auto zeros = read(start + std::string(5000, '\0'));
  EXPECT_THAT(zeros.lines, ElementsAre("1", "2"));
  EXPECT_THAT(zeros.notes, ElementsAre("the last 5000 bytes are no whole block and were left out"));
  for (std::size_t length = 0; length < head_of().size(); ++length) {
    EXPECT_EQ(read(head_of().substr(0, length)).damage, Damage{.torn_bytes = length});
  }
}

TEST(BlockStream, ABadByteInTheMiddleCostsOneBlock) {
  const std::string start = head_of() + block_of(1, 2);
  const std::string bad = block_of(3, 7);
  const std::string end = block_of(8, 9);
  for (std::size_t i = 0; i < bad.size(); ++i) {
    std::string broken = bad;
    broken[i] = static_cast<char>(broken[i] ^ 0x20);
    const auto result = read(start + broken + end);
    // Its own head says how many are missing, if it can still be read.
    const std::string lost = i < kBlockHeadBytes ? "lost 0" : "lost 5";
    EXPECT_THAT(result.lines, ElementsAre("1", "2", lost, "8", "9")) << i;
    EXPECT_EQ(result.damage, (Damage{.stretches = 1, .bytes = bad.size()})) << i;
    ASSERT_EQ(result.notes.size(), 1U);
    EXPECT_THAT(result.notes[0], HasSubstr("are damaged and were left out"));
  }
}

TEST(BlockStream, ABlockCutShortDoesNotTakeTheNextAlong) {
  const std::string bad = block_of(3, 40);
  const auto result =
      read(head_of() + block_of(1, 1) + bad.substr(0, bad.size() / 2) + head_of() + block_of(9, 9));
  EXPECT_THAT(result.lines, ElementsAre("1", "lost 38", "9"));
}

TEST(BlockStream, ADamagedHeadOfTheFileCostsNoRecord) {
  std::string head = head_of();
  head[head.size() - 6] ^= 1;
  const auto result = read(head + block_of(1, 2));
  EXPECT_FALSE(result.head);
  EXPECT_THAT(result.lines, ElementsAre("lost 0", "1", "2"));
  EXPECT_EQ(result.damage, (Damage{.stretches = 1, .bytes = head.size()}));
}

TEST(BlockStream, ALaterFormatIsAnError) {
  std::string head = head_of();
  head[8] = 7;
  EXPECT_THAT(read(head + block_of(1, 2)).error, HasSubstr("format 7"));
}

// Any number of bad bytes: no crash, no record that was not written, in order.
TEST(BlockStream, MuchDamageIsBoundedInWhatItSays) {
  std::string file = head_of();
  for (int i = 0; i < 300; ++i) file += block_of(10 * i, 10 * i + 9);
  base::Prng random(5);
  for (int i = 0; i < 100; ++i) {
    const std::size_t at = head_of().size() + random.below(file.size() - head_of().size());
    file[at] = static_cast<char>(random.below(256));
  }
  const auto result = read(file, 4096);
  EXPECT_GT(result.damage.stretches, BlockStream::kNotesMax);
  EXPECT_LE(result.notes.size(), BlockStream::kNotesMax);
  int last = -1;
  for (const auto& line : result.lines) {
    if (line.starts_with("lost")) continue;
    EXPECT_GT(std::stoi(line), last);
    last = std::stoi(line);
  }
}

}  // namespace
}  // namespace tickwitness::store
