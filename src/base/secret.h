// A text that must never be printed: tokens, passwords, keys.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace tickwitness::base {

inline constexpr std::string_view kRedacted = "[redacted]";

// Formats as "[redacted]"; only reveal() gives the text, so every use of one can be found by its
// name. Thread-safe as any value type.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

  // Takes the same time wherever the first difference is; only the length shows.
  bool matches(std::string_view other) const {
    if (other.size() != text_.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < text_.size(); ++i)
      difference |= static_cast<unsigned>(static_cast<unsigned char>(text_[i]) ^
                                          static_cast<unsigned char>(other[i]));
    return difference == 0;
  }
  friend bool operator==(const Secret& a, const Secret& b) { return a.matches(b.text_); }

 private:
  std::string text_;
};

}  // namespace tickwitness::base

template <>
struct fmt::formatter<tickwitness::base::Secret> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const tickwitness::base::Secret& secret, Context& context) const {
    return fmt::formatter<std::string_view>::format(
        secret.empty() ? std::string_view() : tickwitness::base::kRedacted, context);
  }
};
