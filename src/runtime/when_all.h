// Several things that end, and one that waits for all of them.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace tickwitness::runtime {

// To be called `count` times, on one executor: the last call calls `done`. Of none that are awaited
// `done` is called at once.
inline std::function<void()> when_all(std::size_t count, std::function<void()> done) {
  if (count == 0) {
    done();
    return [] {};
  }
  return [left = std::make_shared<std::size_t>(count), done = std::move(done)] {
    if (--*left == 0) done();
  };
}

}  // namespace tickwitness::runtime
