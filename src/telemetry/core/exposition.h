// A scrape, in pieces: memory is bounded however many series there are, and a slow reader costs
// nothing. Nothing is locked between two pieces, and never a lock that a writer takes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/core/encoder.h"
#include "telemetry/core/registry.h"

namespace tickwitness::telemetry::core {

struct ExpositionOptions {
  Format format = Format::text_0_0_4;
  bool created = false;  // OpenMetrics: with `_created`
  // Names of families or of samples, as in ?name[]=; empty: everything.
  std::vector<std::string> names = {};
};

// True: one of `names` asks for this family, or there is none.
bool wanted(const std::vector<std::string>& names, std::string_view name, Kind kind);

// Writes one series; nothing while nothing was observed.
void encode(Encoder& encoder, const Registry& registry, const Family& family, const Series& series);
Head head_of(const FamilyDecl& decl);

// One scrape; any number may be under way. Each is for one thread; the registry outlives it. A
// series that is made meanwhile is in it or not, and values are read when they are written.
class Exposition {
 public:
  Exposition(const Registry& registry, ExpositionOptions options);
  ~Exposition();

  // Appends whole series to `out`, about `bytes` unless the end comes before. False: that was the
  // end, and what was appended with it belongs to it.
  bool next(std::string& out, std::size_t bytes = std::size_t{64} * 1024);

 private:
  bool begin_family();

  const Registry& registry_;
  ExpositionOptions options_;
  std::unique_ptr<Encoder> encoder_;
  std::size_t family_ = 0;
  bool within_ = false;  // a family, whose next series is next_; null: the last was written
  const Series* next_ = nullptr;
  bool finished_ = false;
};

// All of it at once. Any thread.
std::string render(const Registry& registry, const ExpositionOptions& options = {});

}  // namespace tickwitness::telemetry::core
