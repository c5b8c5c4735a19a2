#include "store/recording_file.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <string_view>

namespace tickwitness::store {
namespace {

using base::fail;
using base::Result;

constexpr std::size_t kInputBytes = std::size_t{256} << 10;

class Plain final : public Decoder {
 public:
  Result<Step> decode(std::span<const char> in, std::span<char> out) override {
    const std::size_t length = std::min(in.size(), out.size());
    std::copy_n(in.begin(), length, out.begin());
    return Step{length, length};
  }
  bool complete() const override { return true; }
};

// One or more members, as `cat a.gz b.gz` makes them.
class Gzip final : public Decoder {
 public:
  Gzip() {
    constexpr int kGzipOnly = 15 + 16;  // window bits; + 16 is zlib's word for the gzip format
    usable_ = inflateInit2(&stream_, kGzipOnly) == Z_OK;
  }
  ~Gzip() override { inflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  Result<Step> decode(std::span<const char> in, std::span<char> out) override {
    if (ended_ && !in.empty()) {
      inflateReset(&stream_);
      ended_ = false;
    }
    // zlib's interface is older than const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    const int status = usable_ ? inflate(&stream_, Z_NO_FLUSH) : Z_MEM_ERROR;
    ended_ = status == Z_STREAM_END;
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
      return fail(
          fmt::format("the gzip data is damaged ({})", stream_.msg ? stream_.msg : zError(status)));
    return Step{in.size() - stream_.avail_in, out.size() - stream_.avail_out};
  }
  bool complete() const override { return ended_; }

 private:
  z_stream stream_{};
  bool usable_ = false;
  bool ended_ = false;
};

class Zstd final : public Decoder {
 public:
  Result<Step> decode(std::span<const char> in, std::span<char> out) override {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const std::size_t status = ZSTD_decompressStream(stream_.get(), &output, &input);
    if (ZSTD_isError(status))
      return fail(fmt::format("the zstd data is damaged ({})", ZSTD_getErrorName(status)));
    // Called with nothing to do it asks for the next frame; that is no news about this one.
    if (input.pos > 0 || output.pos > 0) ended_ = status == 0;
    return Step{input.pos, output.pos};
  }
  bool complete() const override { return ended_; }

 private:
  struct Free {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };
  std::unique_ptr<ZSTD_DStream, Free> stream_{ZSTD_createDStream()};
  bool ended_ = false;
};

std::unique_ptr<Decoder> decoder_for(std::string_view start) {
  if (start.starts_with("\x1f\x8b")) return std::make_unique<Gzip>();
  if (start.starts_with("\x28\xb5\x2f\xfd")) return std::make_unique<Zstd>();
  return std::make_unique<Plain>();
}

}  // namespace

Result<RecordingFile> RecordingFile::open(const std::string& path) {
  RecordingFile file;
  auto input = runtime::InputFile::open(path);
  if (!input) return fail(fmt::format("cannot read recording {}: {}", path, input.error().message));
  file.file_ = std::move(*input);
  file.input_.resize(kInputBytes);
  if (const auto filled = file.fill(); !filled)
    return fail(fmt::format("cannot read recording {}: {}", path, filled.error().message));
  file.decoder_ = decoder_for({file.input_.data(), file.input_end_});
  return file;
}

Result<std::size_t> RecordingFile::fill() {
  const auto count = file_.read(input_);
  if (!count) return count;
  input_at_ = 0;
  input_end_ = *count;
  bytes_read_ += *count;
  return *count;
}

Result<std::size_t> RecordingFile::read(std::span<char> out) {
  for (;;) {
    const auto step = decoder_->decode({input_.data() + input_at_, input_end_ - input_at_}, out);
    if (!step) return fail(step.error().message);
    input_at_ += step->consumed;
    if (step->produced > 0) return step->produced;
    if (input_at_ < input_end_) {
      if (step->consumed > 0) continue;
      return fail("the compressed data is damaged");
    }
    const auto filled = fill();
    if (!filled) return filled;
    if (*filled > 0) continue;
    if (decoder_->complete()) return std::size_t{0};
    return fail(
        "the compressed data is cut off; the recording was not finished or not copied whole");
  }
}

}  // namespace tickwitness::store
