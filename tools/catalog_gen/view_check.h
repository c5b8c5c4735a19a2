// Whether a view makes sense of the instrument it reads.
#pragma once

#include <optional>
#include <string_view>

#include "catalog_gen/bounds.h"
#include "catalog_gen/model.h"

namespace tickwitness::catalog_gen {

// "p95" → 0.95; nothing for other words. p1 … p99, p999 is 0.999.
std::optional<double> quantile_of(std::string_view stat);

void check_view(const Catalog& catalog, const View& view, Problems& problems);

}  // namespace tickwitness::catalog_gen
