#include "exchange/rest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange/rest_json.h"

namespace tickwitness::exchange {
namespace {

using market::Venue;
using testing::HasSubstr;

struct Status {
  int status;
  std::string body;
  RestProblem problem;
  std::string says;
};

TEST(HttpFailure, TellsStatusesApart) {
  const Status cases[] = {
      {200, "{}", RestProblem::none, ""},
      {204, "", RestProblem::none, ""},
      {429, "", RestProblem::rate_limited, "fewer requests (HTTP 429)"},
      {418, R"({"code":-1003})", RestProblem::banned, R"((HTTP 418: {"code":-1003}))"},
      {403, "<html>WAF</html>", RestProblem::forbidden, "HTTP 403, a web page instead of data"},
      {401, "", RestProblem::forbidden, "401"},
      {451, "", RestProblem::location, "does not serve the place this machine is in (HTTP 451)"},
      {500, "", RestProblem::unavailable, "not available (HTTP 500)"},
      {520, "\n <!DOCTYPE html>", RestProblem::unavailable, "web page"},
      {200, " \t<html>", RestProblem::unavailable, "HTTP 200, a web page"},
      {404, "no", RestProblem::refused, "HTTP 404: no"},
      {302, "", RestProblem::refused, "302"},
      {0, "", RestProblem::refused, "HTTP 0"},
  };
  for (const Status& c : cases) {
    const auto failure = http_failure(
        Venue::binance, {.status = c.status, .body = c.body, .retry_after = std::chrono::hours(1)});
    EXPECT_EQ(failure ? failure->problem : RestProblem::none, c.problem) << c.status;
    if (!failure) continue;
    EXPECT_THAT(failure->detail, HasSubstr(c.says));
    EXPECT_THAT(failure->detail, testing::StartsWith("binance "));
    EXPECT_EQ(failure->retry_after, std::chrono::hours(1));
  }
}

TEST(HttpFailure, NamesTheMirrorsOfAPlaceThatIsNotServed) {
  const RestAnswer answer{.status = 451, .body = {}, .retry_after = {}};
  EXPECT_THAT(http_failure(Venue::binance, answer, "https://mirror")->detail,
              HasSubstr("also at https://mirror"));
  EXPECT_THAT(http_failure(Venue::kraken, answer)->detail, HasSubstr("another exchange"));
}

TEST(PlainText, IsOneShortLine) {
  EXPECT_EQ(plain_text("as it is: ü"), "as it is: ü");
  EXPECT_EQ(plain_text("a\nb\x1b[1m\xff"), "a b [1m?");
  // Cut between characters, never within.
  EXPECT_EQ(plain_text(std::string(199, 'x') + "ü").size(), 199U);
  EXPECT_EQ(plain_text(std::string(198, 'x') + "üy").size(), 200U);
}

TEST(RestWords, AreAllDifferent) {
  EXPECT_EQ(to_string(RestEndpoint::instruments), "instruments");
  for (int a = 0; a <= static_cast<int>(RestProblem::malformed); ++a) {
    EXPECT_NE(to_string(static_cast<RestProblem>(a)), "?");
    for (int b = 0; b < a; ++b)
      EXPECT_NE(to_string(static_cast<RestProblem>(a)), to_string(static_cast<RestProblem>(b)));
  }
}

TEST(RestJson, RefusesWhatIsTooLargeTooDeepOrNoJson) {
  RestJson json;
  EXPECT_FALSE(json.parse(Venue::kraken, std::string(kRestBodyBytesMax + 1, ' ')).has_value());
  EXPECT_FALSE(
      json.parse(Venue::kraken, std::string(100, '[') + std::string(100, ']')).has_value());
  EXPECT_FALSE(json.parse(Venue::kraken, "").has_value());
  EXPECT_FALSE(json.parse(Venue::kraken, "{} {}").has_value());
  const auto junk = json.parse(Venue::kraken, "\x01junk");
  ASSERT_FALSE(junk.has_value());
  EXPECT_EQ(junk.error().problem, RestProblem::malformed);
  EXPECT_THAT(junk.error().detail, HasSubstr("begins with \" junk\""));
  EXPECT_TRUE(json.parse(Venue::kraken, "[]").has_value());
}

TEST(RestJson, LevelsMustBeInOrder) {
  struct Case {
    std::string rows;
    bool bids, good;
  };
  const Case cases[] = {
      {R"([["2","1"],["1","0"]])", true, true},
      {R"([["2","1"],["1","0"]])", false, false},
      {R"([["1","1"],["2","1",17]])", false, true},
      {R"([["1","1"],["1.0","1"]])", false, false},
      {R"([["1","-1"]])", false, false},
      {R"([[1,"1"]])", false, false},
      {R"([["1"]])", false, false},
      {R"({})", false, false},
      {R"([])", false, true},
  };
  for (const Case& c : cases) {
    RestJson json;
    std::vector<market::Level> levels;
    EXPECT_EQ(read_rest_levels(*json.parse(Venue::kraken, c.rows), c.bids, levels), c.good)
        << c.rows;
  }
  std::string many = "[";
  for (std::size_t i = 0; i <= kRestRowsMax; ++i) many += R"(["1","1"],)";
  many.back() = ']';
  RestJson json;
  std::vector<market::Level> levels;
  EXPECT_FALSE(read_rest_levels(*json.parse(Venue::kraken, many), true, levels));
  EXPECT_TRUE(levels.empty());
}

TEST(RestJson, TradesAreOrderedEachOnceAndNew) {
  const auto ids = [](std::vector<std::uint64_t> in, std::uint64_t after) {
    std::vector<market::Trade> trades;
    for (const std::uint64_t id : in) trades.emplace_back().id = id;
    order_trades(trades, after);
    std::vector<std::uint64_t> out;
    for (const auto& trade : trades) out.push_back(trade.id);
    return out;
  };
  using testing::ElementsAre;
  EXPECT_THAT(ids({3, 1, 2, 2, 0}, 0), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(ids({3, 1, 2, 4}, 2), ElementsAre(3, 4));
}

}  // namespace
}  // namespace tickwitness::exchange
