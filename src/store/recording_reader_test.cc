#include "store/recording_reader.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <filesystem>
#include <fstream>

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

}  // namespace
}  // namespace tickwitness::store
