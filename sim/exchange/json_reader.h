// A strict reader of the small JSON requests (RFC 8259) that clients send to the simulated
// exchange: an independent witness, not for bulk data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickwitness::sim {

struct Json {
  enum class Type : std::uint8_t { null, boolean, number, string, array, object };
  Type type = Type::null;
  bool boolean = false;
  std::string text;  // string: its value; number: as it was written
  std::vector<Json> items;
  struct Member;
  std::vector<Member> members;  // in the order of the text, names unique

  // The member of that name; nullptr when absent or when this is not an object.
  const Json* find(std::string_view name) const;
  // A whole number from 0 to 2^64-1.
  std::optional<std::uint64_t> as_unsigned() const;
};

struct Json::Member {
  std::string name;
  Json value;
};

struct JsonLimits {
  std::size_t bytes_max = 65'536;
  std::size_t depth_max = 8;
  std::size_t values_max = 4096;
};

// Nothing when the text is not exactly one JSON value, repeats a member name or exceeds a limit.
std::optional<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

}  // namespace tickwitness::sim
