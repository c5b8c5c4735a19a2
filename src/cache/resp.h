// RESP, the protocol of Redis, in its versions 2 and 3: commands out, replies in. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tickwitness::cache {

struct Reply {
  enum class Kind : std::uint8_t {
    null,
    text,      // simple, bulk and verbatim strings; big numbers, by their digits
    error,     // "WRONGPASS invalid username-password pair"
    too_long,  // a string or a list that was longer than is taken
    integer,   // booleans too, as 0 and 1
    number,    // a double of RESP3
    array,     // sets too
    map,       // keys and values in turn in `items`
    push,      // what nobody asked for
  };
  Kind kind = Kind::null;
  std::string text;
  std::int64_t integer = 0;
  double number = 0;
  std::vector<Reply> items;

  bool is(Kind what) const { return kind == what; }
  bool is_list() const { return kind == Kind::array || kind == Kind::map; }
  friend bool operator==(const Reply&, const Reply&) = default;
};

// What is longer is left out and marked, by itself: what stands beside it is read. The limits of a
// whole reply, which no page of entries that we ask for can reach, and those of what is left out
// are errors.
struct RespLimits {
  std::size_t text_bytes_max = std::size_t{1} << 20;   // of one string
  std::size_t list_bytes_max = std::size_t{96} << 10;  // of the strings that stand in one list
  std::size_t list_items_max = 512;                    // of one list, a map's keys and values
  std::size_t reply_bytes_max = std::size_t{16} << 20;
  std::size_t items_max = std::size_t{1} << 17;  // of one reply, at all depths together
  std::size_t depth_max = 8;
  std::size_t skip_bytes_max = std::size_t{512} << 20;  // of a string: Redis's own
  std::size_t skip_items_max = std::size_t{1} << 24;
};

// Bytes in any pieces → replies, the same ones whatever the pieces. Attributes of RESP3 are left
// out; its streamed strings and aggregates, which no Redis sends, are errors. Not thread-safe.
class ReplyParser {
 public:
  explicit ReplyParser(const RespLimits& limits = {}) : limits_(limits) {}

  // Appends the replies that are whole to `out`. An error is final: what is behind it is unknown,
  // and every further call gives it again.
  base::Result<void> feed(std::string_view bytes, std::vector<Reply>& out);
  // Whether a reply has begun and is not whole.
  bool in_reply() const {
    return text_bytes_ > 0 || skip_ > 0 || !open_.empty() || !buffer_.empty();
  }

 private:
  struct Open {  // an aggregate that is not whole
    Reply reply;
    std::size_t missing = 0;
    std::size_t text_bytes = 0;  // of the strings in it
    bool attribute = false;
    bool left_out = false;  // with all that is in it
  };
  bool leaving_out() const { return !open_.empty() && open_.back().left_out; }
  bool fits(std::size_t text_bytes) const;
  base::Result<void> on_line(std::string_view line, std::vector<Reply>& out);
  base::Result<void> on_text(std::vector<Reply>& out);
  base::Result<void> begin_text(char type, std::string_view length, std::vector<Reply>& out);
  base::Result<void> begin_list(char type, std::string_view length, std::vector<Reply>& out);
  base::Result<void> add(Reply reply, std::vector<Reply>& out);
  std::size_t take_line(std::string_view bytes, std::vector<Reply>& out);
  std::size_t take_text(std::string_view bytes, std::vector<Reply>& out);
  std::size_t skip_text(std::string_view bytes, std::vector<Reply>& out);

  RespLimits limits_;
  std::string buffer_;          // of a line or a string that is not whole
  std::size_t text_bytes_ = 0;  // of the string that is being read, with its end; 0: a line is
  std::size_t skip_ = 0;        // left of one that is left out
  char text_type_ = 0;
  std::vector<Open> open_;
  std::size_t reply_bytes_ = 0, items_ = 0;  // of what is kept of a reply
  std::string problem_;
};

// Appends the command, as an array of bulk strings.
void append_command(std::string& out, std::span<const std::string> words);

}  // namespace tickwitness::cache
