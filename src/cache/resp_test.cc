#include "cache/resp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <cmath>

namespace tickwitness::cache {
namespace {
using Kind = Reply::Kind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Reply text(std::string value) {
  Reply reply;
  reply.kind = Kind::text;
  reply.text = std::move(value);
  return reply;
}
Reply integer(std::int64_t value) {
  Reply reply;
  reply.kind = Kind::integer;
  reply.integer = value;
  return reply;
}
Reply list(Kind kind, std::vector<Reply> items) {
  Reply reply;
  reply.kind = kind;
  reply.items = std::move(items);
  return reply;
}

std::vector<Reply> read(std::string_view wire, std::size_t step = 1 << 20) {
  ReplyParser parser;
  std::vector<Reply> replies;
  for (std::size_t at = 0; at < wire.size(); at += step) {
    const auto fed = parser.feed(wire.substr(at, step), replies);
    EXPECT_TRUE(fed) << (fed ? "" : fed.error().message);
  }
  return replies;
}

std::string problem(std::string_view wire, const RespLimits& limits = {}) {
  ReplyParser parser(limits);
  std::vector<Reply> replies;
  const auto fed = parser.feed(wire, replies);
  EXPECT_THAT(replies, IsEmpty());
  return fed ? "" : fed.error().message;
}

// As the specification of Redis writes them.
TEST(Resp, TheTypesOfBothVersions) {
  EXPECT_THAT(read("+OK\r\n$5\r\nhello\r\n$0\r\n\r\n"),
              ElementsAre(text("OK"), text("hello"), text("")));
  EXPECT_THAT(read("$-1\r\n*-1\r\n_\r\n"), ElementsAre(Reply{}, Reply{}, Reply{}));
  EXPECT_THAT(read(":0\r\n:-12\r\n:+7\r\n#t\r\n#f\r\n"),
              ElementsAre(integer(0), integer(-12), integer(7), integer(1), integer(0)));
  EXPECT_THAT(
      read("(3492890328409238509324850943850943825024385\r\n=15\r\ntxt:Some string\r\n"),
      ElementsAre(text("3492890328409238509324850943850943825024385"), text("Some string")));
  const auto numbers = read(",1.23\r\n,inf\r\n,-inf\r\n,nan\r\n,10\r\n");
  ASSERT_EQ(numbers.size(), 5U);
  EXPECT_EQ(numbers[0].number, 1.23);
  EXPECT_EQ(numbers[1].number, INFINITY);
  EXPECT_EQ(numbers[2].number, -INFINITY);
  EXPECT_TRUE(std::isnan(numbers[3].number));
  EXPECT_EQ(numbers[4].number, 10);
  const auto errors = read("-ERR unknown command 'foo'\r\n!21\r\nSYNTAX invalid syntax\r\n");
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].text, "ERR unknown command 'foo'");
  EXPECT_EQ(errors[1].text, "SYNTAX invalid syntax");
  EXPECT_TRUE(errors[1].is(Kind::error));
}

TEST(Resp, ListsInLists) {
  EXPECT_THAT(
      read("*2\r\n*1\r\n:1\r\n%1\r\n+k\r\n~1\r\n+v\r\n>1\r\n+news\r\n*0\r\n"),
      ElementsAre(list(Kind::array, {list(Kind::array, {integer(1)}),
                                     list(Kind::map, {text("k"), list(Kind::array, {text("v")})})}),
                  list(Kind::push, {text("news")}), list(Kind::array, {})));
}

TEST(Resp, AttributesAreLeftOut) {
  EXPECT_THAT(read("|1\r\n+ttl\r\n:3600\r\n*2\r\n:1\r\n|1\r\n+k\r\n+v\r\n:2\r\n|0\r\n+OK\r\n"),
              ElementsAre(list(Kind::array, {integer(1), integer(2)}), text("OK")));
}

TEST(Resp, WhatIsNoReplyIsAnErrorAndFinal) {
  for (const std::string_view bad :
       {"HTTP/1.1 400 Bad Request\r\n", "+OK\n", "+a\rb\r\n", ":\r\n", ":1x\r\n", "$-2\r\n",
        "$3\r\nabcd\r\n", "*x\r\n", "#y\r\n", ",one\r\n", "(12a\r\n", "_x\r\n", "=2\r\nab\r\n",
        "=4\r\ntxt;\r\n", "$?\r\n", "*?\r\n", "\r\n", "%-1\r\n"}) {
    EXPECT_NE(problem(bad), "") << bad;
  }
  ReplyParser parser;
  std::vector<Reply> replies;
  EXPECT_FALSE(parser.feed("?\r\n", replies));
  EXPECT_FALSE(parser.feed("+OK\r\n", replies));
  EXPECT_THAT(replies, IsEmpty());
}

