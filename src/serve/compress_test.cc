#include "serve/compress.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace tickwitness::serve {
namespace {

std::string plain_of(std::string_view packed, std::size_t size_max) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return "no zlib";
  std::string out(size_max, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return result == Z_STREAM_END ? out : "not gzip";
}

TEST(Compress, UnpacksToTheSameBytes) {
  std::string text;
  for (int i = 0; i < 5000; ++i)
    text += "tickwitness_feed_frames_total " + std::to_string(i) + '\n';
  const std::string packed = compress_gzip(text);
  EXPECT_LT(packed.size(), text.size() / 3);
  EXPECT_EQ(plain_of(packed, text.size() + 1), text);
  EXPECT_EQ(plain_of(compress_gzip(""), 1), "");
}

struct Accept {
  std::string header;
  bool gzip;
};

TEST(Compress, GzipOnlyForThoseWhoAcceptIt) {
  const Accept cases[] = {
      {"gzip", true},
      {"gzip, deflate, br, zstd", true},
      {"br;q=1.0, gzip;q=0.8, *;q=0.1", true},
      {"GZIP", true},
      {"gzip;q=0.001", true},
      {"*", true},
      {"", false},
      {"identity", false},
      {"gzip;q=0", false},
      {"gzip;q=0, br", false},
      {"gzip; q=0", false},
      {"br, gzip ; q=0.000", false},
      {"gzip;q=0, *", false},
      {"*;q=0", false},
      {"*;q=0, gzip", true},
      {"not-gzip", false},
      {",,;", false},
  };
  for (const auto& c : cases) EXPECT_EQ(accepts_gzip(c.header), c.gzip) << c.header;
}

}  // namespace
}  // namespace tickwitness::serve
