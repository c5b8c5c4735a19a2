#include "store/recording_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <filesystem>
#include <fstream>

#include "store/recording_format.h"
#include "store/recording_name.h"

namespace tickwitness::store {
namespace {

using Kind = RecordedLine::Kind;

std::string gzipped(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in(text);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd_compressed(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

class RecordingReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, std::string_view bytes) const {
    const auto path = (folder_ / name).string();
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  struct Read {
    std::vector<std::string> lines;  // "kind time url text"
    std::string error;
  };
  static Read read(std::vector<std::string> paths) {
    Read result;
    auto reader = RecordingReader::open(std::move(paths));
    if (!reader) return {{}, reader.error().message};
    for (;;) {
      const auto next = reader->next();
      if (!next) {
        result.error = next.error().message;
        EXPECT_FALSE(reader->next().value());  // an error is the end
        return result;
      }
      if (!*next) break;
      const auto& line = **next;
      result.lines.push_back(
          std::to_string(static_cast<int>(line.kind)) + " " +
          (line.received ? std::to_string(line.received->time_since_epoch().count()) : "-") + " " +
          std::string(line.url) + " " + std::string(line.text));
    }
    EXPECT_EQ(reader->progress().done, reader->progress().total);
    return result;
  }

  std::filesystem::path folder_;
};

constexpr std::string_view kText =
    "1618678132368463000 OPEN wss://ws.kraken.com\n"
    "1618678132831468000 {\"channel\":\"heartbeat\"}\r\n"
    "\n"
    "{\"channel\": \"heartbeat\"}\n"
    "1618678132831468001 REST https://api.kraken.com/0/public/Time?a=b {\"error\":[], \"x\":1}\n"
    "REST https://a/b []\n"
    "[993,[[\"354.11\"]]]";

const std::vector<std::string> kLines{
    "2 1618678132368463000 wss://ws.kraken.com ",
    "0 1618678132831468000  {\"channel\":\"heartbeat\"}",
    "0 -  {\"channel\": \"heartbeat\"}",
    "1 1618678132831468001 https://api.kraken.com/0/public/Time?a=b {\"error\":[], \"x\":1}",
    "1 - https://a/b []",
    "0 -  [993,[[\"354.11\"]]]",
};

TEST_F(RecordingReaderTest, ReadsEveryKindOfLineInEveryFormat) {
  for (const auto& [name, bytes] : {std::pair{"plain", std::string(kText)},
                                    {"gzip", gzipped(kText)},
                                    {"zstd", zstd_compressed(kText)}}) {
    SCOPED_TRACE(name);
    const auto result = read({file(name, bytes)});
    EXPECT_EQ(result.error, "");
    EXPECT_EQ(result.lines, kLines);
  }
}

TEST_F(RecordingReaderTest, ReadsSeveralFilesInTheOrderGiven) {
  const auto result = read({file("b", "{\"n\":1}\n"), file("a", gzipped("{\"n\":2}")),
                            file("empty", ""), file("c", zstd_compressed("{\"n\":3}\n"))});
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.lines,
            (std::vector<std::string>{"0 -  {\"n\":1}", "0 -  {\"n\":2}", "0 -  {\"n\":3}"}));
}

TEST_F(RecordingReaderTest, ReadsMembersJoinedByCat) {
  const std::vector<std::string> both{"0 -  {\"n\":1}", "0 -  {\"n\":2}"};
  EXPECT_EQ(read({file("gz", gzipped("{\"n\":1}\n") + gzipped("{\"n\":2}\n"))}).lines, both);
  EXPECT_EQ(
      read({file("zst", zstd_compressed("{\"n\":1}\n") + zstd_compressed("{\"n\":2}\n"))}).lines,
      both);
}

TEST_F(RecordingReaderTest, ReadsLinesLongerThanItsBuffer) {
  std::string text;
  std::vector<std::string> expected;
  for (const std::size_t length : {10u, 300'000u, 5u, 1'000'000u, 0u, 262'143u, 262'144u, 7u}) {
    const std::string frame = "{" + std::string(length, 'x') + "}";
    text += frame + "\n";
    expected.push_back("0 -  " + frame);
  }
  EXPECT_EQ(read({file("plain", text)}).lines, expected);
  EXPECT_EQ(read({file("gzip", gzipped(text))}).lines, expected);
}

TEST_F(RecordingReaderTest, NamesFileLineAndReason) {
  struct Case {
    std::string bytes;
    std::string expected;  // after the path
    std::size_t lines_before;
  };
  const std::string long_line(RecordingReader::kLineBytesMax + 1, 'x');
  const auto cut = [](std::string bytes) {
    bytes.resize(bytes.size() - 4);
    return bytes;
  };
  std::string damaged = gzipped(kText);
  damaged[20] = static_cast<char>(damaged[20] ^ 0x55);
  const Case cases[] = {
      {"{}\n12x {}\n", ":2: \"12x\" is not a receive time in ns since 1970", 1},
      {"{}\n\n99999999999999999999 {}\n", ":3: \"99999999999999999999\" is not a receive time", 1},
      {"1618678132368463000\n", ":1: there is a receive time but no frame after it", 0},
      {"OPEN \n", ":1: the URL is missing", 0},
      {"REST https://a/b\n", ":1: the reply after the URL is missing", 0},
      {"{}\n" + long_line, ":2: the line is longer than 16 MiB", 1},
      {cut(gzipped("{}\n")), ":2: the compressed data is cut off", 1},
      {cut(zstd_compressed(kText)), "the compressed data is cut off", 0},
      {damaged, "the gzip data is damaged (", 0},
      {"\x28\xb5\x2f\xfd garbage", ":1: the zstd data is damaged (", 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.expected);
    const auto path = file("recording", c.bytes);
    const auto result = read({path});
    EXPECT_TRUE(result.error.starts_with(path)) << result.error;
    EXPECT_NE(result.error.find(c.expected), std::string::npos) << result.error;
    EXPECT_GE(result.lines.size(), c.lines_before);
  }
}

TEST_F(RecordingReaderTest, TellsBeforeReadingWhichFileIsMissing) {
  const auto good = file("good", "{}\n");
  const auto missing = (folder_ / "missing").string();
  const auto result = read({good, missing});
  EXPECT_TRUE(result.lines.empty());
  EXPECT_EQ(result.error, "cannot read recording " + missing + ": No such file or directory");
  EXPECT_EQ(read({folder_.string()}).error,
            "folder " + folder_.string() + " holds no recordings; name files of other formats");
  EXPECT_NE(read({}).error, "");
}

TEST_F(RecordingReaderTest, NumbersLinesPerFile) {
  auto reader = RecordingReader::open({file("a", "{}\n\n{}\n"), file("b", "{}\n")});
  ASSERT_TRUE(reader);
  std::vector<std::pair<std::string, std::uint64_t>> seen;
  while (const auto line = reader->next().value())
    seen.emplace_back(std::filesystem::path(line->file).filename(), line->line_number);
  EXPECT_EQ(seen,
            (std::vector<std::pair<std::string, std::uint64_t>>{{"a", 1}, {"a", 3}, {"b", 1}}));
}

// Every field of every kind, from a file that was written by other means.
TEST(OwnRecordings, AreReadAsTheirDocumentationSays) {
  const std::string path = std::string(TW_SOURCE_DIR) + "/src/store/testdata/by_hand.twrec";
  auto reader = RecordingReader::open({path});
  ASSERT_TRUE(reader) << reader.error().message;
  constexpr std::int64_t kWall = 1'700'000'000'000'000'000;
  const std::string url = "wss://ws.kraken.com/v2";
  struct Line {
    Kind kind;
    std::int64_t mono, wall;
    std::string connection, url, text;
    std::uint64_t lost = 0;
  };
  const Line expected[] = {
      {Kind::open, 5'000'000'000, kWall + 1, "main", url, ""},
      {Kind::frame, 5'000'000'100, kWall + 101, "main", url, R"({"channel":"heartbeat"})"},
      {Kind::rest, 5'000'000'200, kWall + 201, "rest", "https://api.kraken.com/0/public/Time",
       R"({"error":[]})"},
      {Kind::lost, 5'000'000'200, kWall + 201, "", "", "", 17},
      {Kind::frame, 6'000'000'000, kWall - 1'000'000'000, "main", url,
       std::string("\xff\0\n\"", 4)},
      {Kind::closed, 6'000'000'001, kWall - 1'000'000'000, "main", url, "remote"},
  };
  std::uint64_t number = 0;
  for (const Line& line : expected) {
    const auto next = reader->next();
    ASSERT_TRUE(next && *next);
    const RecordedLine& got = **next;
    EXPECT_EQ(got.kind, line.kind);
    EXPECT_EQ(got.mono->time_since_epoch().count(), line.mono);
    EXPECT_EQ(got.received->time_since_epoch().count(), line.wall);
    EXPECT_EQ(got.exchange, line.connection.empty() ? "" : "kraken");
    EXPECT_EQ(got.connection, line.connection);
    EXPECT_EQ(got.url, line.url);
    EXPECT_EQ(got.text, line.text);
    EXPECT_EQ(got.lost, line.lost);
    EXPECT_EQ(got.file, path);
    EXPECT_EQ(got.line_number, ++number);
  }
  EXPECT_FALSE(reader->next().value());
  EXPECT_THAT(reader->notes(), testing::IsEmpty());
  EXPECT_EQ(reader->progress().done, reader->progress().total);
}

class RecordingFolders : public RecordingReaderTest {
 protected:
  // One frame, and its block alone.
  static std::string recording(std::string_view text) {
    std::string bytes;
    append_file_head({.instance = "test"}, bytes);
    BlockWriter writer;
    writer.add({.text = text}, {"kraken", "main", "u"});
    EXPECT_TRUE(writer.finish(bytes));
    return bytes;
  }
};

TEST_F(RecordingFolders, AreReadInTheOrderOfWritingBesideOtherFiles) {
  file("000000000010-20200101T000000Z.twrec.part", recording("third"));
  file("000000000009-20210101T000000Z.twrec", recording("second"));
  file("000000000002-20220101T000000Z.twrec", recording("first"));
  file("notes.txt", "12x");
  file("000000000001-20220101T000000Z.twrec.gz", "12x");
  const auto text = file("text", "1 {}\n");
  const auto result = read({folder_.string(), text, file("packed", gzipped(recording("fourth")))});
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.lines, (std::vector<std::string>{"0 0 u first", "0 0 u second", "0 0 u third",
                                                    "0 1  {}", "0 0 u fourth"}));
}

TEST_F(RecordingFolders, WhatIsDamagedIsNotedUnderItsFile) {
  const auto torn = file("torn", recording("a").substr(0, 40));
  auto reader = RecordingReader::open({torn, file("good", recording("b"))});
  ASSERT_TRUE(reader);
  const auto line = reader->next();
  ASSERT_TRUE(line && *line);
  EXPECT_EQ((*line)->text, "b");
  EXPECT_FALSE(reader->next().value());
  ASSERT_EQ(reader->notes().size(), 1U);
  EXPECT_EQ(reader->notes()[0], torn + ": the last 12 bytes are no whole block and were left out");
  EXPECT_EQ(reader->damage(), Damage{.torn_bytes = 12});
}

TEST(RecordingNames, ComeBackAndAreOnlyThese) {
  using namespace std::chrono_literals;
  const RecordingName name{.number = 42, .created = base::WallTime(1'700'000'000s)};
  EXPECT_EQ(name.str(), "000000000042-20231114T221320Z.twrec");
  EXPECT_EQ(RecordingName::parse(name.str()), name);
  EXPECT_TRUE(RecordingName::parse("000000000042-20231114T221320Z.twrec.part")->part);
  for (const char* bad :
       {"", "x", "000000000042-20231114T221320Z.twrec.gz", "00000000042-20231114T221320Z.twrec",
        "000000000042-20231314T221320Z.twrec", "000000000042-20230229T221320Z.twrec",
        "000000000042-20231114T241320Z.twrec", "000000000042-20231114T226020Z.twrec",
        "000000000042-16770101T000000Z.twrec", "00000000004x-20231114T221320Z.twrec"}) {
    EXPECT_FALSE(RecordingName::parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace tickwitness::store
