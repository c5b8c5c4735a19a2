#include "sim/exchange/json_reader.h"

#include <charconv>
#include <utility>

#include "base/ascii.h"

namespace tickwitness::sim {
namespace {

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

class Reader {
 public:
  Reader(std::string_view text, const JsonLimits& limits) : rest_(text), limits_(limits) {}

  std::optional<Json> document() {
    Json value;
    if (!read_value(value, 0)) return std::nullopt;
    skip_space();
    if (!rest_.empty()) return std::nullopt;
    return value;
  }

 private:
  void skip_space() {
    while (!rest_.empty() &&
           (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\n' || rest_[0] == '\r'))
      rest_.remove_prefix(1);
  }

  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool read_value(Json& out, std::size_t depth) {
    if (depth > limits_.depth_max || ++values_ > limits_.values_max) return false;
    skip_space();
    if (rest_.empty()) return false;
    switch (rest_[0]) {
      case '{':
        return read_object(out, depth);
      case '[':
        return read_array(out, depth);
      case '"':
        out.type = Json::Type::string;
        return read_string(out.text);
      case 'n':
        return take_word("null");
      case 't':
      case 'f':
        out.type = Json::Type::boolean;
        out.boolean = rest_[0] == 't';
        return take_word(out.boolean ? "true" : "false");
      default:
        return read_number(out);
    }
  }

  bool read_object(Json& out, std::size_t depth) {
    out.type = Json::Type::object;
    take('{');
    skip_space();
    if (take('}')) return true;
    do {
      skip_space();
      std::string name;
      if (!read_string(name) || out.find(name) != nullptr) return false;
      skip_space();
      if (!take(':')) return false;
      Json value;
      if (!read_value(value, depth + 1)) return false;
      out.members.push_back({std::move(name), std::move(value)});
      skip_space();
    } while (take(','));
    return take('}');
  }

  bool read_array(Json& out, std::size_t depth) {
    out.type = Json::Type::array;
    take('[');
    skip_space();
    if (take(']')) return true;
    do {
      if (!read_value(out.items.emplace_back(), depth + 1)) return false;
      skip_space();
    } while (take(','));
    return take(']');
  }

  bool read_string(std::string& out) {
    if (!take('"')) return false;
    while (!rest_.empty()) {
      const char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') {
        out += c;
      } else if (!read_escape(out)) {
        return false;
      }
    }
    return false;
  }

  bool read_escape(std::string& out) {
    if (rest_.empty()) return false;
    const char c = rest_[0];
    rest_.remove_prefix(1);
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    if (const std::size_t at = kNames.find(c); at != std::string_view::npos) {
      out += kValues[at];
      return true;
    }
    std::uint32_t code = 0;
    if (c != 'u' || !read_hex(code)) return false;
    if (code >= 0xD800 && code < 0xDC00) {  // first half of a surrogate pair
      std::uint32_t low = 0;
      if (!take_word("\\u") || !read_hex(low) || low < 0xDC00 || low > 0xDFFF) return false;
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code < 0xE000) {
      return false;
    }
    append_utf8(out, code);
    return true;
  }

  bool read_hex(std::uint32_t& code) {
    if (rest_.size() < 4) return false;
    const char* const begin = rest_.data();
    const auto [end, error] = std::from_chars(begin, begin + 4, code, 16);
    if (error != std::errc() || end != begin + 4) return false;
    rest_.remove_prefix(4);
    return true;
  }

  bool read_digits(std::string& out) {
    if (rest_.empty() || !base::is_digit(rest_[0])) return false;
    while (!rest_.empty() && base::is_digit(rest_[0])) move_one(out);
    return true;
  }

  void move_one(std::string& out) {
    out += rest_[0];
    rest_.remove_prefix(1);
  }

  bool read_number(Json& out) {
    out.type = Json::Type::number;
    if (rest_[0] == '-') move_one(out.text);
    if (!rest_.empty() && rest_[0] == '0') {
      move_one(out.text);
    } else if (!read_digits(out.text)) {
      return false;
    }
    if (!rest_.empty() && rest_[0] == '.') {
      move_one(out.text);
      if (!read_digits(out.text)) return false;
    }
    if (!rest_.empty() && (rest_[0] == 'e' || rest_[0] == 'E')) {
      move_one(out.text);
      if (!rest_.empty() && (rest_[0] == '+' || rest_[0] == '-')) move_one(out.text);
      if (!read_digits(out.text)) return false;
    }
    return true;
  }

  std::string_view rest_;
  const JsonLimits& limits_;
  std::size_t values_ = 0;
};

}  // namespace

const Json* Json::find(std::string_view name) const {
  for (const auto& [key, value] : members)
    if (key == name) return &value;
  return nullptr;
}

std::optional<std::uint64_t> Json::as_unsigned() const {
  if (type != Type::number) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes_max) return std::nullopt;
  return Reader(text, limits).document();
}

}  // namespace tickwitness::sim
