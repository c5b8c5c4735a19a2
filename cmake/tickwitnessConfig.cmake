# Installed: what find_package(tickwitness) reads.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/tickwitnessTelemetry.cmake)
