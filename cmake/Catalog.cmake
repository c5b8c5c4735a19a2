# The catalogue's generator runs at build time: typed handles, tables, and the documents made of
# catalog/.
file(GLOB_RECURSE catalog_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/catalog/*.yaml)
set(catalog_out ${CMAKE_BINARY_DIR}/generated)
set(TW_GENERATED_telemetry
  ${catalog_out}/telemetry/catalog.gen.h ${catalog_out}/telemetry/catalog.gen.cc)
set(catalog_stamp ${catalog_out}/catalog/stamp)
# The stamp lets the generator leave files alone whose content is the same.
add_custom_command(
  OUTPUT ${catalog_stamp}
  BYPRODUCTS ${TW_GENERATED_telemetry} ${catalog_out}/catalog/metrics.md
             ${catalog_out}/catalog/metrics.json ${catalog_out}/catalog/metrics.txt
  COMMAND catalog_gen ${CMAKE_SOURCE_DIR}/catalog ${catalog_out}
  COMMAND ${CMAKE_COMMAND} -E touch ${catalog_stamp}
  DEPENDS catalog_gen ${catalog_files}
  COMMENT "Generating the catalogue's handles and tables"
  VERBATIM)
set_source_files_properties(${TW_GENERATED_telemetry} PROPERTIES GENERATED TRUE)
list(APPEND TW_GENERATED_telemetry ${catalog_stamp})
# Brings the checked-in documents up to date; a test compares them.
add_custom_target(catalog_docs
  COMMAND ${CMAKE_COMMAND} -E copy_if_different ${catalog_out}/catalog/metrics.md
          ${CMAKE_SOURCE_DIR}/docs/metrics.md
  COMMAND ${CMAKE_COMMAND} -E copy_if_different ${catalog_out}/catalog/metrics.txt
          ${CMAKE_SOURCE_DIR}/tests/golden/metrics.txt
  DEPENDS ${catalog_stamp}
  VERBATIM)

# The documents inside the binary, for `tickwitness catalog`.
set(catalog_text ${catalog_out}/app/catalog_text.gen.cc)
add_custom_command(
  OUTPUT ${catalog_text}
  COMMAND ${CMAKE_COMMAND} -DFROM=${catalog_out}/catalog -DYAML=${CMAKE_SOURCE_DIR}/catalog
          -DOUT=${catalog_text} -P ${CMAKE_SOURCE_DIR}/cmake/EmbedCatalog.cmake
  DEPENDS ${catalog_stamp} ${catalog_files} ${CMAKE_SOURCE_DIR}/cmake/EmbedCatalog.cmake
  VERBATIM)
list(APPEND TW_GENERATED_app ${catalog_text})
