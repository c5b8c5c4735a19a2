// Disk operations as lines of text, so that a table of them reads like a protocol.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "runtime/disk.h"

namespace tickwitness::sim {

// "aaaaab" -> "a*5 b"; NUL is shown as '.'.
inline std::string shortened(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const char c = bytes.front();
    const std::size_t run = std::min(bytes.find_first_not_of(c), bytes.size());
    if (!text.empty()) text += ' ';
    text += c == '\0' ? '.' : c;
    if (run > 1) text += "*" + std::to_string(run);
    bytes.remove_prefix(run);
  }
  return text;
}

inline std::string contents(const runtime::DiskFile& file) {
  std::string bytes(file.size().value(), '?');
  bytes.resize(file.read(0, bytes).value());
  return bytes;
}

// Runs one line at a time and answers with what came back: "ok", a number, bytes, or the error's
// word. Files stay open under the name they were opened by, until "close".
class Script {
 public:
  explicit Script(runtime::Disk& disk) : disk_(disk) {}

  // create, open, close, remove, size, sync NAME · rename NAME NAME · list · names · free ·
  // write NAME OFFSET C*N · read NAME OFFSET N · preallocate, truncate NAME SIZE
  std::string run(const std::string& line) {
    std::istringstream words(line);
    std::string what;
    std::string name;
    words >> what >> name;
    if (what == "list") return listed();
    if (what == "free") return told(disk_.free_bytes());
    if (what == "names") return told(disk_.sync_names());
    if (what == "create") return kept(name, disk_.create(name));
    if (what == "open") return kept(name, disk_.open(name));
    if (what == "close") return files_.erase(name) == 1 ? "ok" : "not open";
    if (what == "remove") return told(disk_.remove(name));
    if (what == "rename") {
      std::string to;
      words >> to;
      return told(disk_.rename(name, to));
    }
    const auto found = files_.find(name);
    return found == files_.end() ? "not open" : on_file(*found->second, what, words);
  }

 private:
  template <class T>
  static std::string told(const runtime::DiskResult<T>& result) {
    if (!result) return std::string(to_string(result.error().fault));
    if constexpr (std::is_void_v<T>)
      return "ok";
    else
      return std::to_string(*result);
  }

  std::string kept(const std::string& name,
                   runtime::DiskResult<std::unique_ptr<runtime::DiskFile>> opened) {
    if (!opened) return std::string(to_string(opened.error().fault));
    files_[name] = std::move(*opened);
    return "ok";
  }

  std::string listed() const {
    const auto names = disk_.list();
    if (!names) return std::string(to_string(names.error().fault));
    std::string text;
    for (const auto& name : *names) text += (text.empty() ? "" : " ") + name;
    return text;
  }

  static std::string on_file(runtime::DiskFile& file, const std::string& what,
                             std::istringstream& words) {
    if (what == "size") return told(file.size());
    if (what == "sync") return told(file.sync());
    std::uint64_t number = 0;
    words >> number;
    if (what == "preallocate") return told(file.preallocate(number));
    if (what == "truncate") return told(file.truncate(number));
    char byte = 0;
    char star = 0;
    std::size_t count = 0;
    if (what == "write") {
      words >> byte >> star >> count;
      return told(file.write(number, std::string(count, byte)));
    }
    words >> count;
    std::string bytes(count, '?');
    const auto read = file.read(number, bytes);
    if (!read) return told(read);
    return shortened(std::string_view(bytes).substr(0, *read));
  }

  runtime::Disk& disk_;
  std::map<std::string, std::unique_ptr<runtime::DiskFile>> files_;
};

}  // namespace tickwitness::sim
