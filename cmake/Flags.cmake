# Warnings are errors on both compilers. Plain x86-64, no FP contraction: the same digits on every
# machine.
add_library(tw_flags INTERFACE)
target_compile_options(tw_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -ffp-contract=off
  -fstack-protector-strong)
# {.a = 1} leaves the other members at their defaults; that is what it is for.
target_compile_options(tw_flags INTERFACE -Wno-missing-field-initializers)
if(TW_UNITY)
  # What shadows nothing in its own file may shadow a name of another; one file at a time is checked
  # by the builds without it.
  target_compile_options(tw_flags INTERFACE -Wno-shadow)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # An included .cc passes for a header, whose classes must not be made of what is anonymous.
    target_compile_options(tw_flags INTERFACE -Wno-subobject-linkage)
  endif()
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # Wrong about `"text" + std::string` when it is inlined (GCC bug 105651); clang checks the same.
  target_compile_options(tw_flags INTERFACE -Wno-restrict)
endif()
if(TW_SANITIZE)
  target_compile_options(tw_flags INTERFACE -fsanitize=${TW_SANITIZE} -fno-sanitize-recover=all
                                            -fno-omit-frame-pointer)
  target_link_options(tw_flags INTERFACE -fsanitize=${TW_SANITIZE})
else()
  target_compile_definitions(tw_flags INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
endif()
if(TW_COVERAGE)
  target_compile_options(tw_flags INTERFACE --coverage -O0)
  target_link_options(tw_flags INTERFACE --coverage)
endif()
if(TW_FUZZ)
  target_compile_options(tw_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
