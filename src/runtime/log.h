// One event a line on stderr, for people (logfmt) or machines (JSON). Drivers and app log; pure
// rooms do not. Why not a library: docs/decisions/0004-own-log-writer.md.
//
//   log.info("feed", "connected", {{"exchange", "kraken"}, {"attempt", 3}});
//   time=2026-01-02T03:04:05.678Z level=info room=feed event=connected exchange=kraken attempt=3
//
// Equal lines within kRepeatWindow are written once; the others are counted and told in one line
// (repeated=37) when the window ends.
#pragma once

#include <atomic>
#include <cmath>
#include <concepts>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/log_levels.h"
#include "base/secret.h"
#include "base/time.h"
#include "runtime/clock.h"

namespace tickwitness::runtime {

// A key and its value. Longer values are cut at kBytesMax and end in "…"; text that could pass for
// other fields or other lines is quoted and escaped. A base::Secret is written as "[redacted]".
class LogField {
 public:
  static constexpr std::size_t kBytesMax = 1024;

  LogField(std::string_view key, std::string_view value) : key_(key), value_(value) {}
  LogField(std::string_view key, const char* value) : key_(key), value_(value) {}
  LogField(std::string_view key, const std::string& value) : key_(key), value_(value) {}
  LogField(std::string_view key, bool value)
      : key_(key), value_(value ? "true" : "false"), bare_(true) {}
  LogField(std::string_view key, const base::Secret& value)
      : key_(key), value_(fmt::format("{}", value)) {}
  template <class T>
    requires((std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>) ||
             std::floating_point<T>)
  LogField(std::string_view key, T value) : key_(key), value_(number(value)), bare_(true) {}

  std::string_view key() const { return key_; }
  std::string_view value() const { return value_; }
  bool bare() const { return bare_; }  // a JSON number or boolean

 private:
  template <class T>
  static std::string number(T value) {
    // JSON has no NaN and no infinity.
    if constexpr (std::floating_point<T>) {
      if (!std::isfinite(value)) return "null";
    }
    return fmt::format("{}", value);
  }
  std::string key_;
  std::string value_;
  bool bare_ = false;
};

using LogFields = std::initializer_list<LogField>;

// Thread-safe. Lines of one thread keep their order.
class Log {
 public:
  static constexpr base::Duration kRepeatWindow = std::chrono::seconds(10);
  static constexpr std::size_t kRepeatsTracked = 64;  // different lines watched for repeats

  // Gets one whole line, '\n' included, at a time; never called by two threads at once. Says
  // whether it took the line whole; one that says nothing always does.
  class Sink {
   public:
    template <std::invocable<std::string_view> Take>
    Sink(Take take) {
      take_ = [take = std::move(take)](std::string_view line) mutable {
        if constexpr (std::is_void_v<std::invoke_result_t<Take&, std::string_view>>) {
          take(line);
          return true;
        } else {
          return take(line);
        }
      };
    }
    bool operator()(std::string_view line) const { return take_(line); }

   private:
    std::function<bool(std::string_view)> take_;
  };
  // One write(2) a line. What the descriptor does not take at once (a full pipe that does not
  // block, a closed one) is lost: logging never stops the work.
  static Sink to_descriptor(int descriptor);

  // `clock` must outlive this.
  Log(const Clock& clock, base::LogFormat format, base::LogLevels levels, Sink sink);
  ~Log();  // tells the repeats still counted
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void debug(std::string_view room, std::string_view event, LogFields fields = {});
  void info(std::string_view room, std::string_view event, LogFields fields = {});
  void warning(std::string_view room, std::string_view event, LogFields fields = {});
  void error(std::string_view room, std::string_view event, LogFields fields = {});
  void write(base::LogLevel level, std::string_view room, std::string_view event, LogFields fields);

  void set_levels(base::LogLevels levels);
  // Called with the room of every error, repeated and filtered ones included, on the thread that
  // logs. Set it before other threads log.
  void on_error(std::function<void(std::string_view room)> hook) { on_error_ = std::move(hook); }
  // Called for every line that the sink did not take whole, on the thread that logs; it must not
  // log. Set it before other threads log.
  void on_lost(std::function<void()> hook) { on_lost_ = std::move(hook); }
  // Tells repeats whose window is over; call it now and then (each second).
  void tick();

 private:
  struct Repeat {
    std::string line;  // without its time: what is compared
    base::Instant since;
    base::WallTime last;
    std::uint64_t count = 0;
  };
  void tell_over(base::Instant now);
  void tell(const Repeat& repeat);
  void emit(base::WallTime at, std::string_view line);

  const Clock& clock_;
  const base::LogFormat format_;
  const Sink sink_;
  std::function<void(std::string_view)> on_error_;
  std::function<void()> on_lost_;
  // The lowest level of any room, so that what nobody reads costs one load.
  std::atomic<base::LogLevel> lowest_;
  std::mutex mutex_;  // guards all below
  base::LogLevels levels_;
  std::vector<Repeat> repeats_;  // oldest first
};

}  // namespace tickwitness::runtime
