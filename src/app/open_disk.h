// The disk of one directory, made if it is missing.
#pragma once

#include <memory>
#include <string>

#include "runtime/disk.h"

namespace tickwitness::app {

runtime::DiskResult<std::unique_ptr<runtime::Disk>> open_disk(const std::string& directory);

}  // namespace tickwitness::app
