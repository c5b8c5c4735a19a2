// A small catalogue of every kind of instrument for the tests of this room, so that they do not
// depend on what the product measures.
#pragma once

#include <array>
#include <string_view>

#include "telemetry/handles.h"
#include "telemetry/registry.h"

namespace tickwitness::telemetry::test {

enum LabelIndex : LabelId { kColor, kPlace, kState, kWhat };
enum InstrumentIndex : InstrumentId {
  kHits,
  kTemperature,
  kRoom,
  kDelay,
  kDoor,
  kInfo,
  kOverflow,
  kCrowd,
  kLoad,
};

inline constexpr std::string_view kColors[] = {"red", "green", "blue"};
inline constexpr std::string_view kStates[] = {"shut", "ajar", "open"};
inline constexpr LabelDecl kLabels[] = {{"color", "color", kColors, 0},
                                        {"place", "where", {}, 3},
                                        {"state", "state", kStates, 0},
                                        {"what", "label", {}, 10}};
inline constexpr LabelId kColorPlace[] = {kColor, kPlace};
inline constexpr LabelId kPlaceOnly[] = {kPlace};
inline constexpr LabelId kWhatOnly[] = {kWhat};
inline constexpr std::int64_t kBounds[] = {1'000'000, 100'000'000, 1'000'000'000};
inline constexpr std::int64_t kPercents[] = {10, 50, 90};
inline constexpr InstrumentDecl kInstruments[] = {
    {"hits", "x_hits_total", Kind::counter, "Hits.", "", kColorPlace, {}, kNone, 0, true, false},
    {"temperature",
     "x_temperature",
     Kind::gauge,
     "Warm.",
     "",
     kColorPlace,
     {},
     kNone,
     0,
     false,
     false},
    {"room", "x_room", Kind::gauge, "Room.", "", kColorPlace, {}, kNone, 0, false, false},
    {"delay_seconds", "x_delay_seconds", Kind::histogram, "Delay.", "seconds", kPlaceOnly, kBounds,
     kNone, 0, false, true},
    {"door", "x_door", Kind::stateset, "Door.", "", kPlaceOnly, {}, kState, 0, false, false},
    {"thing_info",
     "x_thing_info",
     Kind::info,
     "Thing.",
     "",
     kPlaceOnly,
     {},
     kNone,
     0,
     false,
     false},
    {"label_overflow",
     "x_label_overflow_total",
     Kind::counter,
     "Overflow.",
     "",
     kWhatOnly,
     {},
     kNone,
     0,
     false,
     false},
    {"crowd", "x_crowd", Kind::gauge, "Crowd.", "", kColorPlace, {}, kNone, 2, false, false},
    {.name = "load",
     .exported = "x_load",
     .kind = Kind::histogram,
     .help = "Load.",
     .unit = "",
     .labels = kPlaceOnly,
     .bounds = kPercents,
     .sketched = true,
     .per_unit = 100,
     .native = true},
};
inline constexpr ViewDecl kViews[] = {{.name = "old_hits",
                                       .kind = Kind::counter,
                                       .help = "Back\\slash and \"quotes\"",
                                       .from = kHits}};
inline constexpr ViewDecl kFields[] = {
    {.name = "field", .kind = Kind::gauge, .help = "Field.", .from = kRoom, .stat = Stat::max}};
inline constexpr DialectDecl kDialects[] = {{"old", true, kViews}, {"json", false, kFields}};
inline constexpr Schema kSchema{kLabels, kInstruments, kDialects, kOverflow};

// A registry with that catalogue and its cells by label values.
struct World {
  Registry registry{kSchema};
  Series& at(InstrumentId id, std::string_view a) { return registry.series(id, std::array{a}); }
  Series& at(InstrumentId id, std::string_view a, std::string_view b) {
    return registry.series(id, std::array{a, b});
  }
  // At a whole number of seconds from an arbitrary start.
  void tick(double second) {
    registry.tick(base::Instant(
        std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(1000 + second))));
  }
};

}  // namespace tickwitness::telemetry::test
