// The bounds of histograms: written in the exported unit, counted in the observed one.
#pragma once

#include <vector>

#include "catalog_gen/model.h"

namespace tickwitness::catalog_gen {

// That `resolution` and `native` make sense.
void check_resolution(const Instrument& instrument, Problems& problems);

// That bounds of the instrument, its own or a view's, rise, are above 0 (of times) or not below it,
// and are whole multiples of its resolution. What awaits a capability may have negative ones.
void check_bounds(const Mark& mark, const Instrument& instrument, const std::vector<Bound>& bounds,
                  Problems& problems);

// Fills per_unit and bounds of every instrument, and bounds of every view.
void settle_bounds(Catalog& catalog);

}  // namespace tickwitness::catalog_gen
