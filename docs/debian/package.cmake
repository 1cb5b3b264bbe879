# What cpack makes: a package for Debian, pgrec_VERSION_ARCHITECTURE.deb, and a tar file. Included by
# CMakeLists.txt. The rest of this directory is what only the package for Debian has.

# Whose the binary is: LICENSE, and what it holds of others, in the form that Debian wants.
file(READ LICENSE PGREC_LICENSE)
string(REGEX REPLACE "^.*\n(Redistribution and use)" " \\1" PGREC_LICENSE "${PGREC_LICENSE}")
string(REGEX REPLACE "\n([^\n])" "\n \\1" PGREC_LICENSE "${PGREC_LICENSE}")
string(REPLACE "\n\n" "\n .\n" PGREC_LICENSE "${PGREC_LICENSE}")
string(STRIP "${PGREC_LICENSE}" PGREC_LICENSE)
configure_file(${CMAKE_CURRENT_LIST_DIR}/copyright.in copyright @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR "DEB;TGZ")
set(CPACK_STRIP_FILES ON)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_CURRENT_LIST_DIR}/tools.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/stage.cmake)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# The authors have no address that is for everyone; RFC 2606 keeps .invalid for addresses that are none.
set(CPACK_PACKAGE_CONTACT "The pgrec authors <authors@pgrec.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "recorder of calls of PostgreSQL functions and of queries")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"pgrec records every call of the PostgreSQL functions that it is told, and the
query each call ran for, into a small file. Any latency question can then be
asked of that file, later, on any machine: histograms, slow queries, a
comparison of two runs, or SQL.
.
The server needs no restart, no extension and no setting: the calls are seen
with eBPF. There are also a view of what the server does, like top, and a log
of slow statements with a service for it, which is not started unless enabled.")
if(NOT PGREC_RECORD)
  string(APPEND CPACK_DEBIAN_PACKAGE_DESCRIPTION "\n.\nThis build has the half that analyzes only.")
endif()
string(APPEND CPACK_DEBIAN_PACKAGE_DESCRIPTION "\n")

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
if(PGREC_RECORD)
  set(CPACK_DEBIAN_PACKAGE_SUGGESTS logrotate)
  set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
      ${CMAKE_CURRENT_LIST_DIR}/conffiles ${CMAKE_CURRENT_LIST_DIR}/postinst
      ${CMAKE_CURRENT_LIST_DIR}/prerm ${CMAKE_CURRENT_LIST_DIR}/postrm)
endif()
include(CPack)
