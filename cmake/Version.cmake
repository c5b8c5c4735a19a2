# What src/app/build_info.h declares. The commit is looked up at each build and the file is written
# only when it changed, so that a commit recompiles this one file.
set(tw_build_info ${CMAKE_BINARY_DIR}/generated/app/build_info.gen.cc)
add_custom_target(tw_version
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR} -DOUT=${tw_build_info}
          -DVERSION=${PROJECT_VERSION} -P ${CMAKE_SOURCE_DIR}/cmake/WriteBuildInfo.cmake
  BYPRODUCTS ${tw_build_info}
  COMMENT "" VERBATIM)
set(TW_GENERATED_app ${tw_build_info})
set_source_files_properties(${tw_build_info} PROPERTIES GENERATED TRUE
                                                        SKIP_UNITY_BUILD_INCLUSION TRUE)
