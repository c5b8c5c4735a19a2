// SHA-256, as sha256sum(1) says it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace tickwitness::store::backup {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  // 64 digits, in lower case. Once, at the end.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tickwitness::store::backup
