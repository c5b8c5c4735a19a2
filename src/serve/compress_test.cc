#include "serve/compress.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

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

std::string plain_of_zstd(std::string_view packed) {
  const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR) return "not zstd";
  std::string out(size, '\0');
  const auto read = ZSTD_decompress(out.data(), out.size(), packed.data(), packed.size());
  return read == size ? out : "not zstd";
}

TEST(Compress, UnpacksToTheSameBytes) {
  std::string text;
  for (int i = 0; i < 5000; ++i)
    text += "tickwitness_feed_frames_total " + std::to_string(i) + '\n';
  const std::string packed = compress(Coding::gzip, text);
  EXPECT_LT(packed.size(), text.size() / 3);
  EXPECT_EQ(plain_of(packed, text.size() + 1), text);
  EXPECT_EQ(plain_of(compress(Coding::gzip, ""), 1), "");
  EXPECT_LT(compress(Coding::zstd, text).size(), packed.size());
  EXPECT_EQ(plain_of_zstd(compress(Coding::zstd, text)), text);
  EXPECT_EQ(plain_of_zstd(compress(Coding::zstd, "")), "");
  EXPECT_EQ(compress(Coding::identity, text), text);
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

struct Preference {
  std::string header;
  Coding coding;
};

TEST(Compress, WhatIsWantedMostIsTaken) {
  const Preference cases[] = {
      {"", Coding::identity},
      {"br", Coding::identity},
      {"gzip", Coding::gzip},
      {"zstd", Coding::zstd},
      {"ZSTD", Coding::zstd},
      {"gzip, deflate, br, zstd", Coding::zstd},
      {"gzip;q=1.0, zstd;q=0.9", Coding::gzip},
      {"gzip;q=0.9, zstd;q=0.901", Coding::zstd},
      {"zstd;q=0, gzip;q=0.001", Coding::gzip},
      {"zstd; Q=0, *", Coding::gzip},
      {"*", Coding::zstd},
      {"*;q=0.5, gzip", Coding::gzip},
      {"*;q=0", Coding::identity},
      {"identity, gzip;q=0.5", Coding::identity},
      {"identity;q=0.5, gzip;q=0.5", Coding::gzip},
      {"identity;q=0, gzip", Coding::gzip},
      {"gzip;q=2, zstd;q=0.5", Coding::zstd},  // no weight at all
      {"gzip;q=1.001", Coding::identity},
      {"gzip;q=0.5555, zstd;q=x, br", Coding::identity},
      {"gzip;q=", Coding::identity},
      {"gzip;q=10, zstd;q=", Coding::identity},
      {"zstd;level=3", Coding::zstd},
      {"zstd;q=0, zstd", Coding::identity},
      {",,;", Coding::identity},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(to_string(preferred_coding(c.header)), to_string(c.coding)) << c.header;
  }
}

}  // namespace
}  // namespace tickwitness::serve
