#include "sim/disk/names.h"

#include <algorithm>
#include <set>

namespace tickwitness::sim {
namespace {

// Behind it the oldest change is written back, as kernels do: a bound for memory.
constexpr std::size_t kUndecidedMax = 256;

}  // namespace

void Names::apply(const Change& change, Files& files) {
  for (const auto& [name, file] : change) {
    if (file)
      files.insert_or_assign(name, file);
    else
      files.erase(name);
  }
}

void Names::make(Change change) {
  apply(change, seen_);
  undecided_.push_back(std::move(change));
  if (undecided_.size() <= kUndecidedMax) return;
  apply(undecided_.front(), stored_);
  undecided_.pop_front();
}

void Names::add(const std::string& name, std::shared_ptr<FileImage> file) {
  make({{name, std::move(file)}});
}

void Names::rename(const std::string& from, const std::string& to) {
  make({{from, nullptr}, {to, seen_.at(from)}});
}

void Names::remove(const std::string& name) {
  make({{name, nullptr}});
}

void Names::sync() {
  undecided_.clear();
  stored_ = seen_;
}

void Names::lose_power(Dice& dice) {
  std::set<std::string> stuck;  // names whose next change needs one that did not happen
  for (const Change& change : undecided_) {
    const bool waits =
        std::ranges::any_of(change, [&](const auto& part) { return stuck.contains(part.first); });
    if (!waits && dice.happens())
      apply(change, stored_);
    else
      for (const auto& part : change) stuck.insert(part.first);
  }
  undecided_.clear();
  seen_ = stored_;
}

}  // namespace tickwitness::sim
