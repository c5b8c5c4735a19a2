# "app/build_info.h": what this build calls itself. The commit is looked up at each build and the
# header is written only when it changed, so that a commit recompiles the few files that say it.
set(tw_build_info ${CMAKE_BINARY_DIR}/generated/app/build_info.h)
add_custom_target(tw_version
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR} -DOUT=${tw_build_info}
          -DVERSION=${PROJECT_VERSION} -P ${CMAKE_SOURCE_DIR}/cmake/WriteBuildInfo.cmake
  BYPRODUCTS ${tw_build_info}
  COMMENT "" VERBATIM)
