// tickwitness replay: recordings through the same codec, intake and pipeline as live frames.

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>
#include <vector>

#include "app/commands.h"
#include "app/replay.h"
#include "app/replay_source.h"
#include "app/say.h"
#include "base/json_write.h"
#include "runtime/clock.h"
#include "store/recording_reader.h"

namespace tickwitness::app {
namespace {

using store::RecordedLine;
using store::RecordingReader;

// The command around a replay: files, pace, progress, result.
class Replaying {
 public:
  Replaying(const ReplayOptions& options, ReplayChoice choice, RecordingReader reader, double speed)
      : options_(options), choice_(std::move(choice)), reader_(std::move(reader)), speed_(speed) {
    if (choice_.source()) replay_.emplace(*choice_.source());
  }

  int run() {
    began_ = clock_.now();
    if (const int failed = read_instruments(); failed != kOk) return failed;
    for (;;) {
      const auto line = reader_.next();
      if (!line) return complain(line.error().message, kDataError);
      if (!*line) break;
      if (!choice_.wants(**line) || !is_known(**line)) continue;
      keep_pace(**line);
      replay_->on_line(**line);
      if (terminal_ && ++lines_ % kProgressLines == 0) progress();
    }
    if (terminal_ && lines_ >= kProgressLines) say("\n");
    for (const auto& note : reader_.notes()) say("tickwitness replay: {}\n", note);
    if (const auto nothing = choice_.nothing_wanted()) return complain(*nothing, kDataError);
    if (const auto rest = choice_.left_out()) say("tickwitness replay: {}\n", *rest);
    replay_->finish();
    options_.json ? print_json() : print_text();
    return kOk;
  }

 private:
  // A line that came before the first that tells the exchange, with texts of its own.
  class Early {
   public:
    explicit Early(const RecordedLine& line)
        : line_(line), connection_(line.connection), url_(line.url), text_(line.text) {}
    RecordedLine line() const {
      RecordedLine line = line_;
      line.exchange = line.file = {};
      line.connection = connection_;
      line.url = url_;
      line.text = text_;
      return line;
    }

   private:
    RecordedLine line_;
    std::string connection_, url_, text_;
  };

  static constexpr std::size_t kEarlyMax = 1000;
  static constexpr std::uint64_t kProgressLines = 4096;

  static int complain(std::string_view what, int code) {
    say("tickwitness replay: {}\n", what);
    return code;
  }

  int read_instruments() {
    if (options_.instruments.empty()) return kOk;
    std::ifstream file(options_.instruments, std::ios::binary);
    if (!file) return complain("cannot read " + options_.instruments, kNoInput);
    instruments_.assign(std::istreambuf_iterator<char>(file), {});
    return replay_ ? tell_instruments() : kOk;
  }

  int tell_instruments() {
    const auto told = replay_->read_instruments(instruments_);
    if (told) return kOk;
    return complain(fmt::format("{} is {}", options_.instruments, told.error().message),
                    kDataError);
  }

  // Whether it is known whose protocol the line is; one that is not waits for one that tells.
  bool is_known(const RecordedLine& line) {
    if (!choice_.source()) {
      if (early_.size() < kEarlyMax) early_.emplace_back(line);
      return false;
    }
    if (!replay_) replay_.emplace(*choice_.source());
    if (!instruments_.empty() && !std::exchange(told_, true)) tell_instruments();
    for (const Early& early : std::exchange(early_, {})) replay_->on_line(early.line());
    return true;
  }

  void keep_pace(const RecordedLine& line) {
    if (speed_ == 0 || !line.received) return;
    if (!first_) first_ = *line.received;
    const auto due = std::chrono::duration<double, std::nano>(*line.received - *first_) / speed_;
    const base::Duration ahead =
        base::Duration(static_cast<std::int64_t>(due.count())) - (clock_.now().mono - began_.mono);
    if (ahead > base::Duration::zero()) std::this_thread::sleep_for(ahead);
  }

  void progress() const {
    const auto done = reader_.progress();
    say("\r{:>3} %, {} lines ", done.total ? done.done * 100 / done.total : 100, lines_);
  }

  double seconds() const { return base::seconds(clock_.now().mono - began_.mono); }

