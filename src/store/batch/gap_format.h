// An entry of the gap ledger as bytes, both ways; docs/spool-format.md has every field. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "pipeline/gap_entry.h"

namespace tickwitness::store {

// Of each text of an entry; more is cut off. What is not printable ASCII becomes a question mark:
// an exchange may have said it, and every database takes it.
inline constexpr std::size_t kGapTextMax = 96;

void put_gap(const pipeline::GapEntry& gap, std::string& out);
// Takes one off the front of `from`. False, and some taken, where none begins.
bool take_gap(std::string_view& from, pipeline::GapEntry& gap);

}  // namespace tickwitness::store
