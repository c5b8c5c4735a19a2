#include "telemetry/core/family.h"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

#include "telemetry/core/text.h"

namespace tickwitness::telemetry::core {
namespace {

constexpr std::size_t kFirstSlots = 8;
constexpr std::size_t kFirstPiece = 512;  // bytes; each piece is twice as large as the one before
constexpr std::size_t kLastPiece = std::size_t{256} * 1024;
constexpr std::uint32_t kRunMax = 512;  // words

}  // namespace

Family::Family(FamilyDecl decl, const std::atomic<std::uint32_t>& clock)
    : decl_(std::move(decl)), clock_(clock) {
  check(decl_);
  for (const std::string& label : decl_.labels) {
    gaps_.push_back(static_cast<std::uint32_t>(label.size() + (gaps_.empty() ? 2 : 3)));
  }
  if (decl_.kind == Kind::histogram || decl_.kind == Kind::summary)
    bounds_.emplace(decl_.bounds, decl_.per_unit, decl_.native);
  tables_.push_back(std::make_unique<Table>(kFirstSlots));
  table_.store(tables_.back().get(), std::memory_order_relaxed);
}

Family::~Family() {
  for (Series* series = first_.load(std::memory_order_relaxed); series != nullptr;) {
    Series* const next = series->next();
    std::destroy_at(series);
    series = next;
  }
  for (const Run& run : runs_) lanes::give_back(run.first, run.count);
}

std::uint32_t Family::words() const {
  if (decl_.kind == Kind::counter) return 1;
  if (bounds_) return HistogramWords::words(bounds_->buckets());
  return 0;
}

// Counters one beside the other; a histogram is a run of its own.
Word Family::take_words() {
  const std::uint32_t size = words();
  if (runs_.empty() || runs_.back().used == runs_.back().count) {
    const std::uint32_t last = runs_.empty() ? 0 : runs_.back().count;
    const std::uint32_t count = size > 1 ? size : std::clamp(2 * last, 1U, kRunMax);
    Run& made = runs_.emplace_back();  // first: nothing may fail between taking and noting
    made = {.first = lanes::take(count, decl_.shared), .count = count};
  }
  Run& run = runs_.back();
  run.used += size;
  return run.first + run.used - size;
}

bool Family::matches_escaped(const Series& series, std::span<const std::string_view> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (series.label(i) != values[i]) return false;
  }
  return true;
}

Series* Family::find(std::span<const std::string_view> values) const {
  return values.size() == decl_.labels.size() ? find(values, hash_of(values)) : nullptr;
}

Series& Family::make(std::span<const std::string_view> values) {
  if (values.size() != decl_.labels.size()) {
    throw std::invalid_argument(decl_.name + " has " + std::to_string(decl_.labels.size()) +
                                " labels, not " + std::to_string(values.size()));
  }
  std::vector<std::string> texts;
  for (const std::string_view value : values) texts.push_back(valid_utf8(value));
  const std::vector<std::string_view> valid(texts.begin(), texts.end());
  const std::lock_guard lock(making_);
  Series& series = make_locked(valid, hash_of(std::span<const std::string_view>(valid)));
  series.hide(false);
  return series;
}

Series& Family::make_locked(std::span<const std::string_view> values, std::uint64_t hash) {
  if (Series* const found = find(values, hash)) return *found;
  if (decl_.series_max != 0 && size() >= decl_.series_max &&
      std::ranges::any_of(values, [](std::string_view value) { return value != kOther; })) {
    overflowed_.fetch_add(1, std::memory_order_relaxed);
    const std::vector<std::string_view> others(values.size(), kOther);
    return make_locked(others, hash_of(std::span<const std::string_view>(others)));
  }
  std::string labels;
  for (std::size_t i = 0; i < values.size(); ++i) append_label(labels, decl_.labels[i], values[i]);
  return construct(labels, hash);
}

