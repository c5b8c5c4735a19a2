// Typed ways from labels to a handle; the generated Catalog is made of these. A wrong label, or a
// wrong order of labels, does not compile.
#pragma once

#include <array>
#include <concepts>
#include <optional>
#include <span>
#include <string_view>

#include "telemetry/handles.h"
#include "telemetry/registry.h"

namespace tickwitness::telemetry {

// Specialised by the generated code for each closed label: `static std::span<const
// std::string_view> words()`, in the order of the enum.
template <class Label>
struct LabelWords;

template <class Label>
concept ClosedLabel = requires { LabelWords<Label>::words(); };

template <class Label>
std::string_view label_text(const Label& label) {
  if constexpr (ClosedLabel<Label>) {
    const auto words = LabelWords<Label>::words();
    const auto index = static_cast<std::size_t>(label);
    return index < words.size() ? words[index] : kOther;  // a cast from elsewhere may be out of it
  } else {
    return label.text;
  }
}

// The value of a closed label that is written `word`, for crossing from another room's enum of the
// same words; nothing when there is no such value.
template <ClosedLabel Label>
std::optional<Label> from_word(std::string_view word) {
  const auto words = LabelWords<Label>::words();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == word) return static_cast<Label>(i);
  }
  return std::nullopt;
}

// All at(...) may be called from any thread; what exists is found without a lock. Keep what they
// return.
template <class... Labels>
class FamilyBase {
 public:
  FamilyBase(Registry& registry, InstrumentId id) : registry_(&registry), id_(id) {}

 protected:
  Series& series(const Labels&... labels) const {
    const std::array<std::string_view, sizeof...(Labels)> values{label_text(labels)...};
    return registry_->series(id_, values);
  }

 private:
  Registry* registry_;
  InstrumentId id_;
};

template <class... Labels>
class CounterFamily : FamilyBase<Labels...> {
 public:
  using FamilyBase<Labels...>::FamilyBase;
  Counter at(Labels... labels) const { return this->series(labels...).counter(); }
};

template <class... Labels>
class FractionalCounterFamily : FamilyBase<Labels...> {
 public:
  using FamilyBase<Labels...>::FamilyBase;
  FractionalCounter at(Labels... labels) const {
    return this->series(labels...).fractional_counter();
  }
};

template <class... Labels>
class GaugeFamily : FamilyBase<Labels...> {
 public:
  using FamilyBase<Labels...>::FamilyBase;
  Gauge at(Labels... labels) const { return this->series(labels...).gauge(); }
};

template <class... Labels>
class HistogramFamily : FamilyBase<Labels...> {
 public:
  using FamilyBase<Labels...>::FamilyBase;
  Histogram at(Labels... labels) const { return Histogram(this->series(labels...)); }
};

template <class State, class... Labels>
class StateSetFamily : FamilyBase<Labels...> {
 public:
  using FamilyBase<Labels...>::FamilyBase;
  StateSet<State> at(Labels... labels) const { return StateSet<State>(this->series(labels...)); }
};

// What it says is in the labels; saying it makes the series.
template <class... Labels>
class InfoFamily : FamilyBase<Labels...> {
 public:
  using FamilyBase<Labels...>::FamilyBase;
  void set(Labels... labels) const { this->series(labels...); }
};

}  // namespace tickwitness::telemetry
