#include "telemetry/core/registry.h"

#include <pthread.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace tickwitness::telemetry::core {

// fork() copies one thread only: everything that another one could be in the middle of is waited
// for before, so that the child finds it whole. The order is that in which writers lock.
struct Forks {
  std::mutex mutex;
  std::vector<Registry*> registries;

  // Lives as long as the process.
  static Forks& all() {
    static Forks& forks = *new Forks;
    return forks;
  }

  Forks() { ::pthread_atfork(before, in_parent, in_child); }

  static void before() {
    all().mutex.lock();
    for (const Registry* registry : all().registries) {
      registry->ticking_.lock();
      registry->adding_.lock();
      for (std::size_t i = 0; i < registry->size(); ++i) (*registry)[i].before_fork();
    }
    lanes::before_fork();
  }
  static void in_parent() { after(false); }
  static void in_child() { after(true); }
  static void after(bool in_child) {
    lanes::after_fork(in_child);
    for (Registry* registry : all().registries) {
      for (std::size_t i = 0; i < registry->size(); ++i) {
        registry->families_[i]->after_fork(in_child);
      }
      registry->adding_.unlock();
      registry->ticking_.unlock();
    }
    all().mutex.unlock();
  }
};

namespace {

std::vector<std::string> owned(Names names) {
  return {names.begin(), names.end()};
}

FamilyDecl declared(std::string_view name, Kind kind, std::string_view help, Names labels) {
  return {
      .name = std::string(name), .kind = kind, .help = std::string(help), .labels = owned(labels)};
}

bool same(const FamilyDecl& a, const FamilyDecl& b) {
  return a.kind == b.kind && a.labels == b.labels && a.fractional == b.fractional &&
         a.bounds == b.bounds && a.per_unit == b.per_unit && a.native == b.native &&
         a.quantiles == b.quantiles && a.state_label == b.state_label && a.states == b.states;
}

}  // namespace

Registry::Registry() {
  const std::lock_guard lock(Forks::all().mutex);
  Forks::all().registries.push_back(this);
}

Registry::~Registry() {
  const std::lock_guard lock(Forks::all().mutex);
  std::erase(Forks::all().registries, this);
}

Family& Registry::add(FamilyDecl decl) {
  check(decl);
  const std::lock_guard lock(adding_);
  for (std::size_t i = 0; i < families_.size(); ++i) {
    const FamilyDecl& there = families_[i]->decl();
    if (there.name != decl.name) continue;
    if (same(there, decl)) return *families_[i];
    throw std::invalid_argument(decl.name + " is declared already, as something else");
  }
  auto made = std::make_unique<Family>(std::move(decl), clock_);
  std::vector<std::string> names = sample_names(made->decl());
  for (const std::string& name : names) {
    if (sample_names_.contains(name)) {
      throw std::invalid_argument(made->decl().name + " and another family would both have " +
                                  name);
    }
  }
  Family& family = *families_.append(std::move(made));
  sample_names_.insert(names.begin(), names.end());
  return family;
}

CounterFamily Registry::counter(std::string_view name, std::string_view help, Names labels) {
  return CounterFamily(add(declared(name, Kind::counter, help, labels)));
}

FractionalCounterFamily Registry::fractional_counter(std::string_view name, std::string_view help,
                                                     Names labels) {
  FamilyDecl decl = declared(name, Kind::counter, help, labels);
  decl.fractional = true;
  return FractionalCounterFamily(add(std::move(decl)));
}

GaugeFamily Registry::gauge(std::string_view name, std::string_view help, Names labels) {
  return GaugeFamily(add(declared(name, Kind::gauge, help, labels)));
}

HistogramFamily Registry::histogram(std::string_view name, std::string_view help,
                                    std::initializer_list<std::chrono::nanoseconds> bounds,
                                    Names labels) {
  FamilyDecl decl = declared(name, Kind::histogram, help, labels);
  for (const auto bound : bounds) decl.bounds.push_back(bound.count());
  return HistogramFamily(add(std::move(decl)));
}

StateSetFamily Registry::stateset(std::string_view name, std::string_view help,
                                  std::string_view state, Names states, Names labels) {
  FamilyDecl decl = declared(name, Kind::stateset, help, labels);
  decl.state_label = state;
  decl.states = owned(states);
  return StateSetFamily(add(std::move(decl)));
}

InfoFamily Registry::info(std::string_view name, std::string_view help, Names labels) {
  return InfoFamily(add(declared(name, Kind::info, help, labels)));
}

SummaryFamily Registry::summary(std::string_view name, std::string_view help,
                                std::initializer_list<double> quantiles, Names labels) {
  FamilyDecl decl = declared(name, Kind::summary, help, labels);
  decl.quantiles = quantiles;
  return SummaryFamily(add(std::move(decl)));
}

void Registry::tick(Moment now) {
  const std::lock_guard lock(ticking_);
  if (!ticks_.push(now)) return;
  const std::uint64_t tick = ticks_.next() - 1;
  for (std::size_t i = 0; i < families_.size(); ++i) {
    const Family& family = *families_[i];
    if (family.decl().kind != Kind::summary) continue;
    for (const Series* series = family.first(); series != nullptr; series = series->next()) {
      Family::Recent& recent = family.recent(*series);
      recent.window.push(tick, recent.cell.take());
    }
  }
}

SketchSum Registry::last_minute(const Family& family, const Series& series) const {
  const std::lock_guard lock(ticking_);
  SketchSum sum;
  if (ticks_.next() != 0) {
    family.recent(series).window.add_to(sum, ticks_.first_slot(), ticks_.next() - 1);
  }
  return sum;
}

void Registry::set_time(WallTime now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  clock_.store(static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 0, UINT32_MAX)),
               std::memory_order_relaxed);
}

}  // namespace tickwitness::telemetry::core