Series& Family::construct(std::string_view labels, std::uint64_t hash) {
  std::string line = decl_.name;
  if (!labels.empty()) line.append("{").append(labels).append("}");
  line += ' ';
  const Series::Origin origin{
      .ordinal = static_cast<std::uint32_t>(size()),
      .created = clock_.load(std::memory_order_relaxed),
      .text_size = static_cast<std::uint32_t>(line.size()),
      .labels_at = static_cast<std::uint16_t>(labels.empty() ? 0 : decl_.name.size() + 1),
      .escaped = labels.find('\\') != std::string_view::npos};
  // What can fail for want of memory comes before anything is changed.
  make_slot();
  if (decl_.kind == Kind::summary) {
    while (recent_.size() <= origin.ordinal) recent_.append();
  }
  const std::size_t bytes = Series::bytes_with(line.size());
  line.resize(bytes - sizeof(Series));  // strides are copied whole: no byte is left undefined
  void* const room = room_for(bytes);
  const std::uint64_t bits = words() == 0 ? Series::kAbsent : take_words();
  std::ranges::copy(line, static_cast<char*>(room) + sizeof(Series));
  Series& made = *new (room) Series(origin, hash, bits);
  if (last_ == nullptr) {
    first_.store(&made, std::memory_order_release);
  } else {
    last_->follow(made);
  }
  last_ = &made;
  size_.fetch_add(1, std::memory_order_release);
  insert(*tables_.back(), made);
  return made;
}

void* Family::room_for(std::size_t bytes) {
  const std::size_t words = (bytes + 7) / 8;
  if (pieces_.empty() || pieces_.back().size - pieces_.back().used < words) {
    const std::size_t last = pieces_.empty() ? 0 : pieces_.back().size;
    const std::size_t size = std::max(words, std::clamp(2 * last, kFirstPiece / 8, kLastPiece / 8));
    pieces_.push_back({std::make_unique_for_overwrite<std::uint64_t[]>(size), size});
  }
  Piece& piece = pieces_.back();
  piece.used += words;
  return piece.bytes.get() + (piece.used - words);
}

bool Family::remove(std::span<const std::string_view> values) {
  std::vector<std::string> texts;
  for (const std::string_view value : values) texts.push_back(valid_utf8(value));
  Series* const found = find(std::vector<std::string_view>(texts.begin(), texts.end()));
  if (found == nullptr) return false;
  found->hide(true);
  return true;
}

void Family::insert(Table& table, Series& series) {
  const std::size_t mask = table.slots.size() - 1;
  std::size_t slot = series.hash() & mask;
  while (table.slots[slot].load(std::memory_order_relaxed) != nullptr) slot = (slot + 1) & mask;
#ifndef TW_BREAK_PUBLISHING
  table.slots[slot].store(&series, std::memory_order_release);
#else  // a test of the test that looks for races
  table.slots[slot].store(&series, std::memory_order_relaxed);
#endif
}

// Room for one more series in the table.
void Family::make_slot() {
  const std::size_t slots = tables_.back()->slots.size();
  if (2 * (size() + 1) <= slots) return;
  auto larger = std::make_unique<Table>(2 * slots);
  for (Series* one = first_.load(); one != nullptr; one = one->next()) insert(*larger, *one);
  tables_.push_back(std::move(larger));
  table_.store(tables_.back().get(), std::memory_order_release);
}

void Family::before_fork() const {
  making_.lock();
}

void Family::after_fork(bool in_child) {
  for (Series* one = first_.load(); in_child && one != nullptr; one = one->next()) {
    one->forget_created();
    if (words() == 0) one->clear();
    if (decl_.kind == Kind::summary) recent(*one).forget();
    if (Exemplars* const exemplars = one->exemplars()) exemplars->clear();
  }
  if (in_child) overflowed_.store(0, std::memory_order_relaxed);
  making_.unlock();
}

}  // namespace tickwitness::telemetry::core
