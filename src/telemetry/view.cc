#include "telemetry/view.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace tickwitness::telemetry {
namespace {

using Key = std::vector<std::string>;
template <class T>
using Groups = std::map<Key, T>;
using Numbers = Groups<Number>;

Number real(double value) {
  return {.whole = false, .integer = 0, .real = value};
}

std::size_t position_of(const InstrumentDecl& decl, LabelId label) {
  return static_cast<std::size_t>(std::ranges::find(decl.labels, label) - decl.labels.begin());
}

// The series of one instrument that a view wants, with the group each falls into.
class Selection {
 public:
  Selection(const Registry::Reading& reading, const ViewDecl& view, InstrumentId instrument)
      : reading_(reading),
        view_(view),
        instrument_(instrument),
        decl_(reading.schema().instruments[instrument]) {}

  const InstrumentDecl& decl() const { return decl_; }

  template <class Each>
  void for_each(Each&& each) const {
    const auto& all = reading_.series(instrument_);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (wanted(all[i])) each(key_of(all[i]), all[i]);
    }
  }

 private:
  bool wanted(const Series& series) const {
    return std::ranges::all_of(view_.where, [&](const WhereDecl& where) {
      const std::string& value = series.values()[position_of(decl_, where.label)];
      return std::ranges::find(where.values, value) != where.values.end();
    });
  }

  Key key_of(const Series& series) const {
    Key key;
    key.reserve(view_.by.size());
    for (const auto& by : view_.by) {
      const std::string& value = series.values()[position_of(decl_, by.label)];
      const auto rename = std::ranges::find(by.renames, value, &RenameDecl::from);
      key.emplace_back(rename == by.renames.end() ? std::string_view(value) : rename->to);
    }
    return key;
  }

  const Registry::Reading& reading_;
  const ViewDecl& view_;
  InstrumentId instrument_;
  const InstrumentDecl& decl_;
};

Numbers sums(const Selection& selection) {
  Numbers out;
  const bool whole = selection.decl().kind == Kind::counter && !selection.decl().fractional;
  selection.for_each([&](Key key, const Series& series) {
    if (whole) {
      Number& sum = out.try_emplace(std::move(key), Number{.whole = true}).first->second;
      sum.integer += series.counter().value();
    } else if (const auto value = series.last_value()) {
      out.try_emplace(std::move(key)).first->second.real += *value;
    }
  });
  return out;
}

Numbers ratios(const Numbers& above, const Numbers& below) {
  Numbers out;
  for (const auto& [key, number] : above) {
    const auto divisor = below.find(key);
    if (divisor == below.end() || divisor->second.approx() == 0) continue;
    out.emplace(key, real(number.approx() / divisor->second.approx()));
  }
  return out;
}

Numbers maxima(const Selection& selection) {
  Numbers out;
  selection.for_each([&](Key key, const Series& series) {
    if (const auto value = series.last_value()) {
      Number& most = out.try_emplace(std::move(key), real(*value)).first->second;
      most.real = std::max(most.real, *value);
    }
  });
  return out;
}

Numbers counts(const Selection& selection) {
  Numbers out;
  selection.for_each([&](Key key, const Series& series) {
    std::uint64_t count = 0;
    switch (selection.decl().kind) {
      case Kind::histogram:
        count = series.snapshot().count;
        break;
      case Kind::gauge:
        count = series.numbers().gauge() ? 1 : 0;
        break;
      case Kind::stateset:
        count = series.numbers().state() ? 1 : 0;
        break;
      case Kind::counter:
      case Kind::info:
        count = 1;
        break;
      case Kind::summary:  // the catalogue has none
        break;
    }
    if (count == 0 && selection.decl().kind != Kind::histogram) return;
    out.try_emplace(std::move(key), Number{.whole = true}).first->second.integer += count;
  });
  return out;
}

// Index of the step that the series is at.
std::optional<std::size_t> step_of(const ViewDecl& view, const Registry::Reading& reading,
                                   const InstrumentDecl& decl, const Series& series) {
  const auto at = [&](const auto found) -> std::optional<std::size_t> {
    if (found == view.order.end()) return std::nullopt;
    return static_cast<std::size_t>(found - view.order.begin());
  };
  if (decl.kind == Kind::stateset) {
    const LabelDecl& states = reading.schema().labels[decl.states];
    const auto state = series.numbers().state();
    if (!state || *state >= states.words.size()) return std::nullopt;
    return at(std::ranges::find(view.order, states.words[*state], &OrderDecl::word));
  }
  const auto value = series.last_value();
  if (!value) return std::nullopt;
  return at(std::ranges::find(view.order, *value, &OrderDecl::value));
}

