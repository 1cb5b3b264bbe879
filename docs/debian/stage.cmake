# Run by cpack when it has installed all for a package, and not packed it yet: makes it what Debian wants.
if(CPACK_GENERATOR STREQUAL "DEB")
  execute_process(
    COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/stage.sh ${CPACK_TEMPORARY_INSTALL_DIRECTORY} ${CPACK_PACKAGE_CONTACT}
    COMMAND_ERROR_IS_FATAL ANY)
endif()
