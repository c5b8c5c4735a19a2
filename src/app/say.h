// What a command says to the person who called it.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <utility>

namespace tickwitness::app {

// To standard error. Where that is full or closed nothing is said: no reason to end an engine.
// (fmt::print throws then.)
template <class... T>
void say(fmt::format_string<T...> format, T&&... values) {
  const std::string text = fmt::format(format, std::forward<T>(values)...);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace tickwitness::app
