// All series of one metric family. Existing series are found without a lock, and a scrape goes
// through them while others are made.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/core/bounds.h"
#include "telemetry/core/family_decl.h"
#include "telemetry/core/hash.h"
#include "telemetry/core/kind.h"
#include "telemetry/core/series.h"
#include "telemetry/core/sketch.h"
#include "telemetry/core/stable_list.h"
#include "telemetry/core/window.h"

namespace tickwitness::telemetry::core {

// Names are those of Prometheus' data model; labels are not called `le` or `__…`, and no two alike.
// What stands for the label values that came after a bound was reached.
inline constexpr std::string_view kOther = "other";

// Any thread. What at() gives lives as long as the family.
class Family {
 public:
  // `clock`: Unix seconds at which a series that is made now was made, 0 when nobody knows.
  // Throws std::invalid_argument for what check() refuses, and for bounds that are none.
  Family(FamilyDecl decl, const std::atomic<std::uint32_t>& clock);
  ~Family();
  Family(const Family&) = delete;
  Family& operator=(const Family&) = delete;

  const FamilyDecl& decl() const { return decl_; }
  // Of histograms.
  const HistogramBounds& bounds() const { return *bounds_; }

  // Finds or makes; a hidden one is shown again. `values` are in the order of the labels, and as
  // many (std::invalid_argument otherwise). What is not UTF-8 becomes U+FFFD.
  template <std::size_t N>
  Series& at(std::span<const std::string_view, N> values) {
    if (values.size() == gaps_.size()) [[likely]] {
      Series* const found = find(values, hash_of(values));
      if (found != nullptr && !found->hidden()) [[likely]]
        return *found;
    }
    return make(values);
  }
  // Null when there is none. Never waits.
  Series* find(std::span<const std::string_view> values) const;
  // Takes a series out of every exposition until at() asks for it again, when it goes on from where
  // it was: no handle is ever left that writes to nothing, and no memory becomes free. Never waits.
  // False: there is no such series.
  bool remove(std::span<const std::string_view> values);
  // How often at() gave `other` because of series_max.
  std::uint64_t overflowed() const { return overflowed_.load(std::memory_order_relaxed); }

  // All in the order of creation, hidden ones too; go on with Series::next(). Null: none yet.
  Series* first() const { return first_.load(std::memory_order_acquire); }
  std::size_t size() const { return size_.load(std::memory_order_acquire); }

  HistogramWords histogram(const Series& series) const {
    return {series.word(), bounds_->buckets()};
  }

  // Of summaries: what came within the last 60 s. By the series' ordinal.
  struct Recent {
    SketchCell cell;
    SketchWindow window;  // written and read under the registry's lock of the windows
    void forget() {
      cell.take();
      window = {};
    }
  };
  Recent& recent(const Series& series) const { return recent_[series.origin().ordinal]; }

  // For Registry's handling of forks: nobody is within the family between the two.
  void before_fork() const;
  void after_fork(bool in_child);

 private:
  struct Table {
    explicit Table(std::size_t size) : slots(size) {}
    std::vector<std::atomic<Series*>> slots;  // a power of two, half of them empty at least
  };

  template <std::size_t N>
  Series* find(std::span<const std::string_view, N> values, std::uint64_t hash) const {
    const Table& table = *table_.load(std::memory_order_acquire);
    const std::size_t mask = table.slots.size() - 1;
    for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
      Series* const series = table.slots[slot].load(std::memory_order_acquire);
      if (series == nullptr) return nullptr;
      if (series->hash() == hash && matches(*series, values)) return series;
    }
  }
  // Texts without escapes are compared where they are, label by label.
  template <std::size_t N>
  bool matches(const Series& series, std::span<const std::string_view, N> values) const {
    if (series.origin().escaped) [[unlikely]]
      return matches_escaped(series, values);
    const std::string_view text = series.labels();
    std::size_t at = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      at += gaps_[i];
      const std::string_view value = values[i];
      if (at + value.size() >= text.size() || !equal_short(text.data() + at, value)) return false;
      at += value.size();
      if (text[at++] != '"') return false;
    }
    return at == text.size();
  }
  static bool matches_escaped(const Series& series, std::span<const std::string_view> values);
  Series& make(std::span<const std::string_view> values);
  Series& make_locked(std::span<const std::string_view> values, std::uint64_t hash);
  Series& construct(std::string_view labels, std::uint64_t hash);
  void* room_for(std::size_t bytes);
  static void insert(Table& table, Series& series);
  void make_slot();
  std::uint32_t words() const;
  Word take_words();

  FamilyDecl decl_;
  const std::atomic<std::uint32_t>& clock_;
  std::vector<std::uint32_t> gaps_;  // characters before each value in the text of the labels
  std::optional<HistogramBounds> bounds_;
  std::atomic<const Table*> table_;
  StableList<Recent> recent_;  // of summaries; as long as the list of series, or longer by one
  std::atomic<Series*> first_{nullptr};
  std::atomic<std::size_t> size_{0};
  std::atomic<std::uint64_t> overflowed_{0};

  mutable std::mutex making_;  // of what follows
  Series* last_ = nullptr;
  std::vector<std::unique_ptr<Table>> tables_;  // outgrown ones may still be read
  struct Piece {
    std::unique_ptr<std::uint64_t[]> bytes;
    std::size_t size = 0;
    std::size_t used = 0;
  };
  std::vector<Piece> pieces_;  // of memory for series
  struct Run {
    Word first = 0;
    std::uint32_t count = 0;
    std::uint32_t used = 0;
  };
  std::vector<Run> runs_;  // of words, so that neighbours in a scrape are neighbours in memory
};

}  // namespace tickwitness::telemetry::core
