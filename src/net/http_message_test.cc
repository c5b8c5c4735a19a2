#include "net/http_message.h"

#include <gtest/gtest.h>

namespace tickwitness::net {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

struct Target {
  std::string target;
  bool good;
  std::string path;
  Query query;
};

TEST(ParseTarget, DecodesPathAndQuery) {
  const Target cases[] = {
      {"/", true, "/", {}},
      {"/metrics", true, "/metrics", {}},
      {"/metrics?", true, "/metrics", {}},
      {"/metrics?name[]=up&name[]=x", true, "/metrics", {{"name[]", "up"}, {"name[]", "x"}}},
      {"/m?name%5B%5D=a%26b", true, "/m", {{"name[]", "a&b"}}},
      {"/m?a=1+2&b=1%2B2", true, "/m", {{"a", "1 2"}, {"b", "1+2"}}},
      {"/a+b", true, "/a+b", {}},
      {"/a%20b", true, "/a b", {}},
      {"/m?flag&x=", true, "/m", {{"flag", ""}, {"x", ""}}},
      {"/m?&&a=b&", true, "/m", {{"a", "b"}}},
      {"/m?a=b=c", true, "/m", {{"a", "b=c"}}},
      {"/m?q=a?b", true, "/m", {{"q", "a?b"}}},
      {"http://host:80/metrics?a=b", true, "/metrics", {{"a", "b"}}},
      {"https://host", true, "/", {}},
      {"", false, "", {}},
      {"*", false, "", {}},
      {"metrics", false, "", {}},
      {"/a%2", false, "", {}},
      {"/a%", false, "", {}},
      {"/a%zz", false, "", {}},
      {"/m?a=%g0", false, "", {}},
      {"/m?%1=b", false, "", {}},
  };
  for (const Target& c : cases) {
    std::string path;
    Query query;
    ASSERT_EQ(parse_target(c.target, path, query), c.good) << c.target;
    if (!c.good) continue;
    EXPECT_EQ(path, c.path) << c.target;
    EXPECT_EQ(query, c.query) << c.target;
  }
}

TEST(Headers, AreFoundWhateverTheirCase) {
  const Headers headers = {{"Accept", "a"}, {"X-Two", "1"}, {"x-two", "2"}};
  EXPECT_EQ(find_header(headers, "accept"), "a");
  EXPECT_EQ(find_header(headers, "X-TWO"), "1");
  EXPECT_EQ(find_header(headers, "X-Tw"), std::nullopt);
  EXPECT_EQ(find_header(headers, ""), std::nullopt);
}

TEST(Request, GivesTheFirstParameterOfAName) {
  Request request;
  request.query = {{"a", "1"}, {"b", "2"}, {"a", "3"}};
  EXPECT_EQ(request.parameter("a"), "1");
  EXPECT_EQ(request.parameter("A"), std::nullopt);
}

}  // namespace
}  // namespace tickwitness::net
