// One series: where its numbers are, and after it in memory its text. Family makes them, one after
// the other in memory, so that a scrape reads memory as it comes: 48 bytes and the text.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "telemetry/core/exemplars.h"
#include "telemetry/core/histogram_words.h"
#include "telemetry/core/lanes.h"

namespace tickwitness::telemetry::core {

// Which of the accessors hold anything is up to the family's kind. Any thread.
class Series {
 public:
  struct Origin {
    std::uint32_t ordinal = 0;    // number within the family, in the order of creation
    std::uint32_t created = 0;    // Unix seconds, 0 when nobody knows
    std::uint32_t text_size = 0;  // of the text behind the series
    std::uint16_t labels_at = 0;  // where the labels begin in it; 0: there are none
    bool escaped = false;         // some character of the labels is
  };

  // The text has room for whole strides, so that it can be copied by them.
  static constexpr std::size_t kTextStride = 16;
  static constexpr std::size_t bytes_with(std::size_t text_size) {
    return sizeof(Series) + (text_size + kTextStride - 1) / kTextStride * kTextStride;
  }

  // Only in memory of bytes_with(origin.text_size).
  Series(const Origin& origin, std::uint64_t hash, std::uint64_t bits)
      : hash_(hash),
        bits_(bits),
        ordinal_(origin.ordinal),
        created_(origin.created),
        text_size_(origin.text_size),
        labels_at_(origin.labels_at),
        escaped_(origin.escaped) {}
  Series(const Series&) = delete;
  Series& operator=(const Series&) = delete;
  ~Series() { delete exemplars_.load(std::memory_order_relaxed); }

  // The beginning of its line: `name{exchange="kraken",symbol="BTC-USD"} `.
  std::string_view line() const { return {reinterpret_cast<const char*>(this + 1), text_size_}; }
  // What is between the braces, escaped; empty without labels.
  std::string_view labels() const {
    if (labels_at_ == 0) return {};
    return {line().data() + labels_at_, text_size_ - labels_at_ - 2U};
  }
  // A label's value as it was given; i < the family's labels.
  std::string label(std::size_t i) const;
  Origin origin() const {
    return {.ordinal = ordinal_,
            .created = created_,
            .text_size = text_size_,
            .labels_at = labels_at_,
            .escaped = escaped_};
  }
  std::uint64_t hash() const { return hash_; }

  // Of the same family, in the order of creation; null: the last one so far.
  Series* next() const { return next_.load(std::memory_order_acquire); }
  void follow(Series& next) { next_.store(&next, std::memory_order_release); }

  // Counters and histograms: the first of their words.
  Word word() const { return static_cast<Word>(bits_.load(std::memory_order_relaxed)); }

  // Gauges: a value or nothing in one word; a NaN that no arithmetic makes stands for nothing.
  void set(double value) {
    const bool is_nan = value != value;
    bits_.store(std::bit_cast<std::uint64_t>(is_nan ? kNan : value), std::memory_order_relaxed);
  }
  // An absent gauge counts from 0. By compare-and-swap: nothing is lost, but slower than set().
  void add(double x);
  // Gauges and state sets: nothing is known (any more).
  void clear() { bits_.store(kAbsent, std::memory_order_relaxed); }
  std::optional<double> gauge() const {
    const std::uint64_t bits = bits_.load(std::memory_order_relaxed);
    if (bits == kAbsent) return std::nullopt;
    return std::bit_cast<double>(bits);
  }

  // State sets: which state holds.
  void set_state(std::uint64_t state) { bits_.store(state, std::memory_order_relaxed); }
  std::optional<std::uint64_t> state() const {
    const std::uint64_t bits = bits_.load(std::memory_order_relaxed);
    if (bits == kAbsent) return std::nullopt;
    return bits;
  }

  // Null before the first exemplar.
  Exemplars* exemplars() const { return exemplars_.load(std::memory_order_acquire); }
  Exemplars& make_exemplars();

  // For a child of fork(), where nobody else looks.
  void forget_created() { created_ = 0; }

  bool hidden() const { return hidden_.load(std::memory_order_relaxed); }
  void hide(bool hidden) { hidden_.store(hidden, std::memory_order_relaxed); }

  static constexpr std::uint64_t kAbsent = 0x7FF8'7469'636B'7769ULL;

 private:
  static constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

  std::uint64_t hash_;
  std::atomic<std::uint64_t> bits_;
  std::atomic<Series*> next_{nullptr};
  std::atomic<Exemplars*> exemplars_{nullptr};
  std::uint32_t ordinal_;
  std::uint32_t created_;
  std::uint32_t text_size_;
  std::uint16_t labels_at_;
  bool escaped_;
  std::atomic<bool> hidden_{false};
};

}  // namespace tickwitness::telemetry::core
