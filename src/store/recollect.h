// What a start knows of all that was ever accepted.
#pragma once

#include "runtime/disk.h"
#include "store/accepted.h"
#include "store/spool/spool.h"

namespace tickwitness::store {

struct Recollection {
  Accepted accepted;
  bool whole = true;  // false: some of what was accepted can be read no more, and is not counted
};

// From the newest checkpoint that is whole, and the records behind it: of a spool without damage,
// one segment is read. Without any checkpoint: from the oldest record that is left. Errors: the
// disk's.
runtime::DiskResult<Recollection> recollect(const spool::Spool& spool);

}  // namespace tickwitness::store
