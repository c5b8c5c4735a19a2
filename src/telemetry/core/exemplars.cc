#include "telemetry/core/exemplars.h"

#include <algorithm>

#include "telemetry/core/family_decl.h"

namespace tickwitness::telemetry::core {
namespace {

// The right to look at a slot, if nobody else has it.
class Turn {
 public:
  explicit Turn(std::atomic<bool>& busy)
      : busy_(busy), mine_(!busy.exchange(true, std::memory_order_acquire)) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (mine_) busy_.store(false, std::memory_order_release);
  }
  explicit operator bool() const { return mine_; }

 private:
  std::atomic<bool>& busy_;
  bool mine_;
};

}  // namespace

void Exemplars::put(std::uint32_t bucket, ExemplarLabel label, std::int64_t observed, WallTime at) {
  if (label.name.size() + label.value.size() > kTextMax || !valid_label_name(label.name)) return;
  Slot& slot = slots_[bucket % kSlots];
  const Turn turn(slot.busy);
  if (!turn) return;
  slot.filled = true;
  slot.observed = observed;
  slot.at = at;
  slot.name_size = static_cast<std::uint8_t>(label.name.size());
  slot.value_size = static_cast<std::uint8_t>(label.value.size());
  const auto rest = std::ranges::copy(label.name, slot.text.begin()).out;
  std::ranges::copy(label.value, rest);
}

std::vector<Exemplar> Exemplars::all() const {
  std::vector<Exemplar> out;
  for (const Slot& slot : slots_) {
    const Turn turn(slot.busy);
    if (!turn || !slot.filled) continue;
    const std::string_view text(slot.text.data(), slot.name_size + slot.value_size);
    out.push_back({.name = std::string(text.substr(0, slot.name_size)),
                   .value = std::string(text.substr(slot.name_size)),
                   .observed = slot.observed,
                   .at = slot.at});
  }
  return out;
}

void Exemplars::clear() {
  for (Slot& slot : slots_) {
    slot.busy.store(false, std::memory_order_relaxed);
    slot.filled = false;
  }
}

}  // namespace tickwitness::telemetry::core
