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
    base::Duration at, length, amount;
  };
  const Fault standard;
  const Case cases[] = {
      {"disconnect", FaultKind::disconnect, standard.at, standard.length, {}},
      {"disconnect@20s", FaultKind::disconnect, seconds(20), standard.length, {}},
      {"reset@1500ms", FaultKind::reset, milliseconds(1500), standard.length, {}},
      {"silent@30s", FaultKind::silent, seconds(30), standard.length, {}},
      {"refuse_subscription", FaultKind::refuse_subscription, standard.at, standard.length, {}},
      {"malformed@15s", FaultKind::malformed, seconds(15), standard.length, {}},
      {"bad_utf8@0s", FaultKind::bad_utf8, seconds(0), standard.length, {}},
      {"down@2m+90s", FaultKind::down, minutes(2), seconds(90), {}},
      {"down@5s", FaultKind::down, seconds(5), standard.length, {}},
      {"skew=-80ms", FaultKind::skew, standard.at, standard.length, milliseconds(-80)},
      {"skew=+2s", FaultKind::skew, standard.at, standard.length, seconds(2)},
  };
  for (const Case& c : cases) {
    const auto fault = parse_fault(c.text);
    ASSERT_TRUE(fault) << c.text << ": " << fault.error().message;
    EXPECT_EQ(*fault, (Fault{c.kind, c.at, c.length, c.amount})) << c.text;
    EXPECT_EQ(parse_fault(to_string(*fault)), *fault) << to_string(*fault);
  }
}

TEST(Fault, SaysWhatIsWrong) {
  struct Case {
    std::string_view text, part;
  };
  const Case cases[] = {
      {"", "known are: disconnect[@T], reset[@T], silent[@T], refuse_subscription"},
      {"explode@3s", "fault 'explode@3s' is not known"},
      {"skew", "skew=T"},
      {"skew@3s", "is not known"},
      {"skew=later", "'later' is not a time"},
      {"disconnect@20", "'20' is not a time; write it like 1500ms, 20s or 2m"},
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
