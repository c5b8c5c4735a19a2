#include "serve/compress.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

namespace tickwitness::serve {
namespace {

constexpr std::string_view kSpace = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool same_word(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, {}, [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
}

constexpr int kWeightMax = 1000;

// "q=0.5" in thousandths. Another parameter weighs nothing down; a weight that is none is 0.
int weight_of(std::string_view parameter) {
  if (parameter.size() < 2 || !same_word(parameter.substr(0, 2), "q=")) return kWeightMax;
  const std::string_view value = parameter.substr(2);
  const bool whole = value.starts_with('1');
  if ((!whole && !value.starts_with('0')) || value.size() > 5) return 0;
  if (value.size() > 1 && value[1] != '.') return 0;
  int weight = whole ? kWeightMax : 0;
  int unit = kWeightMax;
  for (const char digit : value.substr(std::min<std::size_t>(2, value.size()))) {
    if (digit < '0' || digit > '9') return 0;
    unit /= 10;
    weight += (digit - '0') * unit;
  }
  return weight <= kWeightMax ? weight : 0;
}

// What a header says of each coding; the first time counts.
struct Weights {
  std::optional<int> identity, gzip, zstd, any;

  explicit Weights(std::string_view header) {
    while (!header.empty()) {
      const std::size_t comma = std::min(header.find(','), header.size());
      note(header.substr(0, comma));
      header.remove_prefix(std::min(comma + 1, header.size()));
    }
  }
  int of(const std::optional<int>& coding) const { return coding.value_or(any.value_or(0)); }

 private:
  void note(std::string_view item) {
    const std::size_t semicolon = std::min(item.find(';'), item.size());
    const std::string_view coding = trimmed(item.substr(0, semicolon));
    const int weight =
        semicolon == item.size() ? kWeightMax : weight_of(trimmed(item.substr(semicolon + 1)));
    for (const auto& [word, slot] : {std::pair{"identity", &identity}, std::pair{"gzip", &gzip},
                                     std::pair{"zstd", &zstd}, std::pair{"*", &any}}) {
      if (same_word(coding, word) && !*slot) *slot = weight;
    }
  }
};

std::string compress_zstd(std::string_view plain) {
  constexpr int kFastest = 1;
  std::string out(ZSTD_compressBound(plain.size()), '\0');
  const std::size_t size =
      ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), kFastest);
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();  // there is room for all else
  out.resize(size);
  return out;
}

std::string compress_gzip(std::string_view plain) {
  constexpr int kGzipWindow = 15 + 16;  // largest window, gzip header
  constexpr int kMemory = 8;            // zlib's default
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::bad_alloc();  // zlib has no other reason with constant arguments
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(plain.size())), '\0');
  // zlib's interface is not const-correct; it only reads the input.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);  // deflateBound makes room for all of it
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

std::string_view to_string(Coding coding) {
  switch (coding) {
    case Coding::gzip:
      return "gzip";
    case Coding::zstd:
      return "zstd";
    case Coding::identity:
      break;
  }
  return "identity";
}

Coding preferred_coding(std::string_view accept_encoding) {
  const Weights weights(accept_encoding);
  const int zstd = weights.of(weights.zstd);
  const int gzip = weights.of(weights.gzip);
  // Not named it is always taken, but for want of something better.
  const int identity = weights.identity.value_or(0);
  if (zstd > 0 && zstd >= gzip && zstd >= identity) return Coding::zstd;
  if (gzip > 0 && gzip >= identity) return Coding::gzip;
  return Coding::identity;
}

bool accepts_gzip(std::string_view accept_encoding) {
  const Weights weights(accept_encoding);
  return weights.of(weights.gzip) > 0;
}

std::string compress(Coding coding, std::string_view plain) {
  switch (coding) {
    case Coding::gzip:
      return compress_gzip(plain);
    case Coding::zstd:
      return compress_zstd(plain);
    case Coding::identity:
      break;
  }
  return std::string(plain);
}

}  // namespace tickwitness::serve
