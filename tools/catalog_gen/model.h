// The catalogue in memory: what catalog/*.yaml says, each thing with the place where it was said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tickwitness::catalog_gen {

struct Mark {
  std::string file;
  int line = 0;  // from 1
  int column = 0;
};

// A word and where it stands.
struct Word {
  std::string text;
  Mark mark;
};

struct Label {
  Mark mark;
  std::string id, exported, help;
  std::vector<std::string> values;  // closed
  std::size_t max = 0;              // bounded
  bool closed() const { return !values.empty(); }
};

// A part of the product that measures something. What awaits one that is not built is declared and
// documented, and nothing else: no handle, no series, no family in a scrape.
struct Capability {
  Mark mark;
  std::string id, help;
  bool built = false;
};

// An upper bound of a histogram's bucket, in the unit that is exported.
struct Bound {
  double value = 0;
  Mark mark;
};

struct Instrument {
  Mark mark;
  std::string name, kind, help, unit;
  std::vector<Word> labels;
  std::optional<Word> states;
  std::optional<Word> awaits;  // the capability that will measure it
  std::vector<Bound> buckets;
  std::optional<Bound> resolution;  // the observed unit; absent: 1, and 1e-9 of seconds
  std::size_t series_max = 0;
  bool fractional = false;
  std::optional<Word> native;  // exponential buckets as well
  // Found by check(). A view takes rate60, or quantiles, of it.
  bool rated = false;
  bool sketched = false;
  double per_unit = 1;               // observed units in an exported one
  std::vector<std::int64_t> bounds;  // in the observed unit, with those of the views
};

struct Where {
  Word label;
  std::vector<Word> values;
};

struct By {
  Word name;   // the view's label
  Word label;  // the instrument's
  std::vector<std::pair<Word, std::string>> renames;
};

struct Step {
  Word what;  // a state's word, or a gauge's value
  double value = 0;
};

struct View {
  Mark mark;
  std::string name, type, help;
  Word from;
  std::optional<Word> over, stat;
  std::vector<Where> where;
  std::vector<By> by;
  std::vector<std::pair<Word, std::string>> constants;
  std::vector<Step> order;
  std::vector<Bound> buckets;        // type histogram
  std::vector<std::int64_t> bounds;  // found by check(): the same in the instrument's observed unit
  std::vector<Word> also;            // other dialects that have this name as well
  bool copied = false;               // by share_views(), because of `also` in another dialect
  bool order_names_states = false;
  double scale = 1;
};

struct Dialect {
  std::string name;
  std::vector<View> views;
};

struct Catalog {
  std::vector<Label> labels;
  std::vector<Capability> capabilities;
  std::vector<Instrument> instruments;
  std::vector<Dialect> dialects;

  const Label* label(std::string_view id) const;
  const Instrument* instrument(std::string_view name) const;
  const Capability* capability(std::string_view id) const;
  // What the view waits for: that of an instrument it reads. nullptr: it is measured.
  const Word* awaits(const View& view) const;
};

// Everything that is wrong, in the order found: "file:line:column: what".
class Problems {
 public:
  void add(const Mark& mark, std::string_view what);
  const std::vector<std::string>& all() const { return all_; }

 private:
  std::vector<std::string> all_;
};

// `; the nearest is "x"` for the candidate with the least edits, or nothing when none is near.
std::string nearest(std::string_view wrong, const std::vector<std::string>& candidates);

// The dialect whose names are fields of a JSON event; it is never scraped.
inline constexpr std::string_view kEventDialect = "sse";
// The dialect of the instruments themselves and of names that every exporter has; always scraped.
inline constexpr std::string_view kOwnDialect = "tickwitness";

// `text` in quotes, as C++ and JSON write it. One line, no control characters.
std::string literal(std::string_view text);

// The instrument's name on the wire in the dialect tickwitness.
std::string exported_name(const Instrument& instrument);

struct Source {
  std::string name;  // as shown in messages
  std::string text;
};

// What cannot be understood is a problem and left out.
void read_capabilities(const Source& source, Catalog& catalog, Problems& problems);
void read_labels(const Source& source, Catalog& catalog, Problems& problems);
void read_instruments(const Source& source, Catalog& catalog, Problems& problems);
void read_dialect(const Source& source, std::string name, Catalog& catalog, Problems& problems);

// Everything that one file cannot know by itself. Fills what the views ask of instruments
// (Instrument::rated, sketched, bounds) and copies shared views into their other dialects.
void check(Catalog& catalog, Problems& problems);

// The part that exists: without what awaits a capability, and without labels that only that uses.
Catalog measured(const Catalog& catalog);

// All of a catalogue's folder, read and checked.
Catalog load(const std::filesystem::path& folder, Problems& problems);
std::string slurp(const std::filesystem::path& path);

std::string emit_header(const Catalog& catalog);
std::string emit_source(const Catalog& catalog);
std::string emit_markdown(const Catalog& catalog);
std::string emit_json(const Catalog& catalog);
// One line for each scraped family: name type labels, and `awaits:CAPABILITY` where it is absent.
std::string emit_golden(const Catalog& catalog);

}  // namespace tickwitness::catalog_gen
