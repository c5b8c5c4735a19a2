// Errors are values. Exceptions of libraries are caught at the library's edge and turned into
// these.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace tickwitness::base {

// What happened, in one sentence a user can act on: what, where, why, what to do.
struct Error {
  std::string message;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(std::string message) {
  return std::unexpected(Error{std::move(message)});
}

}  // namespace tickwitness::base
