#include "store/backup/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickwitness::store::backup {
namespace {

using testing::HasSubstr;

const std::string kSumA(64, 'a'), kSumB(64, '0');

Manifest some() {
  return {.made = base::WallTime(base::Duration(1'772'323'200'123'456'789)),
          .program = "0.1.0",
          .cursor = {.spool = 0xfedcba9876543210, .lsn = 4294967297},
          .files = {{"market.sqlite", kSumA}, {"0000000100000001.spool", kSumB}}};
}

// Written by hand: a backup must be readable for years.
const std::string kText =
    "# tickwitness backup 1\n"
    "# made 2026-03-01T00:00:00.123456789Z\n"
    "# by 0.1.0\n"
    "# cursor fedcba9876543210 4294967297\n" +
    kSumA + "  market.sqlite\n" + kSumB +
    "  0000000100000001.spool\n"
    "# end 2\n";

TEST(Manifest, IsWrittenAndRead) {
  EXPECT_EQ(format_manifest(some()), kText);
  EXPECT_EQ(parse_manifest(kText), some());
}

TEST(Manifest, CutAnywhereIsNone) {
  for (std::size_t i = 0; i < kText.size(); ++i)
    EXPECT_FALSE(parse_manifest(kText.substr(0, i))) << i;
}

TEST(Manifest, AFlippedBitIsNoManifestOrAnotherOne) {
  for (std::size_t i = 0; i < kText.size() * 8; ++i) {
    std::string text = kText;
    text[i / 8] = static_cast<char>(text[i / 8] ^ (1 << (i % 8)));
    const auto read = parse_manifest(text);
    EXPECT_FALSE(read && *read == some()) << i;
  }
}

TEST(Manifest, WhatIsWrongIsSaid) {
  const auto with = [](std::string_view before, std::string_view after) {
    std::string text = kText;
    text.replace(text.find(before), before.size(), after);
    return parse_manifest(text);
  };
  EXPECT_THAT(with("backup 1", "backup 2").error().message,
              HasSubstr("is of a later tickwitness: format 2, this one knows 1"));
  EXPECT_THAT(parse_manifest("hello\n").error().message, HasSubstr("is no manifest"));
  for (const auto& [before, after] : std::vector<std::pair<std::string, std::string>>{
           {"backup 1", "backup 0"},
           {"# end 2", "# end 3"},
           {"  market.sqlite", "  ../market.sqlite"},
           {"  market.sqlite", "  0000000100000001.spool"},
           {"  market.sqlite", "  manifest"},
           {"  market.sqlite", " *market.sqlite"},
           {"aaaa", "AAAA"},
           {"# end 2\n", "# end 2\nmore\n"},
           {"-03-01T", "-13-01T"},
           {"fedc", "xedc"}}) {
    const auto read = with(before, after);
    ASSERT_FALSE(read) << after;
    EXPECT_THAT(read.error().message, HasSubstr("is damaged or not whole")) << after;
  }
}

}  // namespace
}  // namespace tickwitness::store::backup
