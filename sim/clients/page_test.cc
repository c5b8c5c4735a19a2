#include "sim/clients/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

namespace tickwitness::sim {
namespace {

using testing::ElementsAre;

// "id/event/data" of each, so that a table can show them.
struct Seen {
  std::vector<std::string> events;
  EventStreamReader reader{[this](const PageEvent& event) {
    events.push_back(event.id + "/" + event.event + "/" + event.data);
  }};
};

std::vector<std::string> read(std::string_view bytes) {
  Seen seen;
  seen.reader.read(bytes);
  return seen.events;
}

TEST(EventStream, ReadsAsTheStandardSays) {
  struct Case {
    std::string_view stream;
    std::vector<std::string> events;
  };
  const std::vector<Case> cases{
      {"id: 7\nevent: kraken_metrics\ndata: {}\n\n", {"7/kraken_metrics/{}"}},
      // The examples of the standard.
      {"data: YHOO\ndata: +2\ndata: 10\n\n", {"/message/YHOO\n+2\n10"}},
      {": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n"
       "\n",
       {"1/message/first event", "/message/second event", "/message/ third event"}},
      {"data\n\ndata\ndata\n\ndata:", {"/message/", "/message/\n"}},
      {"data:test\n\ndata: test\n\n", {"/message/test", "/message/test"}},
      // An id holds until another comes.
      {"id: 1\ndata: a\n\ndata: b\n\n", {"1/message/a", "1/message/b"}},
      {"id: 1\n\ndata: b\n\n", {"1/message/b"}},
      {std::string_view("id: 1\0002\ndata: a\n\n", 17), {"/message/a"}},
      // A name holds for one event; without data there is none.
      {"event: x\n\ndata: a\n\n", {"/message/a"}},
      {"event: x\nevent: y\ndata: a\n\n", {"/y/a"}},
      {"event: x\nevent:\ndata: a\n\n", {"/message/a"}},
      {"data: a\n", {}},
      {"\n\n\n", {}},
      // Only the first blank after the colon goes; only whole names count.
      {"data:  a: b \n\n", {"/message/ a: b "}},
      {"Data: a\n data: b\ndata : c\nretry: 5\nother: d\ndata: e\n\n", {"/message/e"}},
      // Each end of a line.
      {"data: a\r\rdata: b\r\r", {"/message/a", "/message/b"}},
      {"data: a\r\n\r\ndata: b\r\n\r\n", {"/message/a", "/message/b"}},
      {"data: a\n\r\ndata: b\r\ndata: c\r\n\n", {"/message/a", "/message/b\nc"}},
      // One mark at the start, and only there.
      {"\xEF\xBB\xBF"
       "data: a\n\n",
       {"/message/a"}},
      {"\xEF\xBB\xBF\xEF\xBB\xBF"
       "data: a\n\n",
       {}},
      {"data: a\n\n\xEF\xBB\xBF"
       "data: b\n\n",
       {"/message/a"}},
  };
  for (const Case& c : cases) EXPECT_EQ(read(c.stream), c.events) << c.stream;
}

TEST(EventStream, DataIsReadAsJsonWhereItIs) {
  std::vector<PageEvent> events;
  EventStreamReader reader([&](const PageEvent& event) { events.push_back(event); });
  reader.read("data: {\"a\":\ndata: 5}\n\ndata: {\"a\":5} x\n\n");
  ASSERT_EQ(events.size(), 2U);
  ASSERT_TRUE(events[0].json);
  EXPECT_EQ(events[0].json->find("a")->as_unsigned(), 5U);
  EXPECT_FALSE(events[1].json);
}

TEST(EventStream, AnEndedConnectionLeavesNothingButTheLastId) {
  Seen seen;
  seen.reader.read("id: 4\ndata: a\n\nid: 5\nevent: x\ndata: lost\nda");
  seen.reader.reset();
  EXPECT_EQ(seen.reader.last_event_id(), "4");
  seen.reader.read("\xEF\xBB\xBF");
  seen.reader.read("data: b\n\n");
  EXPECT_THAT(seen.events, ElementsAre("4/message/a", "/message/b"));
  Seen other;
  other.reader.read("data: a\r");
  other.reader.reset();
  other.reader.read("\ndata: b\n\n");
  EXPECT_THAT(other.events, ElementsAre("/message/b"));
}

TEST(EventStreamProperty, AnySplitGivesTheSameEvents) {
  EXPECT_TRUE(rc::check([] {
    static const std::vector<std::string> kPieces{
        "\n", "\r",    "\r\n", "\n\n", "\r\n\r\n", "\xEF\xBB\xBF", ":",  " ",       "data: a",
        "id", "data:", "id: ", "7",    "event: x", "data",         "da", ": word\n"};
    std::string stream;
    for (const auto& piece :
         *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(kPieces))) {
      stream += piece;
    }
    Seen pieces;
    std::string_view rest = stream;
    while (!rest.empty()) {
      const auto size = std::min(*rc::gen::inRange<std::size_t>(1, 9), rest.size());
      pieces.reader.read(rest.substr(0, size));
      rest.remove_prefix(size);
    }
    RC_ASSERT(pieces.events == read(stream));
  }));
}

}  // namespace
}  // namespace tickwitness::sim
