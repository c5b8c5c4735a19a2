// What PostgreSQL's five-character codes of errors mean to a store. Pure.
#pragma once

#include <string>
#include <string_view>

namespace tickwitness::store::postgres {

inline constexpr std::string_view kUniqueViolation = "23505";
inline constexpr std::string_view kInsufficientResources = "53";  // a class of them

// As SinkError::passing; without a code nothing but the network is known to be at fault.
bool is_passing(std::string_view state);

// The last code in libpq's verbose text of a refused connection: "…: FATAL:  28P01: password …".
// Empty if there is none.
std::string state_in(std::string_view verbose);

}  // namespace tickwitness::store::postgres
