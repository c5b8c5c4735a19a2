#include "config/print.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"
#include "config/reference.h"
#include "config/test_files.h"

namespace tickwitness::config {
namespace {

Settings unusual() {
  Settings s;
  s.instance = "b";
  s.listen = {{"0.0.0.0", 9000}, {"::1", 0}};
  s.insecure = true;
  s.auth_token_file = "/t";
  s.auth_token = base::Secret("hunter2-hunter2-hunter2");
  s.data_directory = "/a \"b\" \\ c";
  s.dialects = {"tickwitness"};
  s.metrics_endpoint = false;
  s.kraken.url = "ws://localhost:1/";
  s.kraken.streams_file = "/s";
  s.kraken.circuit_breaker_file = "/b";
  s.kraken.streams = {{Stream::ohlc, {"A-B"}, {5}}, {Stream::trade, {"C-D", "E-F"}, {}}};
  s.kraken.breaker = {1, std::chrono::milliseconds(1500), std::chrono::seconds(2)};
  s.kraken.backoff.jitter = 0.125;
  s.kraken.stale_after.ohlc = std::chrono::milliseconds(100'001);
  s.pipeline = {16, Overload::drop_newest};
  s.http = {10, 5, 2048, 0};
  s.log = {base::LogFormat::json, {base::LogLevel::error, {{"feed", base::LogLevel::off}}}};
  return s;
}

// What is printed, loaded again, is the same but for the secret, which comes from its own file.
TEST(Print, WhatIsPrintedLoadsAsTheSame) {
  for (const Settings& settings : {unusual(), [] {
                                     Settings s;
                                     s.data_directory = "/d";
                                     s.kraken.streams_file = "/s";
                                     s.kraken.circuit_breaker_file = "/b";
                                     return s;
                                   }()}) {
    const std::string text = print(settings);
    EXPECT_EQ(text.find("hunter2"), std::string::npos);
    const std::size_t streams = text.find("---\n");
    const std::size_t breaker = text.find("---\n", streams + 4);
    ASSERT_NE(breaker, std::string::npos) << text;
    const Reader reader = [&](const std::string& path) -> base::Result<std::string> {
      if (path == "/main") return text.substr(0, streams);
      if (path == "/s") return text.substr(streams + 4, breaker - streams - 4);
      if (path == "/b") return text.substr(breaker + 4);
      if (path == "/t") return std::string("hunter2-hunter2-hunter2\n");
      return base::fail("no such file");
    };
    const auto loaded = load("/main", reader, {});
    ASSERT_TRUE(loaded) << loaded.error().front().str() << "\n" << text;
    EXPECT_EQ(loaded->settings, settings) << text;
  }
}

TEST(Print, ShowsThatASecretIsSetAndNotWhich) {
  EXPECT_THAT(print(unusual()), testing::HasSubstr("  # token: \"[redacted]\"\n"));
  EXPECT_THAT(print(Settings{}), testing::HasSubstr("  # token: \"\"\n"));
}

TEST(Reference, TheCheckedInPageIsTheGeneratedOne) {
  const std::string path = std::string(TW_SOURCE_DIR) + "/docs/configuration.md";
  if (std::getenv("TW_UPDATE_DOCS") != nullptr) write_file(path, reference());
  EXPECT_TRUE(read_file(path).value_or("") == reference())
      << "docs/configuration.md is not what src/config/reference.cc makes of the field table; "
         "make it anew: TW_UPDATE_DOCS=1 build/dev/test_config";
}

}  // namespace
}  // namespace tickwitness::config
