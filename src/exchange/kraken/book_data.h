// Entries of the `data` arrays of order books.
#pragma once

#include <simdjson.h>

#include <vector>

#include "exchange/messages.h"

namespace tickwitness::exchange::kraken {

// More than a thousand levels a side no book has; a change may take as many away and bring others.
constexpr std::uint32_t kLevelsOfSideMax = 2000;

// Malformed::none and a filled `out`, or the first reason why the entry cannot be used;
// Malformed::json means that the rest of the frame cannot be read either.
// Its levels go to the end of `levels`, bids first, all or none: a book that lacks a level is a
// wrong book. Without its checksum nobody could know that it is right. More than kLevelsOfSideMax
// are too_large.
Malformed read_book(simdjson::ondemand::object entry, BookChange& out,
                    std::vector<market::Level>& levels);

}  // namespace tickwitness::exchange::kraken
