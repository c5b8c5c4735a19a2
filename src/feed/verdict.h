// What a witness, the venue's REST interface, says of a subscription that is silent; label
// `verdict`.
#pragma once

#include <cstdint>

namespace tickwitness::feed {

enum class Verdict : std::uint8_t {
  active,   // the venue has news that the subscription did not bring
  quiet,    // nothing happened
  unknown,  // it could not be asked, or did not answer
};

}  // namespace tickwitness::feed
