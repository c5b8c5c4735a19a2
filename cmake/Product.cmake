# The one binary.
if(NOT TARGET tw_app)
  return()
endif()
add_executable(tickwitness ${CMAKE_SOURCE_DIR}/src/app/main.cc)
target_link_libraries(tickwitness PRIVATE tw_app tw_flags)
set_target_properties(tickwitness PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
