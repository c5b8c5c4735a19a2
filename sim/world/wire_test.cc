#include "sim/world/wire.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace tickwitness::sim {
namespace {

using Kind = WireReader::Kind;

std::vector<std::string> read_in_pieces(const std::string& bytes,
                                        const std::vector<std::size_t>& pieces) {
  WireReader reader(1 << 20);
  std::vector<std::string> messages;
  std::size_t at = 0;
  std::size_t turn = 0;
  while (at < bytes.size()) {
    const std::size_t size = pieces.empty() ? bytes.size() : 1 + pieces[turn++ % pieces.size()] % 9;
    reader.add(std::string_view(bytes).substr(at, size));
    at += size;
    while (const auto message = reader.next()) {
      messages.push_back(message->kind == Kind::close ? "<close>" : message->text);
    }
  }
  EXPECT_EQ(reader.buffered(), 0U);
  return messages;
}

RC_GTEST_PROP(Wire, AnyCutOfTheBytesGivesTheSameMessages,
              (std::vector<std::string> texts, std::vector<std::size_t> pieces,
               std::size_t fragment)) {
  std::string bytes;
  for (const auto& text : texts) append_message(bytes, text, fragment % 5);
  append_close(bytes);
  texts.emplace_back("<close>");
  RC_ASSERT(read_in_pieces(bytes, pieces) == texts);
}

TEST(Wire, LengthsOfAllThreeForms) {
  for (const std::size_t size : {0U, 125U, 126U, 65'535U, 65'536U, 200'000U}) {
    std::string bytes;
    append_message(bytes, std::string(size, 'x'));
    const std::size_t header = size < 126 ? 2 : size < 65'536 ? 4 : 10;
    EXPECT_EQ(bytes.size(), header + size);
    EXPECT_THAT(read_in_pieces(bytes, {}), testing::ElementsAre(std::string(size, 'x')));
  }
}

TEST(Wire, AMessageAboveTheLimitIsSaidBeforeItHasArrived) {
  WireReader reader(10);
  std::string bytes;
  append_message(bytes, "12345678901");
  reader.add(bytes.substr(0, 3));
  const auto message = reader.next();
  ASSERT_TRUE(message);
  EXPECT_EQ(message->kind, Kind::oversize);
}

TEST(Wire, FragmentsTogetherMayNotExceedTheLimitEither) {
  WireReader reader(10);
  std::string bytes;
  append_message(bytes, "12345678901", 4);
  reader.add(bytes);
  const auto message = reader.next();
  ASSERT_TRUE(message);
  EXPECT_EQ(message->kind, Kind::oversize);
}

}  // namespace
}  // namespace tickwitness::sim