Numbers worsts(const Selection& selection, const ViewDecl& view, const Registry::Reading& reading) {
  Groups<std::size_t> steps;
  selection.for_each([&](Key key, const Series& series) {
    if (const auto step = step_of(view, reading, selection.decl(), series)) {
      std::size_t& worst = steps.try_emplace(std::move(key), *step).first->second;
      worst = std::min(worst, *step);
    }
  });
  Numbers out;
  for (const auto& [key, step] : steps) out.emplace(key, real(view.order[step].value));
  return out;
}

Numbers rates(const Selection& selection, const TickRing& ticks) {
  Numbers out;
  if (ticks.next() == 0) return out;
  const std::uint64_t last = ticks.next() - 1;
  const std::uint64_t window_begin = ticks.window_begin();
  struct Group {
    std::vector<const CounterWindow*> windows;
    std::uint64_t begin = UINT64_MAX;  // the last tick at which none of them was there yet
  };
  Groups<Group> groups;
  selection.for_each([&](Key key, const Series& series) {
    const CounterWindow* window = series.rate();
    if (window == nullptr || !window->first_tick()) return;
    Group& group = groups[std::move(key)];
    const std::uint64_t first = *window->first_tick();
    group.begin = std::min(group.begin, first == 0 ? 0 : first - 1);
    group.windows.push_back(window);
  });
  for (const auto& [key, group] : groups) {
    const std::uint64_t begin = std::max(group.begin, window_begin);
    const std::chrono::duration<double> seconds = ticks.at(last) - ticks.at(begin);
    if (seconds.count() < 1) continue;
    std::uint64_t growth = 0;
    for (const auto* window : group.windows) growth += window->at(last) - window->at(begin);
    const double unit = selection.decl().fractional ? core::kFractionsPerUnit : 1;
    out.emplace(key, real(static_cast<double>(growth) / unit / seconds.count()));
  }
  return out;
}

Registry::Reading::SketchSums sketch_sums(const Selection& selection, const TickRing& ticks) {
  Registry::Reading::SketchSums groups;
  const std::uint64_t last = ticks.next() - 1;
  const std::uint64_t first = ticks.first_slot();
  selection.for_each([&](Key key, const Series& series) {
    if (series.sketch() != nullptr) series.sketch()->add_to(groups[std::move(key)], first, last);
  });
  return groups;
}

Numbers quantiles(const Selection& selection, const Registry::Reading& reading,
                  const ViewDecl& view) {
  Numbers out;
  if (reading.ticks().next() == 0) return out;
  const auto& groups =
      reading.sketch_sums(view, [&] { return sketch_sums(selection, reading.ticks()); });
  for (const auto& [key, sum] : groups) {
    if (const auto units = sum.quantile(view.quantile)) {
      out.emplace(key, real(*units / selection.decl().per_unit));
    }
  }
  return out;
}

Numbers numbers_of(const Registry::Reading& reading, const ViewDecl& view) {
  const Selection selection(reading, view, view.from);
  switch (view.stat) {
    case Stat::sum:
      if (view.over == kNone) return sums(selection);
      return ratios(sums(selection), sums(Selection(reading, view, view.over)));
    case Stat::count:
      return counts(selection);
    case Stat::max:
      return maxima(selection);
    case Stat::worst:
      return worsts(selection, view, reading);
    case Stat::rate60:
      return rates(selection, reading.ticks());
    case Stat::quantile:
      return quantiles(selection, reading, view);
    case Stat::histogram:
      return {};
  }
  return {};
}

}  // namespace

std::vector<ViewSample> evaluate(const Registry::Reading& reading, const ViewDecl& view) {
  std::vector<ViewSample> out;
  for (auto& [key, number] : numbers_of(reading, view)) {
    const Number scaled = view.scale == 1 ? number : real(number.approx() * view.scale);
    out.push_back({key, scaled});
  }
  return out;
}

std::vector<ViewHistogram> evaluate_histogram(const Registry::Reading& reading,
                                              const ViewDecl& view) {
  const Selection selection(reading, view, view.from);
  const auto fine = selection.decl().bounds;
  Groups<HistogramSnapshot> groups;
  selection.for_each([&](Key key, const Series& series) {
    const HistogramSnapshot snapshot = series.snapshot();
    HistogramSnapshot& sum = groups[std::move(key)];
    sum.buckets.resize(view.bounds.size() + 1);
    sum.count += snapshot.count;
    sum.sum += snapshot.sum;
    for (std::size_t i = 0; i < snapshot.buckets.size(); ++i) {
      const auto bound =
          i < fine.size() ? std::ranges::lower_bound(view.bounds, fine[i]) : view.bounds.end();
      sum.buckets[static_cast<std::size_t>(bound - view.bounds.begin())] += snapshot.buckets[i];
    }
  });
  std::vector<ViewHistogram> out;
  for (auto& [key, sum] : groups) out.push_back({key, std::move(sum)});
  return out;
}

}  // namespace tickwitness::telemetry