  static std::string best(const std::optional<market::Level>& level) {
    return level ? level->price.str() : "-";
  }

  void print_text() const {
    const auto& counts = replay_->intake().counts();
    const auto& books = replay_->intake().books();
    fmt::print("{}: {} frames in {:.3f} s: {} malformed, {} unsupported\n",
               to_string(replay_->source()), counts.frames, seconds(), counts.malformed,
               counts.unsupported);
    fmt::print("events:");
    for (const auto& [name, count] : replay_->events()) fmt::print(" {} {}", count, name);
    fmt::print("\nchecksums: {} right, {} wrong\ngaps: {}\n", books.totals().checksums_ok,
               books.totals().checksums_failed, replay_->ledger().entries().size());
    for (const auto& gap : replay_->ledger().entries()) {
      fmt::print("  {} {} {} {} to {}: {}\n", gap.symbol.str(), to_string(gap.channel),
                 to_string(gap.cause), gap.from, gap.to, to_string(gap.state));
    }
    for (const auto& book : books.status()) {
      fmt::print("book {}: {}, bid {}, ask {}, decimals {} and {} ({})\n", book.symbol.str(),
                 to_string(book.state), best(book.bid), best(book.ask), book.precision.price,
                 book.precision.quantity, to_string(book.source));
    }
  }

  void print_json() const {
    const auto& counts = replay_->intake().counts();
    const auto& totals = replay_->intake().books().totals();
    std::string text;
    base::JsonWriter json(text);
    json.begin_object().member("frames", counts.frames).member("malformed", counts.malformed);
    json.member("unsupported", counts.unsupported).key("events").begin_object();
    for (const auto& [name, count] : replay_->events()) json.member(name, count);
    json.end_object().key("checksums").begin_object();
    json.member("ok", totals.checksums_ok).member("failed", totals.checksums_failed).end_object();
    json.member("gaps", replay_->ledger().entries().size()).key("books").begin_object();
    for (const auto& book : replay_->intake().books().status()) {
      json.key(book.symbol.with('/')).begin_object();
      const auto side = [&](std::string_view name, const std::optional<market::Level>& level) {
        json.key(name);
        level ? json.value(level->price.str()) : json.null();
      };
      side("bid", book.bid);
      side("ask", book.ask);
      json.member("valid", book.state == feed::BookState::valid);
      json.member("precision", to_string(book.source)).end_object();
    }
    json.end_object().member("exchange", to_string(replay_->source()));
    json.member("hash", fmt::format("{:016x}", replay_->hash()));
    json.member("seconds", seconds()).end_object();
    fmt::print("{}\n", text);
  }

  ReplayOptions options_;
  ReplayChoice choice_;
  RecordingReader reader_;
  double speed_;  // 0: as fast as it goes
  runtime::SystemClock clock_;
  base::Now began_{};
  std::optional<base::WallTime> first_;
  std::optional<Replay> replay_;  // once it is known whose protocol it is
  std::string instruments_;
  bool told_ = false;
  std::vector<Early> early_;
  std::uint64_t lines_ = 0;
  bool terminal_ = isatty(STDERR_FILENO) != 0;
};

std::optional<double> parse_speed(const std::string& text) {
  if (text == "max") return 0.0;
  char* end = nullptr;
  const double factor = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size() || !(factor > 0) || factor > 1e6) return std::nullopt;
  return factor;
}

}  // namespace

int replay_command(const ReplayOptions& options) {
  const auto speed = parse_speed(options.speed);
  if (!speed) {
    say("tickwitness replay: --speed {} is neither max nor a factor such as 1 or 10\n",
        options.speed);
    return kUsage;
  }
  auto choice = ReplayChoice::parse(options.exchange);
  if (!choice) {
    say("tickwitness replay: --exchange {} is none of {}\n", options.exchange,
        ReplayChoice::kNames);
    return kUsage;
  }
  auto reader = RecordingReader::open(options.files);
  if (!reader) {
    say("tickwitness replay: {}\n", reader.error().message);
    return kNoInput;
  }
  return Replaying(options, *std::move(choice), std::move(*reader), *speed).run();
}

}  // namespace tickwitness::app
