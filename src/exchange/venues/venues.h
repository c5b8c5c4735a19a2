// Which exchange speaks how: the one place that knows all of them. Who follows a venue asks here
// and needs to know no exchange by name.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "exchange/protocol.h"
#include "exchange/rest.h"

namespace tickwitness::exchange::venues {

// `book_depth`: levels on each side of order books, of those that the venue offers. One for each
// connection.
std::unique_ptr<Protocol> make_protocol(market::Venue venue, std::uint32_t book_depth);
std::unique_ptr<RestProtocol> make_rest(market::Venue venue);

// Of its WebSocket, where an address names none.
std::string_view stream_path(market::Venue venue);
// What its stream tells of its markets in general, to be followed whichever are wanted.
std::vector<Subscription> reference_data(market::Venue venue);

}  // namespace tickwitness::exchange::venues
