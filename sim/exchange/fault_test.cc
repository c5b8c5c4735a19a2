#include "sim/exchange/fault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickwitness::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Fault, ReadsWhatUsersWrite) {
  struct Case {
    std::string_view text;
    FaultKind kind;
    base::Duration at;
    std::optional<base::Duration> length;
    base::Duration amount;
  };
  const Fault standard;
  const Case cases[] = {
      {"disconnect", FaultKind::disconnect, standard.at, std::nullopt, {}},
      {"disconnect@20s", FaultKind::disconnect, seconds(20), std::nullopt, {}},
      {"reset@1500ms", FaultKind::reset, milliseconds(1500), std::nullopt, {}},
      {"silent@30s", FaultKind::silent, seconds(30), std::nullopt, {}},
      {"refuse_subscription", FaultKind::refuse_subscription, standard.at, std::nullopt, {}},
      {"malformed@15s", FaultKind::malformed, seconds(15), std::nullopt, {}},
      {"bad_utf8@0s", FaultKind::bad_utf8, seconds(0), std::nullopt, {}},
      {"down@2m+90s", FaultKind::down, minutes(2), seconds(90), {}},
      {"down@5s", FaultKind::down, seconds(5), std::nullopt, {}},
      {"silent@30s+15s", FaultKind::silent, seconds(30), seconds(15), {}},
      {"hang@1m+2s", FaultKind::hang, minutes(1), seconds(2), {}},
      {"unanswered", FaultKind::unanswered, standard.at, std::nullopt, {}},
      {"flood@5s+500ms", FaultKind::flood, seconds(5), milliseconds(500), {}},
      {"zombie@3s", FaultKind::zombie, seconds(3), std::nullopt, {}},
      {"drop@3s+40s", FaultKind::drop, seconds(3), seconds(40), {}},
      {"duplicate", FaultKind::duplicate, standard.at, std::nullopt, {}},
      {"reorder@3s+4s", FaultKind::reorder, seconds(3), seconds(4), {}},
      {"corrupt_book@3s", FaultKind::corrupt_book, seconds(3), std::nullopt, {}},
      {"wrong_checksum@3s", FaultKind::wrong_checksum, seconds(3), std::nullopt, {}},
      {"instrument_change@3s", FaultKind::instrument_change, seconds(3), std::nullopt, {}},
      {"maintenance@3s+1m", FaultKind::maintenance, seconds(3), minutes(1), {}},
      {"rate_limited@3s+4s", FaultKind::rate_limited, seconds(3), seconds(4), {}},
      {"rest_errors@3s+4s", FaultKind::rest_errors, seconds(3), seconds(4), {}},
      {"rest_refuses@3s", FaultKind::rest_refuses, seconds(3), std::nullopt, {}},
      {"msg_rate@3s+4s", FaultKind::msg_rate, seconds(3), seconds(4), {}},
      {"skew=-80ms", FaultKind::skew, standard.at, std::nullopt, milliseconds(-80)},
      {"skew=+2s", FaultKind::skew, standard.at, std::nullopt, seconds(2)},
  };
  for (const Case& c : cases) {
    const auto fault = parse_fault(c.text);
    ASSERT_TRUE(fault) << c.text << ": " << fault.error().message;
    EXPECT_EQ(*fault, (Fault{c.kind, c.at, c.length, c.amount})) << c.text;
    EXPECT_EQ(parse_fault(to_string(*fault)), *fault) << to_string(*fault);
  }
}

TEST(Fault, LastsAsLongAsWrittenOrAsUsual) {
  const std::pair<std::string_view, base::Duration> cases[] = {
      {"disconnect", seconds(0)},
      {"malformed@3s", seconds(0)},
      {"silent", base::Duration::max()},
      {"silent@3s+4s", seconds(4)},
      {"refuse_subscription", base::Duration::max()},
      {"down", seconds(20)},
      {"hang", seconds(20)},
      {"hang@1s+90s", seconds(90)},
      {"unanswered", seconds(20)},
      {"flood", seconds(5)},
      {"skew=3ms", base::Duration::max()},
  };
  for (const auto& [text, length] : cases) EXPECT_EQ(length_of(*parse_fault(text)), length) << text;
}

TEST(Fault, SaysWhatIsWrong) {
  struct Case {
    std::string_view text, part;
  };
  const Case cases[] = {
      {"", "known are: disconnect[@T], reset[@T], silent[@T[+D]], refuse_subscription"},
      {"explode@3s", "fault 'explode@3s' is not known"},
      {"skew", "msg_rate[@T[+D]], skew=±T"},
      {"skew@3s", "is not known"},
      {"skew=later", "'later' is not a time"},
      {"disconnect@20", "'20' is not a time; write it like 1500ms, 20s, 2m or 1h"},
      {"disconnect@", "'' is not a time"},
      {"disconnect@-1s", "'-1s' is not a time"},
      {"disconnect@1.5s", "'1.5s' is not a time"},
      {"disconnect@99999999999999999999s", "is not a time"},
      {"disconnect@8000000s", "at most 7 days"},
      {"disconnect@3s+2s", "has no length"},
      {"down@3s+", "'' is not a time"},
      {"down@3s+0s", "'0s' is not a time"},
      {"refuse_subscription@3s", "holds from the start"},
  };
  for (const Case& c : cases) {
    const auto fault = parse_fault(c.text);
    ASSERT_FALSE(fault) << c.text;
    EXPECT_THAT(fault.error().message, testing::HasSubstr(c.part)) << c.text;
    EXPECT_EQ(fault.error().message.find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace tickwitness::sim
