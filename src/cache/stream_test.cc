#include "cache/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickwitness::cache {
namespace {

Reply read(std::string_view wire) {
  ReplyParser parser;
  std::vector<Reply> replies;
  EXPECT_TRUE(parser.feed(wire, replies));
  EXPECT_EQ(replies.size(), 1U);
  return replies.empty() ? Reply{} : replies.front();
}

TEST(EntryId, IsReadWrittenAndInOrder) {
  const auto id = EntryId::parse("1700000000000-12");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->milliseconds, 1'700'000'000'000U);
  EXPECT_EQ(id->sequence, 12U);
  EXPECT_EQ(id->str(), "1700000000000-12");
  EXPECT_LT(*EntryId::parse("9-12"), *EntryId::parse("10-2"));
  EXPECT_LT(*EntryId::parse("10-2"), *EntryId::parse("10-12"));
  for (const auto* bad : {"", "1", "-", "1-", "-1", "a-1", "1-1x", "99999999999999999999-1"})
    EXPECT_FALSE(EntryId::parse(bad)) << bad;
}

TEST(Streams, OfBothVersions) {
  const std::string entry = "*2\r\n$3\r\n1-0\r\n*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$0\r\n\r\n";
  for (const auto& wire :
       {"%1\r\n$1\r\ns\r\n*1\r\n" + entry, "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n" + entry}) {
    const auto streams = read_streams(read(wire));
    ASSERT_TRUE(streams) << wire;
    ASSERT_EQ(streams->size(), 1U);
    EXPECT_EQ((*streams)[0].first, "s");
    ASSERT_EQ((*streams)[0].second.size(), 1U);
    const StreamEntry& got = (*streams)[0].second[0];
    EXPECT_EQ(got.id.str(), "1-0");
    EXPECT_EQ(got.fields, (StreamFields{{"a", "1"}, {"b", ""}}));
    EXPECT_EQ(*got.find("a"), "1");
    EXPECT_EQ(got.find("c"), nullptr);
  }
  EXPECT_TRUE(read_streams(read("_\r\n"))->empty());
  EXPECT_TRUE(read_streams(read("*-1\r\n"))->empty());
}

TEST(Streams, WhatWasDeletedIsLeftOut) {
  const auto claimed = read_claimed(
      read("*3\r\n$3\r\n0-0\r\n*3\r\n_\r\n*2\r\n$3\r\n1-0\r\n*-1\r\n*2\r\n$3\r\n2-0\r\n"
           "*2\r\n+a\r\n+b\r\n*1\r\n$3\r\n1-0\r\n"));
  ASSERT_TRUE(claimed);
  EXPECT_EQ(claimed->next, "0-0");
  ASSERT_EQ(claimed->entries.size(), 1U);
  EXPECT_EQ(claimed->entries[0].id.str(), "2-0");
}

// What was too long is never taken for what was not there.
TEST(Streams, AnEntryThatIsTooLongSaysSo) {
  const auto wire = [](const std::string& fields) {
    return "*2\r\n*2\r\n$3\r\n1-0\r\n" + fields + "*2\r\n$3\r\n2-0\r\n*2\r\n+a\r\n+b\r\n";
  };
  const std::string longer = "$2000000\r\n" + std::string(2'000'000, 'x') + "\r\n";
  std::string many = "*600\r\n";
  for (int i = 0; i < 600; ++i) many += "+n\r\n";
  for (const auto& [fields, taken] :
       {std::pair{"*4\r\n+a\r\n" + longer + "+b\r\n+1\r\n", StreamFields{{"b", "1"}}},
        {"*4\r\n" + longer + "+a\r\n+b\r\n+1\r\n", StreamFields{{"b", "1"}}},
        {many, StreamFields{}}}) {
    const auto entries = read_entries(read(wire(fields)));
    ASSERT_TRUE(entries);
    ASSERT_EQ(entries->size(), 2U);
    EXPECT_TRUE((*entries)[0].too_long);
    EXPECT_EQ((*entries)[0].id.str(), "1-0");
    EXPECT_EQ((*entries)[0].fields, taken);
    EXPECT_FALSE((*entries)[1].too_long);
  }
}

TEST(Streams, OtherRepliesAreNone) {
  for (const auto* wire : {"+OK\r\n", ":1\r\n", "*1\r\n*1\r\n$1\r\ns\r\n",
                           "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$1\r\nx\r\n*0\r\n",
                           "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n1-0\r\n*1\r\n+a\r\n"})
    EXPECT_FALSE(read_streams(read(wire))) << wire;
  EXPECT_FALSE(read_claimed(read("*1\r\n$3\r\n0-0\r\n")));
  EXPECT_FALSE(read_claimed(read("*2\r\n+x\r\n*0\r\n")));
}

}  // namespace
}  // namespace tickwitness::cache
