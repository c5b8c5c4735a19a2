#include "sim/checkers/secrets.h"

#include <gmock/gmock.h>

#include "sim/checkers/trial_for_tests.h"

namespace tickwitness::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kCanary = "canary-Zq7-of-the-bearer";
const std::string kOther = "another>>>bird?\xC3\xBF\xC3\xBF";  // base64 with + and /

std::vector<std::string> faults(std::string_view output) {
  Trial trial;
  Secrets checker({kCanary, kOther});
  checker.on_output({}, output, trial.report);
  return trial.faults();
}

TEST(Secrets, IsSilentWhereThereIsNone) {
  for (const std::string_view output :
       {"", "canary", "canary-Zq7-of-the-beare", "anary-Zq7-of-the-bearer",
        "# HELP a What the canary said.\na 1\n", "Y2FuYXJ5"}) {
    EXPECT_THAT(faults(output), IsEmpty()) << output;
  }
}

TEST(Secrets, FindsThemAnywhere) {
  for (const std::string& output :
       {kCanary, "authorization: Bearer " + kCanary, "a{token=\"" + kCanary + "\"} 1\n",
        std::string(100'000, 'c') + kCanary + std::string(10, 'x')}) {
    EXPECT_THAT(faults(output), ElementsAre(HasSubstr("secret 1 as it is"))) << output.size();
  }
  EXPECT_THAT(faults(kOther + kCanary),
              ElementsAre(HasSubstr("secret 1"), HasSubstr("secret 2 as it is")));
}

// What `printf %s … | base64` says.
TEST(Secrets, FindsThemAsBase64WhereverTheyBegin) {
  for (const std::string_view output : {
           "Y2FuYXJ5LVpxNy1vZi10aGUtYmVhcmVy",                // alone
           "Basic dTpjYW5hcnktWnE3LW9mLXRoZS1iZWFyZXI=",      // after "u:"
           "Basic bWU6Y2FuYXJ5LVpxNy1vZi10aGUtYmVhcmVyCg==",  // after "me:", with a line feed
           "OmNhbmFyeS1acTctb2YtdGhlLWJlYXJlcjo=",            // between colons
       }) {
    EXPECT_THAT(faults(output), ElementsAre(HasSubstr("secret 1 as base64"))) << output;
  }
  EXPECT_THAT(faults("YW5vdGhlcj4+PmJpcmQ/w7/Dvw=="), ElementsAre(HasSubstr("secret 2 as base64")));
  EXPECT_THAT(faults("YW5vdGhlcj4-PmJpcmQ_w7_Dvw"), ElementsAre(HasSubstr("secret 2 as base64")));
}

TEST(Secrets, DoesNotTellThemAgain) {
  const auto told = faults("token=" + kCanary);
  EXPECT_THAT(told, ElementsAre("secret 1 as it is after: token="));
  EXPECT_THAT(told, ElementsAre(Not(HasSubstr(kCanary))));
}

TEST(Secrets, SilenceOfOneThatSawNothingIsNone) {
  Trial trial;
  Secrets checker({kCanary});
  for (int i = 0; i < 3; ++i) trial.scrape(checker, "a 1\n");
  trial.rest(checker);
  EXPECT_THAT(trial.faults(), ElementsAre("looked at nothing: no output in 3 scrapes"));
  checker.on_output({}, "a 1\n", trial.report);
  trial.rest(checker);
  EXPECT_THAT(trial.faults(), IsEmpty());
}

}  // namespace
}  // namespace tickwitness::sim
