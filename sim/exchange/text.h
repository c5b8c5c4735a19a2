// Appends values to the exchange's wire text. Whole numbers in, digits out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace tickwitness::sim {

void append_number(std::string& out, std::uint64_t value);

// All digits of the scale, as the WebSocket sends prices and quantities: (5100, 8) is 0.00005100.
void append_decimal(std::string& out, std::int64_t units, int scale);

// As few digits as possible, below 0.0001 with an exponent, as the instrument channel sends
// increments: (1, 8) is 1e-08, (50, 2) is 0.5.
void append_shortest(std::string& out, std::int64_t units, int scale);

// 2026-08-02T05:43:30.770018Z with `digits` (0, 6 or 9) of fraction.
void append_time(std::string& out, base::WallTime time, int digits);

// With quotes around it. Bytes from 0x80 on are passed as they are.
void append_string(std::string& out, std::string_view text);

}  // namespace tickwitness::sim
