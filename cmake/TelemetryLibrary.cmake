# tickwitness::telemetry: src/telemetry/core as a static library that other programs find with
# find_package(tickwitness). It needs a C++23 compiler to build and C++20 to use, and nothing else:
# its objects are those of the room, or with TW_TELEMETRY_ONLY are all there is.
#   cmake --install build/release --component telemetry --prefix P
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(telemetry_core ${PROJECT_SOURCE_DIR}/src/telemetry/core)
if(TARGET tw_telemetry_core)
  set(telemetry_sources $<TARGET_OBJECTS:tw_telemetry_core>)
else()
  find_package(Threads REQUIRED)
  file(GLOB telemetry_sources CONFIGURE_DEPENDS ${telemetry_core}/*.cc)
  list(FILTER telemetry_sources EXCLUDE REGEX "_(test|bench|fuzz)\\.cc$")
endif()
add_library(tickwitness_telemetry STATIC ${telemetry_sources})
add_library(tickwitness::telemetry ALIAS tickwitness_telemetry)
set_target_properties(tickwitness_telemetry PROPERTIES EXPORT_NAME telemetry LINKER_LANGUAGE CXX)
target_compile_features(tickwitness_telemetry PRIVATE cxx_std_23 INTERFACE cxx_std_20)
target_link_libraries(tickwitness_telemetry PUBLIC Threads::Threads)
target_include_directories(tickwitness_telemetry
  PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
         $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>
  INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# The headers say "telemetry/core/x.h"; installed ones say "tickwitness/telemetry/core/x.h", so that
# nothing but tickwitness/ is added to what a program can include. Those that only the library's own
# sources need stay here.
file(GLOB telemetry_headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/src
  ${telemetry_core}/*.h)
list(FILTER telemetry_headers EXCLUDE REGEX "(/text|_encoder|_writer|/test_[a-z_]+)\\.h$")
list(TRANSFORM telemetry_headers PREPEND src/)
install(CODE "
  set(from \"${PROJECT_SOURCE_DIR}\")
  set(headers \"include/tickwitness/telemetry.h;${telemetry_headers}\")
  set(stage \"${PROJECT_BINARY_DIR}/telemetry_headers\")
  set(to \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_INCLUDEDIR}\")" COMPONENT telemetry)
install(CODE [[
  file(REMOVE_RECURSE ${stage})
  foreach(header IN LISTS headers)
    file(READ ${from}/${header} text)
    string(REPLACE "#include \"telemetry/core/" "#include \"tickwitness/telemetry/core/"
      text "${text}")
    string(REGEX REPLACE "^src/" "include/tickwitness/" header ${header})
    file(WRITE ${stage}/${header} "${text}")
  endforeach()
  file(INSTALL DESTINATION ${to} TYPE DIRECTORY FILES ${stage}/include/)]] COMPONENT telemetry)

set(telemetry_package ${CMAKE_INSTALL_LIBDIR}/cmake/tickwitness)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tickwitnessConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)  # until 1.0
install(TARGETS tickwitness_telemetry EXPORT tickwitness_telemetry
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT telemetry)
install(EXPORT tickwitness_telemetry NAMESPACE tickwitness:: FILE tickwitnessTelemetry.cmake
  DESTINATION ${telemetry_package} COMPONENT telemetry)
install(FILES ${PROJECT_SOURCE_DIR}/cmake/tickwitnessConfig.cmake
  ${PROJECT_BINARY_DIR}/tickwitnessConfigVersion.cmake
  DESTINATION ${telemetry_package} COMPONENT telemetry)
