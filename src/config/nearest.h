// What somebody probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tickwitness::config {

// The candidate with the fewest single-letter mistakes (insert, delete, replace, swap neighbours;
// upper and lower case are the same, as are '-' and '_'), or else the first that begins with what
// is written or the other way round; empty when none is close. The first of equals.
std::string_view nearest(std::string_view written, const std::vector<std::string_view>& candidates);

}  // namespace tickwitness::config
