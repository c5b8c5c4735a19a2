// Whether a view makes sense of the instrument it reads.
#pragma once

#include <optional>
#include <string_view>

#include "catalog_gen/model.h"

namespace tickwitness::catalog_gen {

// "p95" → 0.95; nothing for other words. p1 … p99, p999 is 0.999.
std::optional<double> quantile_of(std::string_view stat);

// That a histogram's bounds rise, and that those of times are above 0.
void check_bounds(const Mark& mark, std::string_view unit, const std::vector<std::int64_t>& bounds,
                  Problems& problems);

void check_view(const Catalog& catalog, const View& view, Problems& problems);

}  // namespace tickwitness::catalog_gen
