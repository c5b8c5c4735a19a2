// One market stream as the world saw it being asked for and served, and what may be said of it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "sim/exchange/request.h"
#include "sim/record/link_record.h"
#include "sim/record/promises.h"

namespace tickwitness::sim {

// As a client asks for it.
struct StreamKey {
  std::string symbol;  // "BTC-USD"; empty for reference data
  std::string stream;  // "trade", "spread", "ohlc-5", "instrument"
  auto operator<=>(const StreamKey&) const = default;
};

// What is promised while nobody can witness for a stream: `suspect` for as long as it is silent
// beyond its limit, and neither sooner nor anything worse.
enum class StreamState : std::uint8_t { pending, live, suspect, refused };
std::string_view to_string(StreamState state);

// Calls that take a link take the one that asked for the stream last.
struct StreamRecord {
  WireChannel channel = WireChannel::trade;
  std::uint64_t link = 0;   // that asked for it last
  bool wanted = false;      // asked for and not taken back
  bool granted = false;     // by the exchange, on this connection, and still
  bool answered = false;    // on this connection
  bool refused = false;     // on this connection
  bool data = false;        // on this connection
  bool renewed = false;     // taken back on this connection, and no data since
  base::Instant since{};    // asked for, accepted, or last data: silence counts from here
  base::Instant changed{};  // asked for, taken back, lost, refused, live (again)
  std::optional<base::Instant> last_data;   // ever in this life
  std::optional<base::Instant> taken_back;  // on an open connection, last
  std::uint64_t items = 0;                  // of wanted data
  // When data ended a silence that a witness may have been asked about.
  std::optional<base::Instant> spoke_up;
  static constexpr base::Duration kAskedAfter = std::chrono::milliseconds(1500);

  // How often it was silent for longer than promised: certainly, and those silences that lasted so
  // little longer that they may have gone unnoticed.
  struct Silences {
    std::uint64_t certain = 0;
    std::uint64_t possible = 0;
  };
  Silences past;         // without the present silence, unless `counted`
  bool counted = false;  // the present silence
  // It was silent beyond its limit when its venue's market came to rest, and has been since.
  bool rested_suspect = false;
  Silences silences(const LinkRecord& asker, base::Instant now, const Terms& terms) const;
  // Of an open connection, up to now; zero or less while it does not count.
  base::Duration silence(const LinkRecord& asker, base::Instant now, const Terms& terms) const;

  void on_asked(std::uint64_t by, const LinkRecord& asker, base::Instant now, const Terms& terms);
  void on_taken_back(const LinkRecord& asker, base::Instant now, const Terms& terms);
  void on_accepted(const LinkRecord& asker, base::Instant now, const Terms& terms);
  void on_refused(const LinkRecord& asker, base::Instant now, const Terms& terms);
  void on_data(const LinkRecord& asker, base::Instant now, std::uint32_t count, const Terms& terms);
  // Before the link's own record says so.
  void on_lost(const LinkRecord& asker, base::Instant now, const Terms& terms);
  // New promises come. Counts a present silence by those that were valid until now.
  void on_promises(const LinkRecord& asker, base::Instant now, const Terms& before);
  // The venue's market comes to rest. Counts a present silence by what was valid until now.
  void on_rest(const LinkRecord& asker, base::Instant now, const Terms& before);

  // The engine may notice a silence that late; what ends sooner it may have missed.
  static constexpr base::Duration kNoticedWithin = std::chrono::seconds(1);

 private:
  Silences present(const LinkRecord& asker, base::Instant now, const Terms& terms) const;
  // The first answer: now its first data is waited for.
  void answer(const LinkRecord& asker, base::Instant now, const Terms& terms);
  void end_silence(const LinkRecord& asker, base::Instant now, const Terms& terms);
};

}  // namespace tickwitness::sim
