// The names of the simulated disk's files, with those changes that are not yet on the medium.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/disk/dice.h"
#include "sim/disk/file_image.h"

namespace tickwitness::sim {

// Everybody sees a change at once; it is durable after sync(). When the power fails each change
// happens or not, except that one which did not takes along those after it of the same names: no
// order is promised, but no file is lost between its old name and its new one. Not thread-safe.
class Names {
 public:
  using Files = std::map<std::string, std::shared_ptr<FileImage>, std::less<>>;

  const Files& seen() const { return seen_; }
  void add(const std::string& name, std::shared_ptr<FileImage> file);
  // `from` exists; what has the name `to` is replaced.
  void rename(const std::string& from, const std::string& to);
  void remove(const std::string& name);
  void sync();
  void lose_power(Dice& dice);

 private:
  // What the names are to mean; no file: nothing.
  using Change = std::vector<std::pair<std::string, std::shared_ptr<FileImage>>>;
  static void apply(const Change& change, Files& files);
  void make(Change change);

  Files seen_;
  Files stored_;
  std::deque<Change> undecided_;
};

}  // namespace tickwitness::sim