TEST(Resp, Limits) {
  EXPECT_THAT(problem("$536870913\r\n"), HasSubstr("536870913 bytes"));
  EXPECT_EQ(problem("$1048576\r\n"), "");
  EXPECT_THAT(problem("*99999999\r\n"), HasSubstr("99999999 items"));
  EXPECT_THAT(problem("$99999999999999999999999\r\n"), HasSubstr("length"));
  std::string deep;
  for (int i = 0; i < 8; ++i) deep += "*1\r\n";
  EXPECT_EQ(problem(deep), "");
  EXPECT_THAT(problem(deep + "*1\r\n"), HasSubstr("deeper than 8"));
  EXPECT_THAT(problem("+" + std::string(70'000, 'x')), HasSubstr("a line of more than"));
  const RespLimits small{.reply_bytes_max = 64, .items_max = 4};
  EXPECT_THAT(problem("*2\r\n*2\r\n:1\r\n:2\r\n*2\r\n:3\r\n:4\r\n", small), HasSubstr("larger"));
  EXPECT_THAT(problem("*2\r\n$40\r\n" + std::string(40, 'x') + "\r\n$40\r\n", small),
              HasSubstr("larger"));
}

// Each list is measured by itself, so a long one changes nothing for those beside it.
TEST(Resp, StringsThatDoNotFitIntoTheirListAreLeftOut) {
  ReplyParser parser({.list_bytes_max = 20});
  std::vector<Reply> replies;
  const std::string one = "$8\r\n01234567\r\n";
  ASSERT_TRUE(parser.feed("*2\r\n*4\r\n" + one + one + one + ":1\r\n*1\r\n" + one, replies));
  const Reply out = list(Kind::too_long, {});
  EXPECT_THAT(
      replies,
      ElementsAre(list(Kind::array,
                       {list(Kind::array, {text("01234567"), text("01234567"), out, integer(1)}),
                        list(Kind::array, {text("01234567")})})));
  EXPECT_FALSE(parser.in_reply());
}

TEST(Resp, AListOfTooManyIsLeftOutWithAllThatIsInIt) {
  const RespLimits limits{.list_items_max = 3, .reply_bytes_max = 100, .items_max = 5};
  const std::string inside = "$8\r\n01234567\r\n*1\r\n+a\r\n%2\r\n:1\r\n:2\r\n:3\r\n_\r\n";
  std::string wire = "*2\r\n*30\r\n";
  for (int i = 0; i < 10; ++i) wire += inside;
  wire += "$2\r\nhi\r\n";
  for (const std::size_t step : {wire.size(), std::size_t{7}, std::size_t{1}}) {
    ReplyParser parser(limits);
    std::vector<Reply> replies;
    for (std::size_t at = 0; at < wire.size(); at += step) {
      ASSERT_TRUE(parser.feed(std::string_view(wire).substr(at, step), replies));
      EXPECT_EQ(parser.in_reply(), at + step < wire.size());
    }
    EXPECT_THAT(replies, ElementsAre(list(Kind::array, {list(Kind::too_long, {}), text("hi")})));
  }
  std::vector<Reply> replies;
  ReplyParser parser(limits);
  ASSERT_TRUE(parser.feed(">4\r\n:1\r\n:2\r\n:3\r\n:4\r\n%2\r\n:1\r\n:2\r\n:3\r\n:4\r\n", replies));
  EXPECT_THAT(replies, ElementsAre(list(Kind::push, {}), list(Kind::too_long, {})));
}

TEST(Resp, AStringThatIsTooLongIsLeftOutAndTheRestIsRead) {
  const std::string wire = "*2\r\n$1048577\r\n" + std::string(1048577, 'x') + "\r\n:7\r\n+OK\r\n";
  for (const std::size_t step : {std::size_t{1} << 24, std::size_t{999}}) {
    const auto replies = read(wire, step);
    ASSERT_EQ(replies.size(), 2U);
    ASSERT_EQ(replies[0].items.size(), 2U);
    EXPECT_TRUE(replies[0].items[0].is(Kind::too_long));
    EXPECT_EQ(replies[0].items[1], integer(7));
    EXPECT_EQ(replies[1], text("OK"));
  }
}

// What one side writes as a command is, read as a reply, the same words: commands are arrays.
RC_GTEST_PROP(Resp, CommandsComeBackInAnyPieces, ()) {
  const auto words = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::string>>(rc::gen::string<std::string>()));
  const auto step = *rc::gen::inRange<std::size_t>(1, 40);
  std::string wire;
  append_command(wire, words);
  append_command(wire, words);
  const auto replies = read(wire, step);
  RC_ASSERT(replies.size() == 2U);
  for (const Reply& reply : replies) {
    RC_ASSERT(reply.items.size() == words.size());
    for (std::size_t i = 0; i < words.size(); ++i) RC_ASSERT(reply.items[i] == text(words[i]));
  }
}

TEST(Resp, ACommandOnTheWire) {
  std::string wire;
  const std::vector<std::string> words{"XADD", "metrics:kraken", ""};
  append_command(wire, words);
  EXPECT_EQ(wire, "*3\r\n$4\r\nXADD\r\n$14\r\nmetrics:kraken\r\n$0\r\n\r\n");
}

}  // namespace
}  // namespace tickwitness::cache
