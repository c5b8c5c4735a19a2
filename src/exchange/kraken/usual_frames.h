// Trades and books in the very spelling in which Kraken sends them: comparing them with what is
// expected costs less than finding out what they are. (With tickers, of which the greater part is
// ignored, it hardly does.)
#pragma once

#include <string_view>

#include "exchange/messages.h"

namespace tickwitness::exchange::kraken {

// True: `out`, cleared before, holds what the codec's general way would have made of the text.
// False: the frame is spelled otherwise, or something is wrong with it; `out` is clear again.
// Reads nothing that is not checked, so that the text is known to be JSON in ASCII.
bool read_usual(std::string_view text, Frame& out);

}  // namespace tickwitness::exchange::kraken
